import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blob } from '../../../src/codec/values/blob.js';
import { list, map, objectMap, set } from '../../../src/codec/values/collections.js';
import { customized } from '../../../src/codec/values/customized.js';
import { double } from '../../../src/codec/values/floats.js';
import { int } from '../../../src/codec/values/integers.js';
import { text } from '../../../src/codec/values/text.js';
import { timestamp } from '../../../src/codec/values/timestamp.js';
import { BindError, DecodeError } from '../../../src/errors.js';
import { decode, encode, hex, roundTrip, thrownBy } from '../support.js';

class Address {
  readonly street = 'Main';
}

const ints = list(int);
const intSet = set(int);
const textToInt = map(text, int, true);
const intToText = map(int, text, false);

const ONE_TWO = hex('00000002', '00000004 00000001', '00000004 00000002');
const A1_B2 = hex('00000002', '00000001 61 00000004 00000001', '00000001 62 00000004 00000002');

const NO_NULL = 'expected an element that is not null, which no collection holds';

describe('list', () => {
  it('is a count and its elements, read as an Array', () => {
    expect(encode(ints, [1, 2])).toBe(ONE_TWO);
    expect(decode(ints, ONE_TWO)).toEqual([1, 2]);
  });

  it('may have no elements, nested too', () => {
    expect(roundTrip(ints, [])).toEqual([]);
    expect(roundTrip(list(ints), [[], [1], []])).toEqual([[], [1], []]);
  });

  it.each([
    ['a Set', new Set([1, 2])],
    ['a typed array', Int32Array.of(1, 2)],
    [
      'the values of a Map',
      new Map([
        ['a', 1],
        ['b', 2],
      ]).values(),
    ],
    [
      'a generator',
      (function* () {
        yield 1;
        yield 2;
      })(),
    ],
  ])('is taken from %s too', (_, value) => {
    expect(encode(ints, value)).toBe(ONE_TWO);
  });

  it('is taken in one pass: an iterable that can be walked once is walked once', () => {
    let walks = 0;
    const once = {
      *[Symbol.iterator]() {
        walks++;
        yield 1;
        yield 2;
      },
    };
    expect(encode(ints, once)).toBe(ONE_TWO);
    expect(walks).toBe(1);
  });

  it('throws on what the iterable throws', () => {
    const failure = new Error('the source is gone');
    const broken = {
      *[Symbol.iterator]() {
        yield 1;
        throw failure;
      },
    };
    expect(thrownBy(() => encode(ints, broken))).toBe(failure);
  });

  it('reads null for an element that the server has none of', () => {
    expect(decode(ints, '00000002 ffffffff 00000004 00000001')).toEqual([null, 1]);
  });

  it.each([null, undefined])('refuses %s as an element', (element) => {
    expect(thrownBy(() => encode(ints, [1, element]))).toEqual(
      new BindError(`in element 1, ${NO_NULL}, got ${element}`),
    );
    expect(() => encode(ints, new Array<number>(1))).toThrow(BindError);
  });

  it.each([
    ['12', 'a string'],
    [new String('12'), 'an object of class String'],
    [{ 0: 1, length: 1 }, 'an object'],
    [5, 'an integer'],
    [null, 'null'],
    [undefined, 'undefined'],
    [(): void => undefined, 'a function'],
  ])('refuses %j', (value, given) => {
    expect(thrownBy(() => encode(ints, value))).toEqual(
      new BindError(`expected an Array or another iterable, got ${given}`),
    );
  });

  it('refuses an element that its type cannot hold', () => {
    expect(() => encode(ints, [1, 'two'])).toThrow(
      new BindError('in element 1, expected an integer from -2147483648 to 2147483647, got a string'),
    );
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.string())), (value) => {
        expect(roundTrip(list(list(text)), value)).toEqual(value);
      }),
    );
  });
});

describe('set', () => {
  it('is a count and its elements, read as a Set', () => {
    expect(encode(intSet, new Set([1, 2]))).toBe(ONE_TWO);
    expect(decode(intSet, ONE_TWO)).toEqual(new Set([1, 2]));
    expect(roundTrip(intSet, new Set())).toEqual(new Set());
  });

  it('is taken from any iterable', () => {
    expect(encode(intSet, [1, 2])).toBe(ONE_TWO);
  });

  it('refuses what is none, and null in it', () => {
    expect(thrownBy(() => encode(intSet, 'ab'))).toEqual(
      new BindError('expected a Set or another iterable, got a string'),
    );
    expect(thrownBy(() => encode(intSet, [null]))).toEqual(new BindError(`in element 0, ${NO_NULL}, got null`));
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string()), (value) => {
        expect(roundTrip(set(text), value)).toEqual(new Set(value));
      }),
    );
  });
});

describe('map', () => {
  it('is a count and its pairs, read as a Map', () => {
    const value = new Map([
      ['a', 1],
      ['b', 2],
    ]);
    expect(encode(textToInt, value)).toBe(A1_B2);
    expect(decode(textToInt, A1_B2)).toEqual(value);
    expect(roundTrip(textToInt, new Map())).toEqual(new Map());
  });

  it('is taken from any iterable of pairs, and with keys of text from a plain object', () => {
    expect(
      encode(textToInt, [
        ['a', 1],
        ['b', 2],
      ]),
    ).toBe(A1_B2);
    expect(encode(textToInt, { a: 1, b: 2 })).toBe(A1_B2);
    expect(encode(textToInt, Object.assign(Object.create(null) as object, { a: 1, b: 2 }))).toBe(A1_B2);
    expect(encode(textToInt, {})).toBe('00000000');
  });

  it('keeps a key __proto__, in either direction', () => {
    const digits = hex('00000001', '00000009 5f5f70726f746f5f5f', '00000004 0000002a');
    expect(encode(textToInt, JSON.parse('{"__proto__":42}'))).toBe(digits);
    expect(decode(textToInt, digits)).toEqual(new Map([['__proto__', 42]]));
  });

  it('takes no keys but the object’s own', () => {
    const parent = Object.assign(Object.create(null) as object, { a: 1 });
    const child = Object.assign(Object.create(parent) as object, { b: 2 });
    expect(encode(textToInt, child)).toBe(hex('00000001', '00000001 62 00000004 00000002'));
  });

  it('of other keys than text is not taken from an object, whose keys are text', () => {
    expect(encode(intToText, new Map([[1, 'a']]))).toBe(hex('00000001', '00000004 00000001', '00000001 61'));
    expect(thrownBy(() => encode(intToText, { 1: 'a' }))).toEqual(
      new BindError('expected a Map or another iterable of pairs, got an object'),
    );
  });

  it.each([
    ['a string', 'ab', 'a string'],
    ['a Date, which would be written empty', new Date(0), 'an object of class Date'],
    ['an instance of a class', new Address(), 'an object of class Address'],
  ])('refuses %s', (_, value, given) => {
    expect(thrownBy(() => encode(textToInt, value))).toEqual(
      new BindError(`expected a Map or another iterable of pairs, or a plain object, got ${given}`),
    );
  });

  it.each([
    ['an Array of no pairs', [1, 2], 'an integer'],
    ['an Array of triples', [['a', 1, 2]], 'an object of class Array'],
    ['a Set of strings of two letters', new Set(['ab']), 'a string'],
  ])('refuses %s', (_, value, given) => {
    expect(thrownBy(() => encode(textToInt, value))).toEqual(
      new BindError(`in entry 0, expected a pair of a key and a value, got ${given}`),
    );
  });

  it.each([
    ['a null value', { a: null }, 'null'],
    ['a value that is not set', { a: undefined }, 'undefined'],
    ['a null key', new Map([[null, 1]]), 'null'],
    ['a key that is not set', new Map([[undefined, 1]]), 'undefined'],
  ])('refuses %s', (_, value, given) => {
    expect(thrownBy(() => encode(textToInt, value))).toEqual(new BindError(`in entry 0, ${NO_NULL}, got ${given}`));
  });

  it('comes back as it was', () => {
    const dates = fc.date({ noInvalidDate: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.array(dates))), (pairs) => {
        const value = new Map(pairs);
        expect(roundTrip(map(text, list(timestamp), true), value)).toEqual(value);
      }),
    );
  });
});

describe('what is one in JavaScript and two to the server', () => {
  const zero = '00000008 0000000000000000';
  const minusZero = '00000008 8000000000000000';
  const nan = '00000008 7ff8000000000000';
  const otherNan = '00000008 7ff8000000000001';
  const lostElement = new DecodeError(
    "two of its elements are one in a Set, as 0 and -0 are: ask for Arrays by the option `set: 'array'`",
  );
  const lostKey = new DecodeError(
    'two of its keys are one in JavaScript, as 0 and -0 are: a codec for their type can tell them apart',
  );
  const five = '00000004 00000005';

  it.each([
    ['both zeros', minusZero, zero],
    ['two that are no numbers', nan, otherNan],
    ['two that are the same', zero, zero],
  ])('is refused in a Set and as keys of a Map: %s', (_, one, other) => {
    expect(thrownBy(() => decode(set(double), hex('00000002', one, other)))).toEqual(lostElement);
    expect(thrownBy(() => decode(map(double, int, false), hex('00000002', one, five, other, five)))).toEqual(lostKey);
  });

  it('is both in an Array', () => {
    expect(decode(list(double), hex('00000002', minusZero, zero))).toEqual([-0, 0]);
  });

  it('is both with a codec that tells them apart', () => {
    const codec = { decode: (value: number) => (Object.is(value, -0) ? '-0' : value), encode: Number };
    const apart = customized(double, codec);
    expect(decode(set(apart), hex('00000002', minusZero, zero))).toEqual(new Set(['-0', 0]));
  });

  it('is 0 where only -0 is there, since no Set holds it', () => {
    expect([...(decode(set(double), hex('00000001', minusZero)) as Set<number>)]).toEqual([0]);
  });

  it('is refused as names of properties', () => {
    const digits = hex('00000002', '00000001 61', five, '00000001 61', five);
    expect(thrownBy(() => decode(objectMap(text, int), digits))).toEqual(lostKey);
  });
});

describe('a map read as an object', () => {
  it('has no null as a key, which would be a name like any other', () => {
    expect(thrownBy(() => decode(objectMap(text, int), '00000001 ffffffff 00000004 00000001'))).toEqual(
      new DecodeError('a key is null, which is no name of a property'),
    );
  });

  it('may have keys that objects inherit', () => {
    const digits = hex(
      '00000002',
      '00000009 5f5f70726f746f5f5f 00000004 00000001',
      '00000008 746f537472696e67 ffffffff',
    );
    expect(Object.entries(decode(objectMap(text, int), digits) as object)).toEqual([
      ['__proto__', 1],
      ['toString', null],
    ]);
  });
});

describe.each([
  { name: 'list', codec: ints, least: 4 },
  { name: 'set', codec: intSet, least: 4 },
  { name: 'map', codec: map(blob, blob, false), least: 8 },
  { name: 'map as an object', codec: objectMap(text, blob), least: 8 },
])('$name', ({ codec, least }) => {
  it('refuses to read what goes on behind its last element', () => {
    for (const end of ['', '00000004 00000001'.repeat(least / 4)]) {
      const value = `${end === '' ? '00000000' : '00000001'} ${end}`;
      expect(decode(codec, value)).not.toBeNull();
      for (const tail of ['00', 'ffffffff', '00000000', '00000004 00000002'.repeat(least / 4)]) {
        expect(thrownBy(() => decode(codec, `${value} ${tail}`))).toEqual(
          new DecodeError('a value goes on behind its last element'),
        );
      }
    }
  });

  it.each([-1, 1, 0x7fffffff])('refuses to read %i elements from too few bytes, before the first of them', (count) => {
    const value = Buffer.alloc(4 + least - 1);
    value.writeInt32BE(count);
    expect(thrownBy(() => decode(codec, value.toString('hex')))).toEqual(
      new DecodeError(`a collection announces ${count} elements, more than its bytes can hold`),
    );
  });

  it('refuses to read elements that end beyond it, though other bytes follow', () => {
    const message = 'an element ends beyond its value';
    expect(thrownBy(() => decode(codec, '00000001 00000009 00000001'))).toEqual(new DecodeError(message));
    expect(thrownBy(() => decode(codec, '00000001 7fffffff 00000001'))).toEqual(new DecodeError(message));
  });

  it('refuses to read a count that is not all there', () => {
    expect(thrownBy(() => decode(codec, '000000'))).toEqual(new DecodeError('a value ends too early'));
  });

  it('is null where it is empty', () => {
    expect(decode(codec, '')).toBeNull();
  });
});
