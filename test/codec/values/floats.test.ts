import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { double, float } from '../../../src/codec/values/floats.js';
import { BindError } from '../../../src/errors.js';
import { decode, encode, roundTrip, thrownBy } from '../support.js';

const EXPECTED = 'expected a number, or a bigint or numeric string that one holds exactly';

// IEEE 754.
describe('double', () => {
  it.each([
    [0, '0000000000000000'],
    [-0, '8000000000000000'],
    [1, '3ff0000000000000'],
    [-2, 'c000000000000000'],
    [0.1, '3fb999999999999a'],
    [Number.MAX_VALUE, '7fefffffffffffff'],
    [Number.MIN_VALUE, '0000000000000001'],
    [Infinity, '7ff0000000000000'],
    [-Infinity, 'fff0000000000000'],
    [NaN, '7ff8000000000000'],
  ])('%d is %s, both ways', (value, digits) => {
    expect(encode(double, value)).toBe(digits);
    expect(decode(double, digits)).toBe(value);
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        expect(roundTrip(double, value)).toBe(value);
      }),
    );
  });

  it.each([
    ['a bigint', 2n ** 80n, 2 ** 80],
    ['the text of an integer', '-12', -12],
    ['the text of an integer beyond the safe ones', '9007199254740992', 2 ** 53],
    ['the text of minus zero', '-0', -0],
    ['the text of a fraction', '0.1', 0.1],
    ['a text that begins with its point', '.5', 0.5],
    ['a text that ends with its point', '5.', 5],
    ['a text with an exponent', '-1.5e-3', -0.0015],
    ['an integer with a point', '9007199254740992.0', 2 ** 53],
    ['an integer with an exponent', '1e23', 1e23],
    ['zero with an exponent', '-0.0e-400', -0],
    ['a fraction of more digits than it holds', '3.14159265358979323846', Math.PI],
  ])('is taken from %s too', (_, value, number) => {
    expect(decode(double, encode(double, value))).toBe(number);
  });

  it.each([
    ['a bigint that would be rounded', 2n ** 53n + 1n, 'a bigint'],
    ['a bigint that would be infinite', 2n ** 1024n, 'a bigint'],
    ['the text of an integer that would be rounded', '9007199254740993', 'a string'],
    ['an integer with a point that would be rounded', '9007199254740993.0', 'a string'],
    ['an integer with an exponent that would be rounded', '9.007199254740993e15', 'a string'],
    ['a text that would be nothing', '1e-400', 'a string'],
    ['a text that would be infinite', '1e309', 'a string'],
    ['digits that would be infinite', '9'.repeat(400), 'a string'],
    ['letters', 'abc', 'a string'],
    ['digits and letters', '12abc', 'a string'],
    ['a name of no number', 'NaN', 'a string'],
    ['hexadecimal', '0x10', 'a string'],
    ['nothing', '', 'a string'],
    ['blanks', ' 1', 'a string'],
    ['a boolean', true, 'a boolean'],
    ['a Date', new Date(0), 'an object of class Date'],
  ])('refuses %s', (_, value, given) => {
    expect(thrownBy(() => encode(double, value))).toEqual(new BindError(`${EXPECTED}, got ${given}`));
  });
});

describe('float', () => {
  it.each([
    [0, '00000000'],
    [-0, '80000000'],
    [1.5, '3fc00000'],
    [-2, 'c0000000'],
    [16_777_216, '4b800000'],
    [3.4028234663852886e38, '7f7fffff'],
    [Infinity, '7f800000'],
    [-Infinity, 'ff800000'],
    [NaN, '7fc00000'],
  ])('%d is %s, both ways', (value, digits) => {
    expect(encode(float, value)).toBe(digits);
    expect(decode(float, digits)).toBe(value);
  });

  it('comes back as it was if 32 bits can hold it, otherwise rounded', () => {
    fc.assert(
      fc.property(fc.float(), (value) => {
        expect(roundTrip(float, value)).toBe(value);
      }),
    );
    expect(roundTrip(float, 0.1)).toBe(Math.fround(0.1));
    expect(roundTrip(float, '0.1')).toBe(Math.fround(0.1));
  });

  it('refuses to make a finite number infinite', () => {
    const error = new BindError('expected a number within the range of 32 bits, got an unsafe integer');
    expect(thrownBy(() => encode(float, 1e39))).toEqual(error);
    expect(() => encode(float, -1e39)).toThrow(BindError);
    expect(() => encode(float, '1e39')).toThrow(BindError);
    expect(() => encode(float, '-1e-60')).toThrow(BindError);
    expect(() => encode(float, '16777217.0')).toThrow(BindError);
    expect(decode(float, encode(float, '16777216.0'))).toBe(16_777_216);
    expect(decode(float, encode(float, '1e30'))).toBe(Math.fround(1e30));
  });

  it('takes a bigint or the text of an integer only if 32 bits hold it exactly', () => {
    expect(encode(float, 16_777_216n)).toBe('4b800000');
    expect(encode(float, '16777216')).toBe('4b800000');
    expect(thrownBy(() => encode(float, 16_777_217n))).toEqual(new BindError(`${EXPECTED}, got a bigint`));
    expect(thrownBy(() => encode(float, '16777217'))).toEqual(new BindError(`${EXPECTED}, got a string`));
  });
});
