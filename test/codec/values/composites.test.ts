import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { list } from '../../../src/codec/values/collections.js';
import { tuple, udt } from '../../../src/codec/values/composites.js';
import { int } from '../../../src/codec/values/integers.js';
import { text } from '../../../src/codec/values/text.js';
import { BindError, DecodeError } from '../../../src/errors.js';
import { decode, encode, hex, roundTrip, thrownBy } from '../support.js';

describe('tuple', () => {
  const pair = tuple([int, text]);

  it('is its elements, read as an Array', () => {
    expect(encode(pair, [1, 'a'])).toBe(hex('00000004 00000001', '00000001 61'));
    expect(decode(pair, '00000004 00000001 00000001 61')).toEqual([1, 'a']);
  });

  it('writes null and what is not set as null, since nothing in a tuple can be left as it is', () => {
    const digits = hex('00000004 00000001', 'ffffffff');
    expect(encode(pair, [1, null])).toBe(digits);
    expect(encode(pair, [1, undefined])).toBe(digits);
    expect(encode(pair, [1])).toBe(digits);
    expect(encode(pair, [])).toBe(hex('ffffffff ffffffff'));
  });

  it('reads null for what is null, and for what is missing at its end', () => {
    expect(decode(pair, 'ffffffff 00000001 61')).toEqual([null, 'a']);
    expect(decode(pair, '00000004 00000001')).toEqual([1, null]);
  });

  it('refuses more elements than it has', () => {
    expect(thrownBy(() => encode(pair, [1, 'a', 2]))).toEqual(
      new BindError('expected an Array of at most 2 elements, got an object of class Array'),
    );
  });

  it.each([
    ['ab', 'a string'],
    [{ 0: 1, 1: 'a' }, 'an object'],
    [new Set([1]), 'an object of class Set'],
    [1, 'an integer'],
  ])('refuses %j', (value, given) => {
    expect(thrownBy(() => encode(pair, value))).toEqual(
      new BindError(`expected an Array of at most 2 elements, got ${given}`),
    );
  });

  it('refuses to read more elements than it has', () => {
    expect(thrownBy(() => decode(pair, '00000004 00000001 00000001 61 ffffffff'))).toEqual(
      new DecodeError('a value goes on behind its last element'),
    );
  });

  it('refuses to read an element that ends beyond it', () => {
    expect(thrownBy(() => decode(pair, '00000004 00000001 00000002 61'))).toEqual(
      new DecodeError('an element ends beyond its value'),
    );
    expect(thrownBy(() => decode(pair, '00000004 00000001 0000'))).toEqual(new DecodeError('a value ends too early'));
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.tuple(fc.option(fc.integer()), fc.option(fc.string())), (value) => {
        expect(roundTrip(pair, value)).toEqual(value);
      }),
    );
  });
});

describe('udt', () => {
  const address = udt('address', [
    { name: 'street', codec: text },
    { name: 'zip', codec: int },
    { name: 'tags', codec: list(text) },
  ]);
  const MAIN = hex('00000004 4d61696e', '00000004 00000007', '00000008 00000001 00000000');

  it('is its fields in the order of the type, read as an object', () => {
    const value = { street: 'Main', zip: 7, tags: [''] };
    expect(encode(address, { tags: [''], zip: 7, street: 'Main' })).toBe(MAIN);
    expect(decode(address, MAIN)).toEqual(value);
    expect(Object.keys(decode(address, MAIN) as object)).toEqual(['street', 'zip', 'tags']);
  });

  it('writes null for a field that is null, not set or missing', () => {
    const digits = hex('ffffffff', '00000004 00000007', 'ffffffff');
    expect(encode(address, { street: null, zip: 7, tags: undefined })).toBe(digits);
    expect(encode(address, { zip: 7 })).toBe(digits);
    expect(encode(address, {})).toBe('ffffffff'.repeat(3));
  });

  it('reads null for fields that were added after the value was written', () => {
    expect(decode(address, '00000004 4d61696e')).toEqual({ street: 'Main', zip: null, tags: null });
  });

  it('ignores fields that this type has not', () => {
    expect(decode(udt('address', [{ name: 'street', codec: text }]), MAIN)).toEqual({ street: 'Main' });
  });

  it('refuses a field that the type has not, without its name, which may be a value', () => {
    expect(thrownBy(() => encode(address, { street: 'Main', 'alice@example.com': 7 }))).toEqual(
      new BindError('the type address has no fields but street, zip, tags'),
    );
  });

  it('has its names in messages as far as there is room for them, and none that a terminal would obey', () => {
    const odd = udt('\u001b[2J', [{ name: 'x'.repeat(60_000), codec: int }]);
    expect(thrownBy(() => encode(odd, 5)).message).toBe(
      'expected an object with the fields of \\u{1b}[2J, got an integer',
    );
    expect(thrownBy(() => encode(odd, { y: 1 })).message.length).toBeLessThan(300);
    expect(thrownBy(() => encode(odd, { ['x'.repeat(60_000)]: 'y' })).message.length).toBeLessThan(400);
  });

  it('is taken from an instance of a class, its accessors included', () => {
    class Address {
      readonly street = 'Main';
      get zip(): number {
        return 7;
      }
      get tags(): string[] {
        return [''];
      }
    }
    expect(encode(address, new Address())).toBe(MAIN);
    expect(encode(address, Object.assign(Object.create(null) as object, new Address(), { zip: 7, tags: [''] }))).toBe(
      MAIN,
    );
  });

  it.each([
    ['a Map, whose entries are no fields', new Map([['street', 'Main']]), 'an object of class Map'],
    ['a Set', new Set(['street']), 'an object of class Set'],
    ['an Array', ['Main', 7, []], 'an object of class Array'],
    ['an empty Array', [], 'an object of class Array'],
    ['bytes', new Uint8Array(0), 'an object of class Uint8Array'],
    ['a Date', new Date(0), 'an object of class Date'],
    ['a string', 'Main', 'a string'],
    ['a number', 7, 'an integer'],
  ])('refuses %s rather than write it without any field', (_, value, given) => {
    expect(thrownBy(() => encode(address, value))).toEqual(
      new BindError(`expected an object with the fields of address, got ${given}`),
    );
  });

  it('refuses a field that its type cannot hold', () => {
    expect(thrownBy(() => encode(address, { zip: '7a' }))).toBeInstanceOf(BindError);
    expect(thrownBy(() => encode(address, { tags: [null] }))).toBeInstanceOf(BindError);
  });

  it.each(['__proto__', 'constructor', 'toString', 'valueOf'])('may have a field %s like any other', (name) => {
    const odd = udt('odd', [{ name, codec: int }]);
    const read = decode(odd, '00000004 0000002a') as object;
    expect(Object.entries(read)).toEqual([[name, 42]]);
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
    expect(encode(odd, read)).toBe('000000040000002a');
    expect(encode(odd, {})).toBe('ffffffff');
  });

  it('refuses to read a field that ends beyond it', () => {
    expect(() => decode(address, '00000005 4d61696e')).toThrow(DecodeError);
  });

  it('comes back as it was', () => {
    const value = fc.record(
      { street: fc.option(fc.string()), zip: fc.option(fc.integer()), tags: fc.option(fc.array(fc.string())) },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(value, (given) => {
        expect(roundTrip(address, given)).toEqual(given);
      }),
    );
  });
});
