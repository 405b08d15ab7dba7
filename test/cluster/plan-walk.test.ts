import { describe, expect, it } from 'vitest';
import type { Node } from '../../src/cluster/node.js';
import { PlanWalk } from '../../src/cluster/plan-walk.js';
import type { LoadBalancingPolicy } from '../../src/cluster/policies/load-balancing.js';
import { roundRobin } from '../../src/cluster/policies/round-robin.js';
import { nodeOf } from '../support/clusters.js';
import { contextOf } from '../support/plans.js';

const nodes = [0, 1, 2].map((number) => nodeOf(number));
const [a, b, c] = nodes as [Node, Node, Node];
const known = new Map(nodes.map((node) => [node.hostId, node.address]));
const context = contextOf({ nodes, localDataCenter: 'dc1' });

const walk = (policy: LoadBalancingPolicy): PlanWalk<string> => new PlanWalk(policy, context, known);

function all(walk: PlanWalk<string>): string[] {
  const found: string[] = [];
  for (let next = walk.next(); next !== undefined; next = walk.next()) found.push(next);
  return found;
}

describe('a walk through a plan', () => {
  it('finds what belongs to each node, in the order of the plan', () => {
    expect(all(walk(() => [c, a, b]))).toEqual([c, a, b].map(({ address }) => address));
    expect(new Set(all(walk(roundRobin())))).toEqual(new Set(known.values()));
  });

  it('skips what came before', () => {
    expect(all(walk(() => [a, a, b, a, { ...b }, c]))).toEqual([a, b, c].map(({ address }) => address));
  });

  it('skips what is no node of the cluster', () => {
    const garbage = [undefined, null, 'a', 7, {}, { hostId: 7 }, nodeOf(99), a] as Node[];
    expect(all(walk(() => garbage))).toEqual([a.address]);
  });

  it('asks for no node before it is wanted', () => {
    let yielded = 0;
    const begun = walk(function* () {
      for (const node of nodes) {
        yielded++;
        yield node;
      }
    });
    expect(yielded).toBe(0);
    begun.next();
    expect(yielded).toBe(1);
  });

  const wrong = new Error('no idea');
  it.each<[string, LoadBalancingPolicy]>([
    [
      'throws',
      () => {
        throw wrong;
      },
    ],
    [
      'throws when it is iterated',
      () => ({
        [Symbol.iterator]() {
          throw wrong;
        },
      }),
    ],
    [
      'throws in between',
      function* () {
        throw wrong;
      },
    ],
  ])('ends with the error of a policy that %s', (_, policy) => {
    const failed = walk(policy);
    expect(failed.next()).toBeUndefined();
    expect(failed.error).toBe(wrong);
    expect(failed.next()).toBeUndefined();
  });

  it('keeps what came before an error', () => {
    const failed = walk(function* () {
      yield a;
      throw wrong;
    });
    expect(all(failed)).toEqual([a.address]);
    expect(failed.error).toBe(wrong);
  });

  it.each([undefined, null, 7, {}])('ends with an error if the plan is %j', (plan) => {
    const failed = walk(() => plan as Node[]);
    expect(failed.next()).toBeUndefined();
    expect(failed.error).toBeInstanceOf(TypeError);
  });

  it('ends if a plan goes on without another node', () => {
    const endless = walk(function* () {
      for (;;) yield a;
    });
    expect(all(endless)).toEqual([a.address]);
    expect(endless.next()).toBeUndefined();
    expect(endless.error).toBeUndefined();
  });
});
