import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Node } from '../../../src/cluster/node.js';
import { dcAware } from '../../../src/cluster/policies/dc-aware.js';
import type { LoadBalancingPolicy } from '../../../src/cluster/policies/load-balancing.js';
import { ranked } from '../../../src/cluster/policies/rank.js';
import { rackAware } from '../../../src/cluster/policies/rack-aware.js';
import { roundRobin } from '../../../src/cluster/policies/round-robin.js';
import { tokenAware } from '../../../src/cluster/policies/token-aware.js';
import { ConfigurationError } from '../../../src/errors.js';
import { nodeOf } from '../../support/clusters.js';
import { contextOf, firsts, planOf } from '../../support/plans.js';

const local = Array.from({ length: 6 }, (_, i) => nodeOf(i, 'dc1', `r${i % 3}`));
const remote = Array.from({ length: 3 }, (_, i) => nodeOf(10 + i, 'dc2'));
const topology = { nodes: [...local, ...remote], localDataCenter: 'dc1' };
const [a, b, c] = local as [Node, Node, Node];
const replicas = [remote[0]!, c, a, remote[1]!, b];
const context = contextOf(topology, { keyspace: 'ks', token: 1n, replicas });

describe('tokenAware', () => {
  it('has the local replicas first, then the other local nodes, each once', () => {
    for (let i = 0; i < 50; i++) {
      const plan = planOf(tokenAware(), context);
      expect(new Set(plan.slice(0, 3))).toEqual(new Set([a, b, c]));
      expect(new Set(plan)).toEqual(new Set(local));
      expect(plan).toHaveLength(local.length);
    }
  });

  it('is what its child is, where no replicas are known', () => {
    expect(new Set(planOf(tokenAware(), contextOf(topology)))).toEqual(new Set(local));
    expect(new Set(planOf(tokenAware(roundRobin()), contextOf(topology)))).toEqual(new Set(topology.nodes));
  });

  it('spreads requests over the replicas', () => {
    const counts = firsts(tokenAware(), context, 9_000);
    expect(new Set(counts.keys())).toEqual(new Set([a, b, c]));
    for (const count of counts.values()) expect(count).toBeGreaterThan(2_700);
    // What is second is not settled by what is first.
    const seconds = Array.from({ length: 200 }, () => planOf(tokenAware(), context)).flatMap(([first, second]) =>
      first === a ? [second] : [],
    );
    expect(new Set(seconds)).toEqual(new Set([b, c]));
  });

  it('takes the less busy of two', () => {
    const inFlight = (node: Node): number => [a, b, c].indexOf(node);
    const counts = firsts(tokenAware(), { ...context, inFlight }, 9_000);
    expect(counts.get(a)).toBeGreaterThan(5_500);
    expect(counts.get(b)).toBeGreaterThan(2_500);
    // The busiest is the less busy of no two.
    expect(counts.has(c)).toBe(false);
    expect(planOf(tokenAware(), { ...context, inFlight })[2]).toBe(c);
  });

  it('has the replicas of a conditional request in the order of the ring, however busy', () => {
    const conditional = { ...context, isConditional: true, inFlight: (node: Node) => (node === c ? 100 : 0) };
    for (let i = 0; i < 20; i++) expect(planOf(tokenAware(), conditional).slice(0, 3)).toEqual([c, a, b]);
  });

  it('passes over replicas that are down', () => {
    const gone = { ...a, isUp: false };
    const nodes = topology.nodes.map((node) => (node === a ? gone : node));
    const plan = planOf(tokenAware(), {
      ...context,
      topology: { ...topology, nodes },
      replicas: [gone, b],
      isConditional: true,
    });
    expect(plan[0]).toBe(b);
    expect(plan).not.toContain(gone);
    expect(plan).toHaveLength(5);
  });

  it('has replicas by how near they are to its child', () => {
    const plan = planOf(tokenAware(rackAware({ localRack: 'r1' })), context);
    expect(plan[0]).toBe(b);
    expect(new Set(plan.slice(1, 3))).toEqual(new Set([a, c]));
    expect(plan[3]!.rack).toBe('r1');

    const far = planOf(tokenAware(dcAware({ remoteNodes: 3 })), context);
    expect(new Set(far.slice(0, 3))).toEqual(new Set([a, b, c]));
    expect(new Set(far.slice(3, 5))).toEqual(new Set(remote.slice(0, 2)));
    expect(new Set(far)).toEqual(new Set(topology.nodes));
  });

  it('may be around itself', () => {
    const plan = planOf(tokenAware(tokenAware()), context);
    expect(new Set(plan.slice(0, 3))).toEqual(new Set([a, b, c]));
    expect(plan).toHaveLength(6);
  });

  it('does not begin the plan of its child before the replicas are used up', () => {
    const child = vi.fn<LoadBalancingPolicy>(() => local);
    const policy = tokenAware(ranked(child, () => 0));
    const plan = policy({ ...context, replicas: [a, b] })[Symbol.iterator]();
    plan.next();
    plan.next();
    expect(child).not.toHaveBeenCalled();
    plan.next();
    expect(child).toHaveBeenCalledOnce();
  });

  describe('of a policy about which nothing is known', () => {
    const fixed =
      (...nodes: Node[]): LoadBalancingPolicy =>
      () =>
        nodes;

    it('has the replicas of its plan first, in its order', () => {
      const plan = planOf(tokenAware(fixed(local[5]!, b, local[4]!, c)), context);
      expect(plan).toEqual([b, c, local[5], local[4]]);
    });

    it('has those of a conditional request in the order of the ring', () => {
      const plan = planOf(tokenAware(fixed(local[5]!, b, c, a)), { ...context, isConditional: true });
      expect(plan).toEqual([c, a, b, local[5]]);
    });

    it('has each node once, and ends even if the plan does not', () => {
      const endless: LoadBalancingPolicy = function* () {
        for (;;) yield* [b, local[5]!];
      };
      expect(planOf(tokenAware(endless), context)).toEqual([b, local[5]]);
    });
  });

  it('copes with more replicas than a number has bits', () => {
    const nodes = Array.from({ length: 70 }, (_, i) => nodeOf(i));
    const plan = planOf(
      tokenAware(),
      contextOf({ nodes, localDataCenter: 'dc1' }, { replicas: nodes.slice(20, 60), isConditional: true }),
    );
    expect(plan.slice(0, 40)).toEqual(nodes.slice(20, 60));
    expect(new Set(plan)).toEqual(new Set(nodes));
  });

  it('has every node of its child once and no other, replicas before the others of their rank', () => {
    const children: [string, () => LoadBalancingPolicy][] = [
      ['roundRobin', roundRobin],
      ['dcAware', dcAware],
      ['remote', () => dcAware({ remoteNodes: 1 })],
      ['rackAware', () => rackAware({ localRack: 'r0' })],
    ];
    const some = fc.subarray(topology.nodes);
    fc.assert(
      fc.property(
        fc.constantFrom(...children),
        some,
        some,
        fc.boolean(),
        ([, child], alive, replicas, isConditional) => {
          const live = new Map(topology.nodes.map((node) => [node, { ...node, isUp: alive.includes(node) }]));
          const policy = child();
          const context = contextOf(
            { ...topology, nodes: [...live.values()] },
            { replicas: replicas.map((node) => live.get(node)!), isConditional },
          );
          const plan = planOf(tokenAware(policy), context);
          const plain = planOf(policy, context);
          expect(plan.map(({ hostId }) => hostId).sort()).toEqual(plain.map(({ hostId }) => hostId).sort());
          const chosen = plan.filter((node) => context.replicas.includes(node));
          expect(plan.slice(0, chosen.length)).toEqual(chosen);
        },
      ),
    );
  });

  it('refuses a child that is no policy', () => {
    expect(() => tokenAware('dc1' as never)).toThrow(ConfigurationError);
    expect(() => tokenAware(null as never)).toThrow(
      'The child of tokenAware() must be a function; it is a value of type null.',
    );
  });
});
