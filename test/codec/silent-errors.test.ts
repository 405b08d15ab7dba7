import { describe, expect, it } from 'vitest';
import { murmur3Partitioner } from '../../src/codec/partitioners/murmur3-partitioner.js';
import type { CqlType } from '../../src/codec/type.js';
import { valueCodec } from '../../src/codec/value-codec.js';
import { valueSettings } from '../../src/codec/value-options.js';
import { Decimal } from '../../src/codec/values/decimal.js';
import { BindError } from '../../src/errors.js';
import { bytes, encode, hex, roundTrip } from './support.js';

// Each is what some driver takes without a word and writes, or reads, as something else.

const int: CqlType = { kind: 'int' };
const text: CqlType = { kind: 'text' };
const UDT: CqlType = {
  kind: 'udt',
  keyspace: 'ks',
  name: 'place',
  fields: [
    { name: 'a', type: int },
    { name: 'b', type: int },
  ],
};

describe('what is wrong is refused, not guessed', () => {
  it.each<[CqlType['kind'], unknown, string]>([
    ['bigint', 'abc', 'text that is no number as 0'],
    ['bigint', '', 'no text as 0'],
    ['bigint', ' 1', 'text with a space as 1'],
    ['bigint', '0x10', 'another base as 16'],
    ['bigint', 1.5, 'a fraction as 1'],
    ['bigint', '1.5', 'text with a fraction as 1'],
    ['bigint', NaN, 'NaN as 0'],
    ['bigint', 2 ** 53, 'a number that was rounded already'],
    ['bigint', 2n ** 63n, '2^63 as -2^63'],
    ['bigint', -(2n ** 63n) - 1n, '-2^63 - 1 as 2^63 - 1'],
    ['bigint', null, 'null as 0'],
    ['bigint', true, 'true as 1'],
    ['counter', 2n ** 64n, '2^64 as 0'],
    ['varint', '12abc', 'the digits that come first'],
    ['varint', 1.5, 'a fraction as 1'],
    ['varint', 1e21, 'a number that was rounded already'],
    ['int', 2 ** 31, '2^31 as -2^31'],
    ['int', '1e3', 'the digits that come first'],
    ['smallint', 65_535, '65535 as -1'],
    ['tinyint', 128, '128 as -128'],
    ['tinyint', -0.5, 'a fraction as 0'],
    ['decimal', '12abc', 'the digits that come first'],
    ['decimal', NaN, 'NaN as 0'],
    ['decimal', 'Infinity', 'text that is no number'],
    ['double', 'abc', 'text as NaN'],
    ['float', 1e39, 'what is too large as infinite'],
    ['boolean', 'false', 'text as true'],
    ['boolean', 0, 'a number as false'],
    ['timestamp', NaN, 'NaN as the epoch'],
    ['timestamp', new Date(NaN), 'an invalid Date as the epoch'],
    ['timestamp', 'yesterday', 'text that is no time'],
    ['timestamp', '2023-02-30', 'the 30th of February as the 2nd of March'],
    ['timestamp', '2026-11-21T12:00', 'a time without its zone as local'],
    ['date', '2023-02-29', 'a day that does not exist as the next'],
    ['date', new Date(NaN), 'an invalid Date as the epoch'],
    ['time', '25:00:00', 'what is no time of a day'],
    ['duration', '1mo-2d', 'mixed signs'],
    ['uuid', 'a4a70900-24e1-11df-8924-001ff359171', 'a digit too few'],
    ['uuid', 'a4a7090024e111df8924001ff3591711', 'digits without dashes'],
    ['timeuuid', '9b5ad4f0-3a1e-4b0c-9c53-0f1d2e3a4b5c', 'a random UUID as a time'],
    ['inet', '127.1', 'an address that is short of numbers'],
    ['inet', '010.0.0.1', 'a number that might be octal'],
    ['ascii', 'é', 'what is not ASCII'],
    ['text', 42, 'a number as its digits'],
    ['text', '\ud800', 'half of a character as another one'],
    ['blob', 'abcd', 'text as bytes, of whatever encoding'],
  ])('%s: %o (%s)', (kind, value) => {
    expect(() => encode(valueCodec({ kind } as CqlType), value)).toThrow(BindError);
  });

  it.each<[string, CqlType, unknown]>([
    ['text as a list of characters', { kind: 'list', element: text }, 'abc'],
    ['a null in a list', { kind: 'list', element: int }, [1, null]],
    ['a hole in an Array', { kind: 'list', element: int }, Object.assign([1], { 2: 3 })],
    ['UNSET in a list', { kind: 'list', element: int }, [undefined]],
    ['an object as a list', { kind: 'list', element: int }, { length: 0 }],
    ['an object with a class as an empty map', { kind: 'map', key: text, value: int }, new Date(0)],
    ['an object as a map whose keys are no text', { kind: 'map', key: int, value: int }, { 1: 2 }],
    ['a Map as a type with none of its fields', UDT, new Map([['a', 1]])],
    ['a Date as a type with none of its fields', UDT, new Date(0)],
    ['a field that the type does not have', UDT, { a: 1, B: 2 }],
    ['a tuple that is too long', { kind: 'tuple', elements: [int] }, [1, 2]],
    ['a vector that is too short', { kind: 'vector', element: int, dimensions: 2 }, [1]],
    ['a vector that is too long', { kind: 'vector', element: { kind: 'float' }, dimensions: 1 }, [1, 2]],
  ])('%s', (_, type, value) => {
    expect(() => encode(valueCodec(type), value)).toThrow(BindError);
  });
});

describe('what is right arrives as it is', () => {
  it('a decimal with an exponent', () => {
    const decimal = valueCodec({ kind: 'decimal' });
    expect(roundTrip(decimal, '1E3')).toEqual(new Decimal(1n, -3));
    expect(String(roundTrip(decimal, '1E3'))).toBe('1E+3');
    expect(roundTrip(decimal, 1e21)).toEqual(new Decimal(1n, -21));
    expect(roundTrip(decimal, '-0.10')).toEqual(new Decimal(-10n, 2));
  });

  it('the ends of 64 bits', () => {
    for (const value of [2n ** 63n - 1n, -(2n ** 63n)])
      expect(roundTrip(valueCodec({ kind: 'bigint' }), value)).toBe(value);
  });

  it('a Map, of whatever keys', () => {
    const value = new Map([['a', 1]]);
    expect(roundTrip(valueCodec({ kind: 'map', key: text, value: int }), value)).toEqual(value);
  });

  it('undefined in a type with fields is null: inside of a value nothing is unset', () => {
    expect(encode(valueCodec(UDT), { a: undefined, b: 1 })).toBe(hex('ffffffff 00000004 00000001'));
    expect(encode(valueCodec({ kind: 'tuple', elements: [int] }), [undefined])).toBe('ffffffff');
  });

  it('the key __proto__, in every form of a map, and as a field', () => {
    const type: CqlType = { kind: 'map', key: text, value: int };
    const object: unknown = JSON.parse('{"__proto__": 1}');
    const map = new Map([['__proto__', 1]]);
    for (const given of [object, map]) {
      expect(roundTrip(valueCodec(type), given)).toEqual(map);
      const read = roundTrip(valueCodec(type, valueSettings({ map: 'object' })), given);
      expect(Object.entries(read as object)).toEqual([['__proto__', 1]]);
    }
    const udt: CqlType = { kind: 'udt', keyspace: 'ks', name: 't', fields: [{ name: '__proto__', type: int }] };
    expect(Object.entries(roundTrip(valueCodec(udt), object) as object)).toEqual([['__proto__', 1]]);
  });

  it('empty collections inside of others', () => {
    const type: CqlType = {
      kind: 'list',
      element: { kind: 'map', key: text, value: { kind: 'set', element: { kind: 'list', element: int } } },
    };
    for (const value of [[], [new Map()], [new Map([['a', new Set()]])], [new Map([['a', new Set([[]])]])]]) {
      expect(roundTrip(valueCodec(type), value)).toEqual(value);
    }
  });

  it('any Uint8Array as a blob, a part of a larger one too', () => {
    const value = Uint8Array.of(1, 2, 3, 4).subarray(1, 3);
    expect(roundTrip(valueCodec({ kind: 'blob' }), value)).toEqual(Buffer.of(2, 3));
  });

  it('a minus zero', () => {
    for (const kind of ['double', 'float'] as const) expect(roundTrip(valueCodec({ kind }), -0)).toBe(-0);
  });

  it('the token of an empty key is the minimum, and no other key has it', () => {
    expect(murmur3Partitioner.token(Buffer.alloc(0))).toBe(-(2n ** 63n));
    expect(murmur3Partitioner.token(bytes('ee961629b0b5ad1d319e18e83892dbed'))).toBe(2n ** 63n - 1n);
  });
});
