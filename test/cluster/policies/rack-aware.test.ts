import { describe, expect, it } from 'vitest';
import { rackAware } from '../../../src/cluster/policies/rack-aware.js';
import { nodeOf } from '../../support/clusters.js';
import { contextOf, firsts, planOf } from '../../support/plans.js';

const [a, b, c] = [nodeOf(1, 'dc1', 'r1'), nodeOf(2, 'dc1', 'r2'), nodeOf(3, 'dc1', 'r2')];
const [x, y] = [nodeOf(11, 'dc2'), nodeOf(12, 'dc2')];
const all = [a, x, b, y, c];
const topology = { nodes: all, localDataCenter: 'dc1' };
const context = contextOf(topology);

describe('rackAware', () => {
  it('has the nodes of its rack, then the others of the data center', () => {
    const policy = rackAware({ localRack: 'r2' });
    for (let i = 0; i < 10; i++) {
      const plan = planOf(policy, context);
      expect(new Set(plan.slice(0, 2))).toEqual(new Set([b, c]));
      expect(plan.slice(2)).toEqual([a]);
    }
    expect([...firsts(policy, context, 200).values()]).toEqual([100, 100]);
  });

  it('may be of another data center than the session', () => {
    expect(new Set(planOf(rackAware({ localDataCenter: 'dc2', localRack: 'r1' }), context))).toEqual(new Set([x, y]));
  });

  it('needs a rack', () => {
    expect(() => rackAware({} as { localRack: string })).toThrow(
      'The option "localRack" of rackAware() must be a string that is not empty; it is undefined.',
    );
  });
});
