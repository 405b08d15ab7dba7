import { describe, expect, it } from 'vitest';
import type { Node } from '../../../src/cluster/node.js';
import { dcAware } from '../../../src/cluster/policies/dc-aware.js';
import { hostFilter } from '../../../src/cluster/policies/host-filter.js';
import type { LoadBalancingPolicy, PlanContext } from '../../../src/cluster/policies/load-balancing.js';
import { rackAware } from '../../../src/cluster/policies/rack-aware.js';
import { firstOf } from '../../../src/cluster/policies/rank.js';
import { roundRobin } from '../../../src/cluster/policies/round-robin.js';
import { tokenAware } from '../../../src/cluster/policies/token-aware.js';
import { nodeOf } from '../../support/clusters.js';
import { contextOf, firsts } from '../../support/plans.js';

const local = Array.from({ length: 6 }, (_, i) => nodeOf(i, 'dc1', `r${i % 3}`));
const remote = Array.from({ length: 3 }, (_, i) => nodeOf(10 + i, 'dc2'));
const [a, b, c] = local as [Node, Node, Node];
const topology = { nodes: [...local, ...remote], localDataCenter: 'dc1' };
const anywhere = contextOf(topology);
const partition = contextOf(topology, { keyspace: 'ks', token: 1n, replicas: [remote[0]!, c, a, b] });

/** A policy whose plans begin with whatever is first without one. */
const firstOnly =
  (policy: LoadBalancingPolicy): LoadBalancingPolicy =>
  (context) => [firstOf(policy)(context)!];

describe('what plans begin with, without a plan', () => {
  it.each<[what: string, policy: () => LoadBalancingPolicy, context: PlanContext]>([
    ['roundRobin()', roundRobin, anywhere],
    ['dcAware()', dcAware, anywhere],
    ['rackAware()', () => rackAware({ localRack: 'r1' }), anywhere],
    ['tokenAware()', tokenAware, partition],
    ['tokenAware() without replicas', tokenAware, anywhere],
    ['tokenAware() of a conditional request', tokenAware, { ...partition, isConditional: true }],
    ['tokenAware() beside a busy node', tokenAware, { ...partition, inFlight: (node) => (node === a ? 9 : 0) }],
    ['tokenAware() around rackAware()', () => tokenAware(rackAware({ localRack: 'r1' })), partition],
    ['tokenAware() around itself', () => tokenAware(tokenAware()), partition],
  ])('is as often which node as with plans: %s', (_, policy, context) => {
    const byPlan = firsts(policy(), context, 3_000);
    const counts = firsts(firstOnly(policy()), context, 3_000);
    expect(new Set(counts.keys())).toEqual(new Set(byPlan.keys()));
    for (const [node, count] of counts) expect(Math.abs(count - byPlan.get(node)!)).toBeLessThan(300);
  });

  it('counts as a plan', () => {
    const policy = roundRobin();
    const counts = new Map<Node, number>();
    for (let i = 0; i < 90; i++) {
      const node = i % 2 === 0 ? firstOf(policy)(anywhere)! : [...policy(anywhere)][0]!;
      counts.set(node, (counts.get(node) ?? 0) + 1);
    }
    expect([...counts.values()]).toEqual(topology.nodes.map(() => 10));
  });

  it('is none that is down', () => {
    const nodes = topology.nodes.map((node) => (node === a ? { ...a, isUp: false } : node));
    const context = contextOf({ ...topology, nodes }, { keyspace: 'ks', token: 1n, replicas: [nodes[0]!, b] });
    for (let i = 0; i < 20; i++) {
      expect(firstOf(tokenAware())(context)).toBe(b);
      expect(firstOf(dcAware())(context)).not.toBe(nodes[0]);
    }
  });

  it.each<[what: string, policy: LoadBalancingPolicy, context: PlanContext]>([
    ['a policy of a user', () => topology.nodes, anywhere],
    ['the replicas before such a policy', tokenAware(() => topology.nodes), partition],
    ['a filter', hostFilter(() => true, dcAware()), anywhere],
    ['a data center without nodes', dcAware({ localDataCenter: 'elsewhere' }), anywhere],
    [
      'nodes that are all down',
      roundRobin(),
      contextOf({ ...topology, nodes: topology.nodes.map((node) => ({ ...node, isUp: false })) }),
    ],
    [
      'more replicas than a number has bits',
      tokenAware(),
      { ...partition, replicas: Array.from({ length: 40 }, (_, i) => local[i % 6]!) },
    ],
  ])('is not known of %s', (_, policy, context) => {
    expect(firstOf(policy)(context)).toBeUndefined();
  });
});
