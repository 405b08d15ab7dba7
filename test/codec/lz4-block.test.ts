import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decompressBlock } from '../../src/codec/lz4-block.js';
import { ProtocolError } from '../../src/errors.js';
import { blockOf, plainOf } from '../support/lz4-package.js';
import { bytes, thrownBy } from './support.js';

/** Decompresses a block that lies in the middle of other bytes. */
function decompress(block: Uint8Array, length: number): Buffer {
  const input = Buffer.concat([Buffer.alloc(5, 0xee), block, Buffer.alloc(9, 0xee)]);
  return decompressBlock(input, 5, 5 + block.length, length);
}

/** The bytes of a block, undefined if it is refused; any other error than the one for that is thrown on. */
function plainOrRefused(block: Uint8Array, length: number): Buffer | undefined {
  try {
    return decompress(block, length);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** Bytes in which much, little or nothing is repeated, near and far. */
const plain = fc
  .array(fc.tuple(fc.uint8Array({ maxLength: 40 }), fc.oneof(fc.nat(4), fc.nat(120))), { maxLength: 24 })
  .map((parts) => Buffer.concat(parts.flatMap(([part, times]) => new Array<Uint8Array>(times).fill(part))));

describe('decompressBlock', () => {
  it.each([
    ['nothing', '00', ''],
    ['literals alone', '80 2c20576f726c6421', ', World!'],
    ['15 literals, whose length needs a second byte', `f000 ${'61'.repeat(15)}`, 'a'.repeat(15)],
    ['270 literals, whose length needs a third', `f0ff00 ${'61'.repeat(270)}`, 'a'.repeat(270)],
    ['a match that repeats one byte', '1f 61 0100 02 50 6263646566', `${'a'.repeat(22)}bcdef`],
    ['a match that overlaps itself, shorter than a loop', '20 6162 0200 50 6364656667', 'abababcdefg'],
    ['a match that overlaps itself by an odd number', '3f 616263 0300 15 10 78', `${'abc'.repeat(14)}ax`],
    ['a match that lies wholly before', '80 6162636465666768 0800 10 78', 'abcdefghabcdx'],
    ['sequences without literals', '10 61 0100 05 0500 10 78', `${'a'.repeat(14)}x`],
  ])('reads %s', (_, block, text) => {
    expect(decompress(bytes(block), text.length).toString()).toBe(text);
  });

  it.each([
    ['no bytes at all', '', 0],
    ['no bytes where some are announced', '', 3],
    ['nothing where something is announced', '00', 1],
    ['something where nothing is announced', '10 61', 0],
    ['a byte less than was announced', '30 616263', 4],
    ['a byte more than was announced', '30 616263', 2],
    ['bytes behind the last literals', '30 616263 00', 3],
    ['literals that end too early', '40 616263', 4],
    ['a length of literals that ends too early', 'f0', 15],
    ['half an offset', '30 616263 01', 20],
    ['a length of a match that ends too early', '1f 61 0100', 20],
    ['a block that ends with a match', '10 61 0100', 5],
    ['an offset of 0', '10 61 0000 10 78', 6],
    ['an offset before the first byte', '10 61 0200 10 78', 6],
    ['a match beyond the end', '11 61 0100 10 78', 5],
    ['a long match beyond the end', '1f 61 0100 ff00 10 78', 200],
  ])('refuses %s', (_, block, length) => {
    const error = thrownBy(() => decompress(bytes(block), length));
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error.message).toBe(
      'A compressed body is no LZ4 block of the announced length: the connection carries damaged data.',
    );
  });

  it.each([
    ['literals', [0xf0]],
    ['a match', [0x1f, 0x61, 1, 0]],
  ])('stops reading the length of %s where it is more than there is room for', (_, head) => {
    const block = Buffer.concat([Buffer.from(head), Buffer.alloc(1024 * 1024, 0xff)]);
    let reads = 0;
    const counted = new Proxy(block, {
      get: (target, key) => {
        reads++;
        return Reflect.get(target, key) as unknown;
      },
    });
    expect(() => decompressBlock(counted, 0, block.length, 64)).toThrow(ProtocolError);
    expect(reads).toBeLessThan(10);
  });

  it('makes of what the package has compressed what it was', () => {
    fc.assert(
      fc.property(plain, (sent) => {
        expect(decompress(blockOf(sent), sent.length).equals(sent)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each([1, 2, 3, 4, 7, 8, 9, 255, 65_535])('repeats a pattern of %i bytes to the length of a segment', (period) => {
    const sent = Buffer.alloc(131_071, Buffer.from(Array.from({ length: period }, (_, i) => (i * 7) & 0xff)));
    expect(decompress(blockOf(sent), sent.length).equals(sent)).toBe(true);
  });

  it('refuses every beginning of a block', () => {
    const sent = Buffer.from('a block that has, that has, that has literals and matches, '.repeat(20));
    const block = blockOf(sent);
    for (let length = 0; length < block.length; length++) {
      expect(plainOrRefused(block.subarray(0, length), sent.length), `${length} bytes`).toBeUndefined();
    }
  });

  it('agrees with the package on blocks that were damaged: the same bytes, or none', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    let accepted = 0;
    fc.assert(
      fc.property(plain, damage, fc.integer({ min: -3, max: 3 }), (sent, changes, difference) => {
        fc.pre(sent.length > 0);
        const block = Buffer.from(blockOf(sent));
        for (const [at, value] of changes) block[at % block.length] = value;
        const length = Math.max(0, sent.length + difference);
        const ours = plainOrRefused(block, length);
        if (ours !== undefined) accepted++;
        expect(ours?.length ?? length).toBe(length);
        const theirs = plainOf(block, length);
        // The package reads an offset of 0, which no block has, as zeros.
        if (theirs !== undefined && ours === undefined) expect(hasZeroOffset(block)).toBe(true);
        if (theirs !== undefined && ours !== undefined) expect(ours.equals(theirs)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  it('makes bytes or the error of anything', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(2_000), (block, length) => {
        expect(plainOrRefused(block, length)?.length ?? length).toBe(length);
      }),
      { numRuns: 2_000 },
    );
  });
});

/** Whether a block that is otherwise sound has a match 0 bytes back. */
function hasZeroOffset(block: Buffer): boolean {
  let at = 0;
  const more = (bits: number): number => {
    let length = bits;
    if (bits === 15) {
      do length += block[at]!;
      while (block[at++] === 255);
    }
    return length;
  };
  while (at < block.length) {
    const token = block[at++]!;
    const literals = more(token >> 4);
    at += literals;
    if (at >= block.length) return false;
    if (block.readUInt16LE(at) === 0) return true;
    at += 2;
    more(token & 15);
  }
  return false;
}
