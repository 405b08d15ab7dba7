import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ascii, text } from '../../../src/codec/values/text.js';
import { BindError, DecodeError } from '../../../src/errors.js';
import { decode, encode, roundTrip, thrownBy } from '../support.js';

describe('text', () => {
  it.each([
    ['', ''],
    ['abc', '616263'],
    ['naïve', '6e61c3af7665'],
    ['日本', 'e697a5e69cac'],
    ['𝄞', 'f09d849e'],
    ['a\0b', '610062'],
    ['\ufeff', 'efbbbf'],
  ])('%j is %s in UTF-8, both ways', (value, digits) => {
    expect(encode(text, value)).toBe(digits);
    expect(decode(text, digits)).toBe(value);
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (value) => {
        expect(roundTrip(text, value)).toBe(value);
        expect(encode(text, value)).toBe(Buffer.from(value).toString('hex'));
      }),
    );
  });

  it.each([
    [5, 'an integer'],
    [5n, 'a bigint'],
    [1.5, 'a number with a fraction'],
    [true, 'a boolean'],
    [{ toString: () => 'text' }, 'an object'],
    [Object('text'), 'an object of class String'],
    [Symbol('text'), 'a symbol'],
  ])('refuses what is no string, whatever it could be turned into: %o', (value, given) => {
    for (const codec of [text, ascii]) {
      expect(thrownBy(() => encode(codec, value))).toEqual(new BindError(`expected a string, got ${given}`));
    }
  });
});

describe('ascii', () => {
  it('is written and read as one byte a character', () => {
    expect(encode(ascii, 'a\x7f\0')).toBe('617f00');
    expect(decode(ascii, '617f00')).toBe('a\x7f\0');
    expect(decode(ascii, '')).toBe('');
  });

  it.each(['\x80', 'naïve', '日本', '𝄞'])('refuses to write %j', (value) => {
    expect(thrownBy(() => encode(ascii, value))).toEqual(
      new BindError('expected a string of ASCII characters only, got a string'),
    );
  });

  it('refuses to read a byte over 7F', () => {
    expect(thrownBy(() => decode(ascii, '6180'))).toEqual(new DecodeError('a byte over 0x7F is not ASCII'));
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', maxLength: 100 }), (value) => {
        expect(roundTrip(ascii, value)).toBe(value);
      }),
    );
  });
});
