import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal, decimal } from '../../../src/codec/values/decimal.js';
import { BindError, DecodeError } from '../../../src/errors.js';
import { decode, encode, hex, roundTrip, thrownBy } from '../support.js';

const EXPECTED = 'expected a Decimal, a decimal string, a finite number or a bigint';

const anyDecimal = fc
  .tuple(fc.bigInt(), fc.oneof(fc.integer(), fc.integer({ min: -30, max: 30 })))
  .map(([unscaled, scale]) => new Decimal(unscaled, scale));

describe('Decimal', () => {
  // The examples of the documentation of Java's BigDecimal.toString, then the borders of its rules.
  it.each<[bigint, number, string]>([
    [123n, 0, '123'],
    [-123n, 0, '-123'],
    [123n, -1, '1.23E+3'],
    [123n, -3, '1.23E+5'],
    [123n, 1, '12.3'],
    [123n, 5, '0.00123'],
    [123n, 10, '1.23E-8'],
    [-123n, 12, '-1.23E-10'],
    [0n, 0, '0'],
    [0n, 2, '0.00'],
    [0n, 6, '0.000000'],
    [0n, 7, '0E-7'],
    [0n, -2, '0E+2'],
    [1n, 6, '0.000001'],
    [1n, 7, '1E-7'],
    [-1n, 7, '-1E-7'],
    [10n, 7, '0.0000010'],
    [10n, 8, '1.0E-7'],
    [1n, -1, '1E+1'],
    [100n, 2, '1.00'],
    [-5n, 1, '-0.5'],
    [1n, 2_147_483_647, '1E-2147483647'],
    [1n, -2_147_483_648, '1E+2147483648'],
    [12n, -2_147_483_648, '1.2E+2147483649'],
  ])('of %i and the scale %i prints as %s', (unscaled, scale, text) => {
    expect(new Decimal(unscaled, scale).toString()).toBe(text);
    expect(JSON.stringify(new Decimal(unscaled, scale))).toBe(`"${text}"`);
  });

  it.each([[5], ['5'], [null], [undefined], [{}]])('is not made of %o, which is no bigint', (unscaled) => {
    expect(thrownBy(() => new Decimal(unscaled as unknown as bigint, 2))).toEqual(
      new TypeError('The unscaled value of a decimal is a bigint.'),
    );
  });

  it('prints as few characters as it has digits, however large its scale', () => {
    fc.assert(
      fc.property(anyDecimal, (value) => {
        expect(value.toString().length).toBeLessThanOrEqual(String(value.unscaled).length + 14);
      }),
    );
  });

  it('is read back from what it prints, with the same scale', () => {
    fc.assert(
      fc.property(anyDecimal, (value) => {
        expect(Decimal.from(value.toString())).toEqual(value);
      }),
    );
  });

  it('prints the digits that arithmetic gives', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 40n }), fc.integer({ min: 1, max: 6 }), (unscaled, scale) => {
        const unit = 10n ** BigInt(scale);
        const fraction = String(unscaled % unit).padStart(scale, '0');
        expect(new Decimal(unscaled, scale).toString()).toBe(`${unscaled / unit}.${fraction}`);
      }),
    );
  });

  it.each<[string | number | bigint, bigint, number]>([
    ['12.50', 1250n, 2],
    ['-0.001', -1n, 3],
    ['+7', 7n, 0],
    ['.5', 5n, 1],
    ['5.', 5n, 0],
    ['1E3', 1n, -3],
    ['-1.50e+3', -150n, -1],
    ['1.5E-10', 15n, 11],
    ['-0', 0n, 0],
    ['00.10', 10n, 2],
    ['123456789012345678901234567890.123', 123456789012345678901234567890123n, 3],
    [0.1, 1n, 1],
    [-0, 0n, 0],
    [1e21, 1n, -21],
    [5e-324, 5n, 324],
    [123n, 123n, 0],
    [-(10n ** 30n), -(10n ** 30n), 0],
  ])('from %s has the unscaled value %i and the scale %i', (value, unscaled, scale) => {
    expect(Decimal.from(value)).toEqual(new Decimal(unscaled, scale));
  });

  it.each(['', 'abc', '1,5', '1E', '0x1', '1 ', 'Infinity', '1E9999999999', '1E-2147483648', NaN, Infinity])(
    'is not made from %s',
    (value) => {
      expect(() => Decimal.from(value)).toThrow(new RangeError('This is not a decimal number.'));
    },
  );

  it.each([0.5, 2 ** 31, -(2 ** 31) - 1, NaN])('has no scale of %d', (scale) => {
    expect(() => new Decimal(1n, scale)).toThrow(RangeError);
  });
});

describe('decimal', () => {
  // Native protocol v5, section 6.5: an int, then a varint.
  it.each<[bigint, number, string]>([
    [0n, 0, '00000000 00'],
    [-15n, 1, '00000001 f1'],
    [128n, 2, '00000002 0080'],
    [1n, -3, 'fffffffd 01'],
    [0n, 2, '00000002 00'],
    [-1n, -2_147_483_648, '80000000 ff'],
    [1n, 2_147_483_647, '7fffffff 01'],
  ])('of %i and the scale %i is %s, both ways', (unscaled, scale, digits) => {
    const value = new Decimal(unscaled, scale);
    expect(encode(decimal, value)).toBe(hex(digits));
    expect(decode(decimal, digits)).toEqual(value);
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(anyDecimal, (value) => {
        expect(roundTrip(decimal, value)).toEqual(value);
      }),
    );
  });

  it('is taken from a text, a number or a bigint too', () => {
    expect(roundTrip(decimal, '1E3')).toEqual(new Decimal(1n, -3));
    expect(roundTrip(decimal, '12.50')).toEqual(new Decimal(1250n, 2));
    expect(roundTrip(decimal, -0.001)).toEqual(new Decimal(-1n, 3));
    expect(roundTrip(decimal, 10n ** 30n)).toEqual(new Decimal(10n ** 30n, 0));
  });

  it('of a number has the digits that the number prints', () => {
    fc.assert(
      fc.property(fc.double({ noDefaultInfinity: true, noNaN: true }), (value) => {
        expect(Number(String(roundTrip(decimal, value)))).toBe(value === 0 ? 0 : value);
      }),
    );
  });

  it.each([
    ['12abc', 'a string'],
    ['', 'a string'],
    ['1,5', 'a string'],
    ['1E9999999999', 'a string'],
    [NaN, 'a number that is not finite'],
    [Infinity, 'a number that is not finite'],
    [{ unscaled: 1n, scale: 0 }, 'an object'],
    [true, 'a boolean'],
  ])('refuses %o', (value, given) => {
    expect(thrownBy(() => encode(decimal, value))).toEqual(new BindError(`${EXPECTED}, got ${given}`));
  });

  it.each(['00', '00000000'])('refuses to read %s, which has no unscaled value', (digits) => {
    expect(thrownBy(() => decode(decimal, digits))).toEqual(new DecodeError('a decimal has at least 5 bytes'));
  });

  it('refuses to read an unscaled value that is too long to be printed', () => {
    expect(() => decode(decimal, `00000000${'01'.repeat(65_537)}`)).toThrow(DecodeError);
  });

  it('may have as many digits as 64 KiB hold, as a text too', () => {
    const text = `0.${'7'.repeat(20_000)}`;
    expect(String(roundTrip(decimal, text))).toBe(text);
    expect(() => encode(decimal, `0.${'7'.repeat(200_000)}`)).toThrow(BindError);
  });
});
