import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { float } from '../../../src/codec/values/floats.js';
import { int } from '../../../src/codec/values/integers.js';
import { text } from '../../../src/codec/values/text.js';
import { floatVector, vector } from '../../../src/codec/values/vector.js';
import { BindError, DecodeError } from '../../../src/errors.js';
import { decode, encode, hex, roundTrip, thrownBy } from '../support.js';

const threeInts = vector(int, 3, 4);
const twoTexts = vector(text, 2, undefined);
const EXPECTED = 'expected an Array or another iterable of exactly 3 elements';

describe('a vector of elements of one length', () => {
  it('is its elements and nothing else, read as an Array', () => {
    expect(encode(threeInts, [1, 2, -1])).toBe(hex('00000001 00000002 ffffffff'));
    expect(decode(threeInts, '00000001 00000002 ffffffff')).toEqual([1, 2, -1]);
    expect(encode(threeInts, new Set([1, 2, 3]))).toBe(hex('00000001 00000002 00000003'));
    expect(encode(threeInts, Int32Array.of(1, 2, 3))).toBe(hex('00000001 00000002 00000003'));
  });

  it.each([0, 4, 8, 11, 13, 16].filter((length) => length > 0))('refuses %i bytes', (length) => {
    expect(thrownBy(() => decode(threeInts, '00'.repeat(length)))).toEqual(
      new DecodeError(`expected a vector of 12 bytes, got ${length}`),
    );
  });

  it('refuses so many dimensions as only a lie can announce, without making room for them', () => {
    expect(() => decode(vector(int, 0x7fffffff, 4), '00000001')).toThrow(DecodeError);
    expect(() => decode(floatVector(0x7fffffff), '00000001')).toThrow(DecodeError);
    expect(() => decode(vector(text, 0x7fffffff, undefined), '00 00')).toThrow(DecodeError);
  });
});

describe('a vector of floats', () => {
  it('is read as a Float32Array', () => {
    const floats = floatVector(2);
    expect(encode(floats, [1.5, -2])).toBe(hex('3fc00000 c0000000'));
    expect(decode(floats, '3fc00000 c0000000')).toEqual(Float32Array.of(1.5, -2));
    expect(encode(floats, Float32Array.of(1.5, -2))).toBe(hex('3fc00000 c0000000'));
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.float32Array({ minLength: 1, maxLength: 40 }), (value) => {
        expect(roundTrip(floatVector(value.length), value)).toEqual(value);
      }),
    );
  });

  it('is the same as a vector of any other elements of four bytes', () => {
    expect(encode(floatVector(2), [1, 2])).toBe(encode(vector(float, 2, 4), [1, 2]));
  });
});

describe('a vector of elements of different lengths', () => {
  it('has their lengths before them', () => {
    expect(encode(twoTexts, ['abc', ''])).toBe(hex('03 616263 00'));
    expect(decode(twoTexts, '03 616263 00')).toEqual(['abc', '']);
  });

  it.each([
    [127, '7f'],
    [128, '8080'],
    [16_383, 'bfff'],
    [16_384, 'c04000'],
    [2_097_151, 'dfffff'],
    [2_097_152, 'e0200000'],
  ])('writes the length %i as %s, and what was written before stays in its place', (length, digits) => {
    const long = 'x'.repeat(length);
    const written = encode(vector(text, 3, undefined), ['a', long, 'b']);
    expect(written.startsWith(`0161${digits}78`)).toBe(true);
    expect(written.endsWith('780162')).toBe(true);
    expect(decode(vector(text, 3, undefined), written)).toEqual(['a', long, 'b']);
  });

  it.each([127, 128, 16_383, 16_384])('may have elements of %i bytes', (length) => {
    const value = ['x'.repeat(length), '', 'y'];
    expect(roundTrip(vector(text, 3, undefined), value)).toEqual(value);
  });

  it('nests', () => {
    const nested = vector(twoTexts, 2, undefined);
    const value = [
      ['a', 'b'.repeat(200)],
      ['', 'c'],
    ];
    expect(roundTrip(nested, value)).toEqual(value);
  });

  it.each([
    ['too few elements', '03 616263'],
    ['an element that ends beyond the value', '03 616263 02 61'],
    ['a length that is no number of bytes', '00 ff ffffffffffffffff'],
    ['more bytes than elements', '00 00 00'],
  ])('refuses %s', (_, digits) => {
    expect(() => decode(twoTexts, digits)).toThrow(DecodeError);
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 10 }), (value) => {
        expect(roundTrip(vector(text, value.length, undefined), value)).toEqual(value);
      }),
    );
  });
});

describe('every vector', () => {
  it('is null where it is empty', () => {
    for (const codec of [threeInts, twoTexts, floatVector(2)]) expect(decode(codec, '')).toBeNull();
  });

  it.each([
    ['too few elements', [1, 2], 'an object of class Array'],
    ['too many elements', [1, 2, 3, 4], 'an object of class Array'],
    ['a string', '123', 'a string'],
    ['a number', 3, 'an integer'],
    ['null', null, 'null'],
  ])('refuses %s', (_, value, given) => {
    expect(thrownBy(() => encode(threeInts, value))).toEqual(new BindError(`${EXPECTED}, got ${given}`));
  });

  it('refuses an iterable without end', () => {
    const endless = {
      *[Symbol.iterator]() {
        for (;;) yield 1;
      },
    };
    expect(() => encode(threeInts, endless)).toThrow(BindError);
  });

  it.each([null, undefined])('refuses %s as an element', (element) => {
    for (const codec of [threeInts, vector(text, 3, undefined), floatVector(3)]) {
      expect(thrownBy(() => encode(codec, [element, element, element]))).toEqual(
        new BindError(`in element 0, expected an element that is not null, which no vector holds, got ${element}`),
      );
    }
  });

  it('tells which element its type cannot hold', () => {
    expect(thrownBy(() => encode(threeInts, [1, 'x', 3])).message).toMatch(/^in element 1, expected an integer/);
  });
});
