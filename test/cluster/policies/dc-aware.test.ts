import { describe, expect, it } from 'vitest';
import { dcAware } from '../../../src/cluster/policies/dc-aware.js';
import { ConfigurationError } from '../../../src/errors.js';
import { nodeOf } from '../../support/clusters.js';
import { contextOf, firsts, planOf } from '../../support/plans.js';

const [a, b, c] = [nodeOf(1, 'dc1'), nodeOf(2, 'dc1'), nodeOf(3, 'dc1')];
const [x, y, z] = [nodeOf(11, 'dc2'), nodeOf(12, 'dc2'), nodeOf(13, 'dc3')];
const all = [a, x, b, y, c, z];
const topology = { nodes: all, localDataCenter: 'dc1' };
const context = contextOf(topology);

describe('dcAware', () => {
  it('has the local data center of the session, or the one that is named', () => {
    expect(new Set(planOf(dcAware(), context))).toEqual(new Set([a, b, c]));
    expect(new Set(planOf(dcAware({ localDataCenter: 'dc2' }), context))).toEqual(new Set([x, y]));
    expect(planOf(dcAware({ localDataCenter: 'elsewhere' }), context)).toEqual([]);
  });

  it('spreads the load evenly, wherever the nodes of other data centers stand', () => {
    expect([...firsts(dcAware(), context, 300).values()]).toEqual([100, 100, 100]);
  });

  it('has remote nodes after all local ones: as many of each data center, always the same', () => {
    const policy = dcAware({ remoteNodes: 1 });
    const plans = Array.from({ length: 50 }, (_, i) =>
      planOf(policy, contextOf({ ...topology, nodes: i % 2 === 0 ? all : [...all].reverse() })),
    );
    for (const plan of plans) {
      expect(new Set(plan.slice(0, 3))).toEqual(new Set([a, b, c]));
      expect(plan).toHaveLength(5);
      expect(plan.slice(3).sort((p, q) => (p.datacenter < q.datacenter ? -1 : 1))).toEqual([
        plans[0]!.find(({ datacenter }) => datacenter === 'dc2'),
        z,
      ]);
    }
    expect(planOf(dcAware({ remoteNodes: 9 }), context)).toHaveLength(6);
  });

  it('has other remote nodes in other clients', () => {
    const plans = Array.from({ length: 200 }, () => planOf(dcAware({ remoteNodes: 1 }), context));
    const chosen = plans.map((plan) => plan.find(({ datacenter }) => datacenter === 'dc2'));
    expect(new Set(chosen)).toEqual(new Set([x, y]));
  });

  it.each([{ remoteNodes: -1 }, { remoteNodes: 1.5 }, { localDataCenter: '' }, { localDatacenter: 'dc1' }, null])(
    'refuses %j',
    (options) => {
      expect(() => dcAware(options as { remoteNodes: number })).toThrow(ConfigurationError);
    },
  );

  it('says what is wrong', () => {
    expect(() => dcAware({ remoteNodes: -1 })).toThrow(
      'The option "remoteNodes" of dcAware() must be a whole number from 0 to 10000; it is -1.',
    );
    expect(() => dcAware({ local: 'dc1' } as object)).toThrow(
      'dcAware() has no option "local". There are: localDataCenter, remoteNodes.',
    );
  });
});
