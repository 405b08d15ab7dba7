import { describe, expect, it } from 'vitest';
import { dcAware } from '../../../src/cluster/policies/dc-aware.js';
import { rackAware } from '../../../src/cluster/policies/rack-aware.js';
import { roundRobin } from '../../../src/cluster/policies/round-robin.js';
import { ConfigurationError } from '../../../src/errors.js';
import { nodeOf } from '../../support/clusters.js';
import { contextOf, firsts, planOf } from '../../support/plans.js';

const down = <T extends object>(node: T): T => ({ ...node, isUp: false });
const [a, b, c] = [nodeOf(1, 'dc1', 'r1'), nodeOf(2, 'dc1', 'r2'), nodeOf(3, 'dc1', 'r2')];
const [x, y, z] = [nodeOf(11, 'dc2'), nodeOf(12, 'dc2'), nodeOf(13, 'dc3')];
const all = [a, x, b, y, c, z];
const topology = { nodes: all, localDataCenter: 'dc1' };
const context = contextOf(topology);

describe('roundRobin', () => {
  it('has all nodes, beginning each time with the next', () => {
    const policy = roundRobin();
    const first = planOf(policy, context);
    const second = planOf(policy, context);
    expect(new Set(first)).toEqual(new Set(all));
    expect(second).toEqual([...first.slice(1), first[0]]);
    expect([...firsts(policy, context, 600).values()]).toEqual([100, 100, 100, 100, 100, 100]);
  });

  it('leaves out nodes that are down, and shares their turns among the others', () => {
    const nodes = [a, down(b), c, x];
    const counts = firsts(roundRobin(), contextOf({ ...topology, nodes }), 12_000);
    expect(new Set(counts.keys())).toEqual(new Set([a, c, x]));
    for (const count of counts.values()) expect(count).toBeGreaterThan(3_600);
  });

  it('has no node where there is none that is up', () => {
    expect(planOf(roundRobin(), contextOf({ ...topology, nodes: [] }))).toEqual([]);
    expect(planOf(roundRobin(), contextOf({ ...topology, nodes: all.map(down) }))).toEqual([]);
  });

  it('sees what has changed, in each of several topologies', () => {
    const policy = roundRobin();
    const other = { nodes: [a], localDataCenter: 'dc1' };
    for (let i = 0; i < 3; i++) {
      expect(planOf(policy, context)).toHaveLength(6);
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
