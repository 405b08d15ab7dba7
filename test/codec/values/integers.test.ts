import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bigint, int, isIntegerText, smallint, tinyint, varint } from '../../../src/codec/values/integers.js';
import { BindError, DecodeError } from '../../../src/errors.js';
import { decode, encode, roundTrip, thrownBy } from '../support.js';

/** What the `long` package makes of an integer. */
class Long {
  readonly __isLong__ = true;
  readonly high: number;
  readonly low: number;
  readonly unsigned: boolean;

  constructor(value: bigint, unsigned = false) {
    this.high = Number(BigInt.asIntN(32, value >> 32n));
    this.low = Number(BigInt.asIntN(32, value));
    this.unsigned = unsigned;
  }
}

describe.each([
  { name: 'tinyint', codec: tinyint, bits: 8 },
  { name: 'smallint', codec: smallint, bits: 16 },
  { name: 'int', codec: int, bits: 32 },
])('$name', ({ codec, bits }) => {
  const least = -(2 ** (bits - 1));
  const most = 2 ** (bits - 1) - 1;
  const expected = `expected an integer from ${least} to ${most}`;

  it.each([
    [0, '00'.repeat(bits / 8)],
    [1, '1'.padStart(bits / 4, '0')],
    [-1, 'ff'.repeat(bits / 8)],
    [most, `7${'f'.repeat(bits / 4 - 1)}`],
    [least, `8${'0'.repeat(bits / 4 - 1)}`],
  ])('%i is %s, both ways', (value, digits) => {
    expect(encode(codec, value)).toBe(digits);
    expect(decode(codec, digits)).toBe(value);
  });

  it('is taken from a bigint or the text of an integer too', () => {
    expect(encode(codec, BigInt(least))).toBe(encode(codec, least));
    expect(encode(codec, String(most))).toBe(encode(codec, most));
    expect(encode(codec, '+5')).toBe(encode(codec, 5));
    expect(encode(codec, '-05')).toBe(encode(codec, -5));
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.integer({ min: least, max: most }), (value) => {
        expect(roundTrip(codec, value)).toBe(value);
        expect(BigInt.asIntN(bits, BigInt(`0x${encode(codec, value)}`))).toBe(BigInt(value));
      }),
    );
  });

  it.each([
    [most + 1, 'an integer'],
    [least - 1, 'an integer'],
    [2 ** 53, 'an unsafe integer'],
    [BigInt(most) + 1n, 'a bigint'],
    [BigInt(least) - 1n, 'a bigint'],
    [2n ** 64n, 'a bigint'],
    [String(most + 1), 'a string'],
  ])('refuses %s as out of range rather than wrap it', (value, given) => {
    expect(thrownBy(() => encode(codec, value))).toEqual(new BindError(`${expected}, got ${given} out of range`));
  });

  it.each([
    [1.5, 'a number with a fraction'],
    [NaN, 'a number that is not finite'],
    [Infinity, 'a number that is not finite'],
    ['abc', 'a string'],
    ['12abc', 'a string'],
    ['1.0', 'a string'],
    ['1e2', 'a string'],
    ['0x10', 'a string'],
    [' 1', 'a string'],
    ['1\n', 'a string'],
    ['', 'a string'],
    ['-', 'a string'],
    ['١', 'a string'],
    [true, 'a boolean'],
    [new Date(0), 'an object of class Date'],
    [[1], 'an object of class Array'],
  ])('refuses %j, which is no integer', (value, given) => {
    expect(thrownBy(() => encode(codec, value))).toEqual(new BindError(`${expected}, got ${given}`));
  });
});

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
    ['a Long', new Long(LEAST), '8000000000000000'],
    ['another Long', new Long(-2n), 'fffffffffffffffe'],
    ['an unsigned Long', new Long(MOST, true), '7fffffffffffffff'],
    ['a Long of whatever class', { __isLong__: true, high: 1, low: -1, unsigned: false }, '00000001ffffffff'],
  ])('is taken from %s too', (_, value, digits) => {
    expect(encode(bigint, value)).toBe(digits);
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: LEAST, max: MOST }), (value) => {
        expect(roundTrip(bigint, value)).toBe(value);
        expect(encode(bigint, String(value))).toBe(encode(bigint, value));
        expect(encode(bigint, new Long(value))).toBe(encode(bigint, value));
      }),
    );
  });

  it.each([
    ['2^63', MOST + 1n, 'a bigint'],
    ['-2^63 - 1', LEAST - 1n, 'a bigint'],
    ['2^64', 2n ** 64n, 'a bigint'],
    ['the text of 2^63', '9223372036854775808', 'a string'],
    ['an unsigned Long of 2^63', new Long(MOST + 1n, true), 'an object of class Long'],
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
  ])('refuses %s', (_, value, given) => {
    expect(thrownBy(() => encode(bigint, value))).toEqual(new BindError(`${EXPECTED}, got ${given}`));
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
    expect(encode(varint, new Long(-1n))).toBe('ff');
  });

  it('is what arithmetic makes of it, and comes back as it was', () => {
    fc.assert(
      fc.property(fc.bigInt(), (value) => {
        expect(encode(varint, value)).toBe(varintByArithmetic(value));
        expect(roundTrip(varint, value)).toBe(value);
      }),
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

describe('isIntegerText', () => {
  it('knows the text of an integer that is not too long', () => {
    expect(['0', '-1', '+1', '007', '123'].every((text) => isIntegerText(text, 3))).toBe(true);
    expect(['', '-', '1 ', '1n', '1_0', '0x1', '1.', '1234'].some((text) => isIntegerText(text, 3))).toBe(false);
  });
});
