import fc from 'fast-check';
import Long from 'long';
import { describe, expect, it } from 'vitest';
import { varint } from '../../../src/codec/values/varint.js';
import { BindError, DecodeError } from '../../../src/errors.js';
import { decode, encode, roundTrip, thrownBy } from '../support.js';

describe('varint', () => {
  // Native protocol v5, section 6.23: the examples of the specification.
  it.each([
    [0n, '00'],
    [1n, '01'],
    [127n, '7f'],
    [128n, '0080'],
    [129n, '0081'],
    [-1n, 'ff'],
    [-128n, '80'],
    [-129n, 'ff7f'],
    [2n ** 31n - 1n, '7fffffff'],
    [2n ** 31n, '0080000000'],
    [-(2n ** 31n), '80000000'],
    [2n ** 63n, '008000000000000000'],
    [-(2n ** 63n), '8000000000000000'],
    [2n ** 64n, '010000000000000000'],
  ])('%i is %s, both ways', (value, digits) => {
    expect(encode(varint, value)).toBe(digits);
    expect(decode(varint, digits)).toBe(value);
  });

  it('is read in more bytes than it needs too', () => {
    for (let length = 1; length <= 20; length++) {
      expect(decode(varint, '01'.padStart(2 * length, '0'))).toBe(1n);
      expect(decode(varint, 'fe'.padStart(2 * length, 'f'))).toBe(-2n);
    }
  });

  it('is taken from a safe number or a text too', () => {
    expect(encode(varint, 128)).toBe('0080');
    expect(encode(varint, '-129')).toBe('ff7f');
    expect(encode(varint, '+340282366920938463463374607431768211456')).toBe(`01${'00'.repeat(16)}`);
    expect(encode(varint, Long.NEG_ONE)).toBe('ff');
  });

  it('is what arithmetic makes of it, and comes back as it was', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.bigInt(),
          fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }),
          fc.bigInt({ min: -(2n ** 33n), max: 2n ** 33n }),
        ),
        (value) => {
          expect(encode(varint, value)).toBe(varintByArithmetic(value));
          expect(roundTrip(varint, value)).toBe(value);
        },
      ),
    );
  });

  it('comes back as it was at every power of two, where the number of bytes changes', () => {
    for (let bits = 0n; bits <= 200n; bits++) {
      for (const value of [2n ** bits, 2n ** bits - 1n, -(2n ** bits), -(2n ** bits) - 1n]) {
        expect(encode(varint, value)).toBe(varintByArithmetic(value));
        expect(roundTrip(varint, value)).toBe(value);
      }
    }
  });

  const LONGEST = 64 * 1024;

  it('has 64 KiB at most in either direction: a longer one takes too long to turn into digits', () => {
    const most = 2n ** BigInt(8 * LONGEST - 1) - 1n;
    const least = -most - 1n;
    expect(roundTrip(varint, most) === most).toBe(true);
    expect(roundTrip(varint, least) === least).toBe(true);
    expect(encode(varint, String(least))).toBe(`80${'00'.repeat(LONGEST - 1)}`);

    const expected = 'expected an integer of at most 65536 bytes, got a bigint out of range';
    expect(thrownBy(() => encode(varint, most + 1n))).toEqual(new BindError(expected));
    expect(thrownBy(() => encode(varint, least - 1n))).toEqual(new BindError(expected));
    expect(() => encode(varint, '1'.repeat(200_000))).toThrow(BindError);
    expect(thrownBy(() => decode(varint, '01'.repeat(LONGEST + 1)))).toEqual(
      new DecodeError('an integer of 65537 bytes is longer than is accepted'),
    );
  });

  it.each([
    ['12abc', 'a string'],
    ['', 'a string'],
    ['1.5', 'a string'],
    [1.5, 'a number with a fraction'],
    [2 ** 53, 'an unsafe integer'],
    [NaN, 'a number that is not finite'],
    [{}, 'an object'],
  ])('refuses %j', (value, given) => {
    expect(thrownBy(() => encode(varint, value))).toEqual(
      new BindError(`expected an integer (bigint, safe number or string), got ${given}`),
    );
  });
});

/** Two's complement in as few bytes as keep the sign, by arithmetic: the last byte first. */
function varintByArithmetic(value: bigint): string {
  const last = ((value % 256n) + 256n) % 256n;
  const rest = (value - last) / 256n;
  const digits = last.toString(16).padStart(2, '0');
  const isWhole = (rest === 0n && last < 128n) || (rest === -1n && last >= 128n);
  return isWhole ? digits : varintByArithmetic(rest) + digits;
}
