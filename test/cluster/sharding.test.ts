import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shardingOf, shardOf } from '../../src/cluster/sharding.js';

const SAID = {
  SCYLLA_SHARD: ['3'],
  SCYLLA_NR_SHARDS: ['8'],
  SCYLLA_SHARDING_IGNORE_MSB: ['12'],
  SCYLLA_SHARDING_ALGORITHM: ['biased-token-round-robin'],
  SCYLLA_PARTITIONER: ['org.apache.cassandra.dht.Murmur3Partitioner'],
  SCYLLA_SHARD_AWARE_PORT: ['19042'],
};

const said = (changes: Readonly<Record<string, readonly string[]>> = {}, isEncrypted = false) =>
  shardingOf(new Map(Object.entries<readonly string[]>({ ...SAID, ...changes })), isEncrypted);

const LOWEST = -(2n ** 63n);
const HIGHEST = 2n ** 63n - 1n;

describe('shardingOf', () => {
  it('reads what a node says of its shards', () => {
    expect(said()).toEqual({ shard: 3, count: 8, ignoredBits: 12, port: 19042 });
    expect(shardingOf(new Map(), false)).toBeUndefined();
  });

  it('knows of the port for connections with TLS', () => {
    expect(said({ SCYLLA_SHARD_AWARE_PORT_SSL: ['19142'] }, true)?.port).toBe(19142);
    expect(said({ SCYLLA_SHARD_AWARE_PORT_SSL: ['19142'] })?.port).toBe(19042);
    expect(said({}, true)?.port).toBeUndefined();
  });

  it.each([[['0']], [['65536']], [['x']], [[]]])('knows of no port where it says %j', (port) => {
    expect(said({ SCYLLA_SHARD_AWARE_PORT: port })).toEqual({ shard: 3, count: 8, ignoredBits: 12, port: undefined });
  });

  it.each<Readonly<Record<string, readonly string[]>>>([
    { SCYLLA_SHARD: ['8'] },
    { SCYLLA_SHARD: ['-1'] },
    { SCYLLA_SHARD: ['3', '4'] },
    { SCYLLA_SHARD: [] },
    { SCYLLA_NR_SHARDS: ['0'], SCYLLA_SHARD: ['0'] },
    { SCYLLA_NR_SHARDS: ['1025'] },
    { SCYLLA_NR_SHARDS: ['8.0'] },
    { SCYLLA_NR_SHARDS: [' 8'] },
    { SCYLLA_SHARDING_IGNORE_MSB: ['64'] },
    { SCYLLA_SHARDING_IGNORE_MSB: [] },
    { SCYLLA_SHARDING_ALGORITHM: ['another'] },
    { SCYLLA_PARTITIONER: ['org.apache.cassandra.dht.RandomPartitioner'] },
  ])('takes a node that says %j for one without shards', (changes) => {
    expect(said(changes)).toBeUndefined();
  });
});

describe('shardOf', () => {
  it('cuts the ring into as many equal parts as there are shards', () => {
    const whole = { count: 4, ignoredBits: 0, port: undefined };
    expect([LOWEST, LOWEST / 2n - 1n, LOWEST / 2n, -1n, 0n, HIGHEST].map((token) => shardOf(token, whole))).toEqual([
      0, 0, 1, 1, 2, 3,
    ]);
  });

  it('does so again within each part of the ring that the highest bits tell', () => {
    const parts = { count: 2, ignoredBits: 1, port: undefined };
    expect([LOWEST, LOWEST / 2n - 1n, LOWEST / 2n, -1n, 0n, HIGHEST].map((token) => shardOf(token, parts))).toEqual([
      0, 0, 1, 1, 0, 1,
    ]);
  });

  it('is what integers without bounds make of the formula', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.bigInt({ min: LOWEST, max: HIGHEST }),
          fc.constantFrom(LOWEST, LOWEST + 1n, -1n, 0n, 1n, HIGHEST - 1n, HIGHEST),
        ),
        fc.integer({ min: 1, max: 1024 }),
        fc.integer({ min: 0, max: 63 }),
        (token, count, ignoredBits) => {
          const shard = shardOf(token, { count, ignoredBits, port: undefined });
          // The position without the bits that are ignored, as a fraction of the whole.
          const rest = (token - LOWEST) % 2n ** BigInt(64 - ignoredBits);
          const biased = rest * 2n ** BigInt(ignoredBits);
          expect(shard).toBeGreaterThanOrEqual(0);
          expect(shard).toBeLessThan(count);
          expect(BigInt(shard) * 2n ** 64n).toBeLessThanOrEqual(biased * BigInt(count));
          expect(BigInt(shard + 1) * 2n ** 64n).toBeGreaterThan(biased * BigInt(count));
        },
      ),
    );
  });
});
