import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { int, smallint, tinyint } from '../../../src/codec/values/integers.js';
import { BindError } from '../../../src/errors.js';
import { decode, encode, roundTrip, thrownBy } from '../support.js';

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
