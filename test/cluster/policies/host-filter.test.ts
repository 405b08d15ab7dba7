import { describe, expect, it, vi } from 'vitest';
import type { Node } from '../../../src/cluster/node.js';
import { dcAware } from '../../../src/cluster/policies/dc-aware.js';
import { allowList, hostFilter } from '../../../src/cluster/policies/host-filter.js';
import type { LoadBalancingPolicy } from '../../../src/cluster/policies/load-balancing.js';
import { roundRobin } from '../../../src/cluster/policies/round-robin.js';
import { tokenAware } from '../../../src/cluster/policies/token-aware.js';
import { ConfigurationError } from '../../../src/errors.js';
import { nodeOf } from '../../support/clusters.js';
import { contextOf, firsts, planOf } from '../../support/plans.js';

const nodes = Array.from({ length: 6 }, (_, i) => nodeOf(i, i < 4 ? 'dc1' : 'dc2', `r${i % 2}`));
const [a, b, c, d] = nodes as [Node, Node, Node, Node];
const topology = { nodes, localDataCenter: 'dc1' };
const context = contextOf(topology, { keyspace: 'ks', token: 1n, replicas: [a, b, c] });
const isEven = ({ rack }: Node): boolean => rack === 'r0';

describe('hostFilter', () => {
  it('has only nodes for which its predicate holds, by default replicas first', () => {
    for (let i = 0; i < 20; i++) {
      const plan = planOf(hostFilter(isEven), context);
      expect(new Set(plan)).toEqual(new Set([a, c]));
    }
    const plan = planOf(
      hostFilter((node) => node !== b && node !== c),
      context,
    );
    expect(plan).toEqual([a, d]);
  });

  it('spreads the load evenly over what is left, wherever that stands', () => {
    const policy = hostFilter((node) => node === a || node === b, roundRobin());
    expect([...firsts(policy, context, 200).values()]).toEqual([100, 100]);
    const inner = tokenAware(hostFilter((node) => node === a || node === b, roundRobin()));
    expect([...firsts(inner, contextOf(topology), 200).values()]).toEqual([100, 100]);
  });

  it('may stand inside: no replica that it leaves out is chosen', () => {
    for (let i = 0; i < 20; i++) {
      const plan = planOf(tokenAware(hostFilter(isEven, dcAware({ remoteNodes: 9 }))), context);
      expect(new Set(plan.slice(0, 2))).toEqual(new Set([a, c]));
      expect(plan.slice(2)).toEqual([nodes[4]]);
    }
  });

  it('filters what a policy of a user is told', () => {
    const told: Node[][] = [];
    const mine: LoadBalancingPolicy = ({ topology, replicas }) => {
      told.push([...topology.nodes], [...replicas]);
      return topology.nodes;
    };
    expect(planOf(hostFilter(isEven, mine), context)).toEqual([a, c, nodes[4]]);
    expect(told).toEqual([
      [a, c, nodes[4]],
      [a, c],
    ]);
    expect(planOf(tokenAware(hostFilter(isEven, mine)), context)).toEqual([a, c, nodes[4]]);
  });

  it('passes on all else', () => {
    const mine = vi.fn<LoadBalancingPolicy>((context) => (context.inFlight(a) === 7 ? [a] : []));
    const asked = { ...context, isConditional: true, inFlight: (node: Node) => (node === a ? 7 : 0) };
    expect(planOf(hostFilter(isEven, mine), asked)).toEqual([a]);
    expect(mine.mock.lastCall![0]).toMatchObject({ keyspace: 'ks', token: 1n, isConditional: true });
  });

  it('asks about each node once, until something about the nodes has changed', () => {
    const predicate = vi.fn(isEven);
    const policy = hostFilter(predicate);
    for (let i = 0; i < 10; i++) planOf(policy, context);
    expect(predicate).toHaveBeenCalledTimes(nodes.length);
    planOf(policy, { ...context, topology: { ...topology } });
    expect(predicate).toHaveBeenCalledTimes(2 * nodes.length);
  });

  it('needs a predicate', () => {
    expect(() => hostFilter('10.0.0.1' as never)).toThrow(ConfigurationError);
    expect(() => hostFilter(isEven, {} as never)).toThrow(ConfigurationError);
  });
});

describe('allowList', () => {
  it('has only the nodes that are named', () => {
    const policy = allowList(['10.0.0.1:9042', '10.0.0.3:9042', '10.9.9.9:9042']);
    expect(planOf(policy, context)).toEqual([b, d]);
  });

  it('compares address and port', () => {
    expect(planOf(allowList(['10.0.0.1:9043']), context)).toEqual([]);
    const node = { ...a, address: '[::1]:9042' };
    const here = contextOf({ nodes: [node], localDataCenter: 'dc1' });
    expect(planOf(allowList(['[::1]:9042']), here)).toEqual([node]);
  });

  it.each([[[]], ['10.0.0.1:9042'], [['10.0.0.1']], [[1]], [['::1']], [['']], [undefined]])('refuses %j', (list) => {
    expect(() => allowList(list as string[])).toThrow(
      "The nodes of allowList() must be an array of at least one 'host:port'.",
    );
  });
});
