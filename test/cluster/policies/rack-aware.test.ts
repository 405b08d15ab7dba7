import { describe, expect, it, onTestFinished, vi } from 'vitest';
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

  it('warns once of a rack in which there is no node, and names those that there are', () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    onTestFinished(() => warned.mockRestore());
    for (const localRack of ['r1', 'r2']) planOf(rackAware({ localRack }), context);
    planOf(rackAware({ localRack: 'r1', localDataCenter: 'dc3' }), context);
    expect(warned).not.toHaveBeenCalled();
    const policy = rackAware({ localRack: 'rack2' });
    for (const nodes of [all, all.slice(1)])
      expect(planOf(policy, contextOf({ ...topology, nodes })).length).toBeGreaterThan(1);
    expect(warned).toHaveBeenCalledOnce();
    const message =
      'The data center "dc1" has no rack "rack2", so that rackAware() prefers no node. Its racks: r1, r2.';
    expect(warned).toHaveBeenCalledWith(message, { type: 'RxcqlWarning', code: 'RXCQL_LOCAL_RACK' });
  });

  it('needs a rack', () => {
    expect(() => rackAware({} as { localRack: string })).toThrow(
      'The option "localRack" of rackAware() must be a string that is not empty; it is undefined.',
    );
  });
});
