import fc from 'fast-check';
import Long from 'long';
import { describe, expect, it } from 'vitest';
import { bigint, bigintAsLong, bigintAsNumber } from '../../../src/codec/values/int64.js';
import { BindError, DecodeError } from '../../../src/errors.js';
import { decode, encode, roundTrip, thrownBy } from '../support.js';

describe('bigint', () => {
  const EXPECTED = 'expected an integer of 64 bits (bigint, safe number, Long or string)';
  const MOST = 2n ** 63n - 1n;
  const LEAST = -(2n ** 63n);

  it.each([
    [0n, '0000000000000000'],
    [1n, '0000000000000001'],
    [-1n, 'ffffffffffffffff'],
    [0x0102030405060708n, '0102030405060708'],
    [2n ** 53n + 1n, '0020000000000001'],
    [MOST, '7fffffffffffffff'],
    [LEAST, '8000000000000000'],
  ])('%i is %s, both ways', (value, digits) => {
    expect(encode(bigint, value)).toBe(digits);
    expect(decode(bigint, digits)).toBe(value);
  });

  it.each([
    ['a safe number', -5, 'fffffffffffffffb'],
    ['the largest safe number', Number.MAX_SAFE_INTEGER, '001fffffffffffff'],
    ['a text', '9223372036854775807', '7fffffffffffffff'],
    ['a text with a sign', '+5', '0000000000000005'],
    ['a Long', Long.fromBigInt(LEAST), '8000000000000000'],
    ['another Long', Long.fromBigInt(-2n), 'fffffffffffffffe'],
    ['an unsigned Long', Long.fromBigInt(MOST, true), '7fffffffffffffff'],
    ['a Long of whatever class', { __isLong__: true, high: 1, low: -1, unsigned: false }, '00000001ffffffff'],
  ])('is taken from %s too', (_, value, digits) => {
    expect(encode(bigint, value)).toBe(digits);
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: LEAST, max: MOST }), (value) => {
        expect(roundTrip(bigint, value)).toBe(value);
        expect(encode(bigint, String(value))).toBe(encode(bigint, value));
        expect(encode(bigint, Long.fromBigInt(value))).toBe(encode(bigint, value));
      }),
    );
  });

  it.each([
    ['2^63', MOST + 1n, 'a bigint'],
    ['-2^63 - 1', LEAST - 1n, 'a bigint'],
    ['2^64', 2n ** 64n, 'a bigint'],
    ['the text of 2^63', '9223372036854775808', 'a string'],
    ['an unsigned Long of 2^63', Long.fromBigInt(MOST + 1n, true), 'an object of class Long'],
  ])('refuses %s as out of range rather than wrap it', (_, value, given) => {
    expect(thrownBy(() => encode(bigint, value))).toEqual(new BindError(`${EXPECTED}, got ${given} out of range`));
  });

  it.each([
    ['a number that may have been rounded', 2 ** 53, 'an unsafe integer'],
    ['a fraction', 1.5, 'a number with a fraction'],
    ['NaN', NaN, 'a number that is not finite'],
    ['letters', 'abc', 'a string'],
    ['digits and letters', '12abc', 'a string'],
    ['nothing', '', 'a string'],
    ['a boolean', true, 'a boolean'],
    ['a Date', new Date(0), 'an object of class Date'],
    ['an object', { high: 0, low: 1 }, 'an object'],
    ['a Long of more than its bits', { __isLong__: true, high: 0, low: 2 ** 40, unsigned: false }, 'an object'],
    ['more digits than anybody writes', '0'.repeat(41), 'a string'],
  ])('refuses %s', (_, value, given) => {
    expect(thrownBy(() => encode(bigint, value))).toEqual(new BindError(`${EXPECTED}, got ${given}`));
  });
});

describe('bigint as a Long', () => {
  it('is that of the long package, signed, and comes back as it was', () => {
    expect(decode(bigintAsLong, '8000000000000000')).toEqual(Long.MIN_VALUE);
    expect(decode(bigintAsLong, '')).toBeNull();
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const long = roundTrip(bigintAsLong, value) as Long;
        expect(long.toString()).toBe(value.toString());
        expect(roundTrip(bigintAsLong, long)).toEqual(long);
      }),
    );
  });
});

describe('bigint as a number', () => {
  it('is exact, and refused where it would not be', () => {
    const most = BigInt(Number.MAX_SAFE_INTEGER);
    for (const value of [0n, 1n, -1n, 2n ** 32n, -(2n ** 32n), most, -most]) {
      expect(roundTrip(bigintAsNumber, value)).toBe(Number(value));
    }
    for (const value of [most + 1n, -most - 1n, most + 2n, 2n ** 63n - 1n, -(2n ** 63n)]) {
      expect(thrownBy(() => roundTrip(bigintAsNumber, value))).toEqual(
        new DecodeError('the integer is too large for a number to hold it exactly'),
      );
    }
  });
});
