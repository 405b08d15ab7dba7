import { describe, expect, it } from 'vitest';
import type { Node } from '../../../src/cluster/node.js';
import { roundRobin } from '../../../src/cluster/policies/round-robin.js';
import { nodeOf } from '../../support/clusters.js';
import { contextOf, firsts, planOf } from '../../support/plans.js';

const [a, b, c] = [nodeOf(1, 'dc1'), nodeOf(2, 'dc1'), nodeOf(3, 'dc1')];
const x = nodeOf(11, 'dc2');
const all = [a, x, b, c];
const topology = { nodes: all, localDataCenter: 'dc1' };
const context = contextOf(topology);
const down = (node: Node): Node => ({ ...node, isUp: false });

describe('roundRobin', () => {
  it('has all nodes, beginning each time with the next', () => {
    const policy = roundRobin();
    const first = planOf(policy, context);
    const second = planOf(policy, context);
    expect(new Set(first)).toEqual(new Set(all));
    expect(second).toEqual([...first.slice(1), first[0]]);
    expect([...firsts(policy, context, 400).values()]).toEqual([100, 100, 100, 100]);
  });

  it('leaves out nodes that are down, and shares their turns among the others', () => {
    const nodes = [a, down(b), c, x];
    const counts = firsts(roundRobin(), contextOf({ ...topology, nodes }), 12_000);
    expect(new Set(counts.keys())).toEqual(new Set([a, c, x]));
    for (const count of counts.values()) expect(count).toBeGreaterThan(3_800);
  });

  it('has no node where there is none that is up', () => {
    expect(planOf(roundRobin(), contextOf({ ...topology, nodes: [] }))).toEqual([]);
    expect(planOf(roundRobin(), contextOf({ ...topology, nodes: all.map(down) }))).toEqual([]);
  });

  it('sees what has changed, in each of several topologies', () => {
    const policy = roundRobin();
    const other = { nodes: [a], localDataCenter: 'dc1' };
    for (let i = 0; i < 3; i++) {
      expect(planOf(policy, context)).toHaveLength(4);
      expect(planOf(policy, contextOf(other))).toEqual([a]);
    }
  });

  it('sees a node of the same topology come and go', () => {
    const node = { ...a, isUp: false };
    const policy = roundRobin();
    const context = contextOf({ nodes: [node, b], localDataCenter: 'dc1' });
    expect(planOf(policy, context)).toEqual([b]);
    node.isUp = true;
    expect(new Set(planOf(policy, context))).toEqual(new Set([node, b]));
  });
});
