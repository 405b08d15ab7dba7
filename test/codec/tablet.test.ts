import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTablet } from '../../src/codec/tablet.js';
import { DecodeError } from '../../src/errors.js';
import { bytes } from './support.js';

const FIRST = '00000008 ffffffffffffffff';
const LAST = '00000008 0000000000000010';
const HOST = '00000010 0123456789abcdef0123456789abcdef';
const SHARD = '00000004 00000003';
const REPLICA = `0000001c ${HOST} ${SHARD}`;
const REPLICAS = `00000044 00000002 ${REPLICA} ${REPLICA}`;

describe('readTablet', () => {
  it('reads the tokens and the hosts', () => {
    const host = '01234567-89ab-cdef-0123-456789abcdef';
    expect(readTablet(bytes(FIRST, LAST, REPLICAS))).toEqual({ first: -1n, last: 16n, hosts: [host, host] });
    expect(readTablet(bytes(FIRST, LAST, '00000004 00000000')).hosts).toEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['no replicas', `${FIRST} ${LAST}`],
    ['a null for a token', `ffffffff ${LAST} ${REPLICAS}`],
    ['a null for the replicas', `${FIRST} ${LAST} ffffffff`],
    ['the tokens in the wrong order', `${LAST} ${FIRST} ${REPLICAS}`],
    ['no token', `${LAST} ${LAST} ${REPLICAS}`],
    ['a short token', `00000004 00000001 ${LAST} ${REPLICAS}`],
    ['a null for a host', `${FIRST} ${LAST} 00000014 00000001 0000000c ffffffff ${SHARD}`],
    ['a null for a replica', `${FIRST} ${LAST} 00000008 00000001 ffffffff`],
    ['more replicas than there are bytes', `${FIRST} ${LAST} 00000004 7fffffff`],
    ['something behind it', `${FIRST} ${LAST} ${REPLICAS} 00`],
  ])('refuses %s', (_, damaged) => {
    expect(() => readTablet(bytes(damaged))).toThrow(DecodeError);
  });

  it('refuses bytes of any kind by that error only', () => {
    const good = bytes(FIRST, LAST, REPLICAS);
    const damaged = fc.tuple(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length)).map(([at, byte, length]) => {
      const copy = Buffer.from(good);
      copy[at] = byte;
      return copy.subarray(0, length);
    });
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array()), (payload) => {
        try {
          const { first, last } = readTablet(Buffer.from(payload));
          expect(first < last).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
