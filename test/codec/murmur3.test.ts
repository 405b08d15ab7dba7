import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { murmur3Token } from '../../src/codec/murmur3.js';
import { bytes } from './support.js';

const MINIMUM = -(2n ** 63n);
const MAXIMUM = 2n ** 63n - 1n;

const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);
const rotate = (value: bigint, by: bigint): bigint => u64(value << by) | (u64(value) >> (64n - by));

/** MurmurHash3_x64_128 as it is defined, with the bytes of the tail signed as in Cassandra: the first 64 bits. */
function hashByDefinition(key: Uint8Array): bigint {
  const [c1, c2] = [0x87c37b91114253d5n, 0x4cf5ad432745937fn];
  const scramble1 = (k1: bigint): bigint => u64(rotate(u64(k1 * c1), 31n) * c2);
  const scramble2 = (k2: bigint): bigint => u64(rotate(u64(k2 * c2), 33n) * c1);
  const finish = (h: bigint): bigint => {
    h = u64((h ^ (h >> 33n)) * 0xff51afd7ed558ccdn);
    h = u64((h ^ (h >> 33n)) * 0xc4ceb9fe1a85ec53n);
    return h ^ (h >> 33n);
  };
  const view = new DataView(key.buffer, key.byteOffset, key.length);
  const body = key.length - (key.length % 16);
  let h1 = 0n;
  let h2 = 0n;
  for (let at = 0; at < body; at += 16) {
    h1 ^= scramble1(view.getBigUint64(at, true));
    h1 = u64((rotate(h1, 27n) + h2) * 5n + 0x52dce729n);
    h2 ^= scramble2(view.getBigUint64(at + 8, true));
    h2 = u64((rotate(h2, 31n) + h1) * 5n + 0x38495ab5n);
  }
  let k1 = 0n;
  let k2 = 0n;
  for (let i = body; i < key.length; i++) {
    const position = i - body;
    if (position < 8) k1 ^= u64(BigInt(view.getInt8(i)) << BigInt(8 * position));
    else k2 ^= u64(BigInt(view.getInt8(i)) << BigInt(8 * (position - 8)));
  }
  h1 ^= scramble1(k1);
  h2 ^= scramble2(k2);
  h1 ^= BigInt(key.length);
  h2 ^= BigInt(key.length);
  h1 = u64(h1 + h2);
  h2 = u64(h2 + h1);
  h1 = finish(h1);
  h2 = finish(h2);
  return BigInt.asIntN(64, h1 + h2);
}

describe('murmur3Token', () => {
  // What `SELECT token(key)` says of an int, a text or a blob with these bytes.
  it.each([
    ['00000001', -4069959284402364209n],
    ['00000002', -3248873570005575792n],
    ['00000003', 9010454139840013625n],
    ['313233', -7468325962851647638n],
    ['00ff10fa99'.repeat(10), 5837342703291459765n],
    ['fe'.repeat(8), -8927430733708461935n],
    ['10'.repeat(8), 1446172840243228796n],
    ['39323233333732303336383534373735383037', 7162290910810015547n],
  ])('of %s is %i', (key, token) => {
    expect(murmur3Token(bytes(key))).toBe(token);
  });

  it('is what the definition says, for keys of every length and bytes of every value', () => {
    const key = fc.uint8Array({ maxLength: 200, size: 'max' }).filter(({ length }) => length > 0);
    fc.assert(
      fc.property(key, (key) => {
        expect(murmur3Token(key)).toBe(hashByDefinition(key));
      }),
      { numRuns: 1000 },
    );
    for (let length = 1; length <= 200; length++) {
      for (const byte of [0x00, 0x7f, 0x80, 0xff]) {
        const key = new Uint8Array(length).fill(byte);
        expect(murmur3Token(key), `${length} bytes of ${byte}`).toBe(hashByDefinition(key));
      }
    }
  });

  it('covers the given bytes and no others', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat({ max: 5 }), (key, offset) => {
        const buffer = Buffer.concat([Buffer.alloc(offset, 0xee), key, Buffer.alloc(20, 0xee)]);
        expect(murmur3Token(buffer, offset, offset + key.length)).toBe(murmur3Token(key));
      }),
    );
  });

  it('is the least of all for an empty key, and for no other', () => {
    expect(murmur3Token(new Uint8Array(0))).toBe(MINIMUM);
    expect(murmur3Token(bytes('0102'), 1, 1)).toBe(MINIMUM);
    // Every step of the hash can be undone: these keys were computed from their hashes.
    expect(hashByDefinition(bytes('ee961629b0b5ad1d319e18e83892dbed'))).toBe(MINIMUM);
    expect(murmur3Token(bytes('ee961629b0b5ad1d319e18e83892dbed'))).toBe(MAXIMUM);
    expect(murmur3Token(bytes('8a594e075a99eeb15f0cf296edeb6fbd'))).toBe(MAXIMUM);
    expect(murmur3Token(bytes('825e338005a83d5ce7ec3afc6a63448b'))).toBe(MAXIMUM);
    expect(murmur3Token(bytes('4adfb7bb7374c1d0ebaf77c8bf32658e'))).toBe(MINIMUM + 1n);
    expect(murmur3Token(bytes('5ed0b893f10c088ccf0e007bf6edbf61'))).toBe(0n);
  });
});
