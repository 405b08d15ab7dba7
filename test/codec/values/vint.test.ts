import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readUnsignedVint, readVint, writeUnsignedVint, writeVint } from '../../../src/codec/values/vint.js';
import { DecodeError } from '../../../src/errors.js';
import { bytes, thrownBy, written } from '../support.js';

/** As the specification describes it: ones for the bytes that follow, a zero, the value; in binary. */
function vintByDescription(value: bigint): string {
  const digits = value.toString(2);
  for (let extra = 0; extra < 8; extra++) {
    const room = 8 * (extra + 1) - (extra + 1);
    if (digits.length <= room) return toHex('1'.repeat(extra) + '0' + digits.padStart(room, '0'));
  }
  return toHex('1'.repeat(8) + digits.padStart(64, '0'));
}

function toHex(binary: string): string {
  return BigInt(`0b${binary}`)
    .toString(16)
    .padStart(binary.length / 4, '0');
}

const MOST = 2n ** 64n - 1n;

describe('an unsigned vint', () => {
  it.each([
    [0n, '00'],
    [1n, '01'],
    [127n, '7f'],
    [128n, '8080'],
    [16_383n, 'bfff'],
    [16_384n, 'c04000'],
    [256_000n, 'c3e800'],
    [2n ** 49n - 1n, 'fdffffffffffff'],
    [2n ** 49n, 'fe02000000000000'],
    [2n ** 56n - 1n, 'feffffffffffffff'],
    [2n ** 56n, 'ff0100000000000000'],
    [MOST, 'ffffffffffffffffff'],
  ])('of %i is %s, both ways', (value, digits) => {
    expect(written((writer) => writeUnsignedVint(writer, value))).toBe(digits);
    expect(readUnsignedVint(bytes(digits), 0, digits.length / 2)).toEqual({ value, next: digits.length / 2 });
  });

  it('is as the specification describes it, and comes back as it was', () => {
    const numberOfAnySize = fc
      .tuple(fc.bigInt({ min: 0n, max: MOST }), fc.nat({ max: 63 }))
      .map(([n, shift]) => n >> BigInt(shift));
    fc.assert(
      fc.property(numberOfAnySize, (value) => {
        const digits = written((writer) => writeUnsignedVint(writer, value));
        expect(digits).toBe(vintByDescription(value));
        const bits = (value | 1n).toString(2).length;
        expect(digits.length / 2).toBe((639 - 9 * (64 - bits)) >> 6);
        const read = readUnsignedVint(bytes('ee', digits, 'ee'), 1, 1 + digits.length / 2);
        expect(read).toEqual({ value, next: 1 + digits.length / 2 });
      }),
      { numRuns: 500 },
    );
  });

  it('that is cut is a DecodeError, though bytes follow that are another’s', () => {
    for (const digits of ['8080', 'c3e800', 'feffffffffffffff', 'ffffffffffffffffff']) {
      for (let length = 1; length < digits.length / 2; length++) {
        const error = thrownBy(() => readUnsignedVint(bytes(digits, '00'), 0, length));
        expect(error).toEqual(new DecodeError('a vint ends too early'));
      }
    }
    expect(thrownBy(() => readUnsignedVint(bytes('01'), 0, 0))).toEqual(new DecodeError('a vint is missing'));
  });
});

describe('a vint', () => {
  it.each([
    [0n, '00'],
    [-1n, '01'],
    [1n, '02'],
    [-2n, '03'],
    [63n, '7e'],
    [-64n, '7f'],
    [64n, '8080'],
    [128_000n, 'c3e800'],
    [-128_000n, 'c3e7ff'],
    [2n ** 63n - 1n, 'fffffffffffffffffe'],
    [-(2n ** 63n), 'ffffffffffffffffff'],
  ])('of %i is %s, both ways', (value, digits) => {
    expect(written((writer) => writeVint(writer, value))).toBe(digits);
    expect(readVint(bytes(digits), 0, digits.length / 2)).toEqual({ value, next: digits.length / 2 });
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const digits = written((writer) => writeVint(writer, value));
        expect(readVint(bytes(digits), 0, digits.length / 2).value).toBe(value);
      }),
    );
  });
});
