import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { murmur3Partitioner } from '../../src/codec/partitioners/murmur3-partitioner.js';
import { placement } from '../../src/cluster/replication.js';
import { TokenMap } from '../../src/cluster/token-map.js';
import { TokenRing } from '../../src/cluster/token-ring.js';
import { nodeOf, owners } from '../support/clusters.js';

const simple = (factor: number): Record<string, string> => ({
  class: 'SimpleStrategy',
  replication_factor: String(factor),
});
const nodes = [0, 1, 2].map((number) => nodeOf(number));
const ring = new TokenRing(
  murmur3Partitioner,
  nodes.map((node, i) => ({ node, tokens: [BigInt(i) * 100n, BigInt(i) * 100n + 50n] })),
);

describe('a token map', () => {
  it('knows the replicas of a partition by its keyspace and token', () => {
    const map = new TokenMap(ring);
    map.define('one', simple(1));
    map.define('two', simple(2));
    expect(map.replicas('one', 101n)).toEqual([nodes[1]]);
    expect(map.replicas('two', 101n)).toEqual([nodes[1], nodes[2]]);
    expect(map.replicas('two', 251n)).toEqual([nodes[0], nodes[1]]);
  });

  it('gives the same array each time, for all keyspaces that are replicated alike', () => {
    const map = new TokenMap(ring);
    map.define('a', simple(2));
    map.define('b', { replication_factor: '2', class: 'SimpleStrategy' });
    map.define('c', simple(3));
    const found = map.replicas('a', 10n);
    expect(map.replicas('a', 11n)).toBe(found);
    expect(map.replicas('b', 12n)).toBe(found);
    expect(map.replicas('c', 12n)).not.toEqual(found);
  });

  it('follows a keyspace that is altered or dropped', () => {
    const map = new TokenMap(ring);
    map.define('ks', simple(1));
    expect(map.replicas('ks', 0n)).toHaveLength(1);
    map.define('ks', simple(3));
    expect(map.replicas('ks', 0n)).toHaveLength(3);
    map.drop('ks');
    expect(map.replicas('ks', 0n)).toEqual([]);
  });

  it('knows nothing of other keyspaces, of local ones, and without tokens', () => {
    const map = new TokenMap(ring);
    map.define('system', { class: 'org.apache.cassandra.locator.LocalStrategy' });
    expect(map.replicas('unknown', 0n)).toEqual([]);
    expect(map.replicas('system', 0n)).toEqual([]);
    const empty = new TokenMap(new TokenRing(murmur3Partitioner, []));
    empty.define('ks', simple(1));
    expect(empty.replicas('ks', 0n)).toEqual([]);
  });

  it('is right also when it may keep hardly anything', () => {
    const asked = fc.array(fc.tuple(fc.constantFrom('1', '2', '3'), fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)));
    fc.assert(
      fc.property(owners, asked, fc.integer({ min: 1, max: 4 }), (all, asked, maxLists) => {
        const ring = new TokenRing(murmur3Partitioner, all);
        const map = new TokenMap(ring, maxLists);
        for (const factor of ['1', '2', '3']) map.define(factor, simple(Number(factor)));
        for (const [factor, token] of asked) {
          const expected = placement(ring, simple(Number(factor)))(ring.position(token));
          expect(map.replicas(factor, token)).toEqual(expected);
        }
      }),
    );
  });

  it('keeps no more lists than it may', () => {
    const map = new TokenMap(ring, 3);
    map.define('ks', simple(1));
    const first = map.replicas('ks', 0n);
    map.replicas('ks', 50n);
    map.replicas('ks', 100n);
    expect(map.replicas('ks', 0n)).toBe(first);
    map.replicas('ks', 150n);
    expect(map.replicas('ks', 0n)).not.toBe(first);
    expect(map.replicas('ks', 0n)).toEqual(first);
  });
});
