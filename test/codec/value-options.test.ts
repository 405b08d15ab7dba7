import { describe, expect, it } from 'vitest';
import type { CqlType } from '../../src/codec/type.js';
import { columnCodec, valueCodec } from '../../src/codec/value-codec.js';
import { type Codec, type ValueOptions, valueSettings } from '../../src/codec/value-options.js';
import { BindError } from '../../src/errors.js';
import { decode, encode, hex, roundTrip, thrownBy } from './support.js';

const int: CqlType = { kind: 'int' };
const text: CqlType = { kind: 'text' };

describe('the options of values', () => {
  const through = (type: CqlType, options: ValueOptions, value: unknown): unknown =>
    roundTrip(valueCodec(type, valueSettings(options)), value);

  it('say what 64 bits become, inside of collections too', () => {
    const list: CqlType = { kind: 'list', element: { kind: 'bigint' } };
    expect(through(list, {}, [1])).toEqual([1n]);
    expect(through(list, { int64: 'number' }, [1n])).toEqual([1]);
    expect(String(through({ kind: 'counter' }, { int64: 'long' }, 1n))).toBe('1');
  });

  it('say what timestamps become', () => {
    expect(through({ kind: 'timestamp' }, {}, 7)).toEqual(new Date(7));
    expect(through({ kind: 'timestamp' }, { timestamp: 'number' }, new Date(7))).toBe(7);
    expect(through({ kind: 'timestamp' }, { timestamp: 'bigint' }, 2n ** 62n)).toBe(2n ** 62n);
  });

  it('say what sets and maps become', () => {
    expect(through({ kind: 'set', element: int }, { set: 'array' }, new Set([1, 2]))).toEqual([1, 2]);
    const map = through({ kind: 'map', key: text, value: int }, { map: 'object' }, new Map([['__proto__', 1]]));
    expect(Object.entries(map as object)).toEqual([['__proto__', 1]]);
    expect(Object.getPrototypeOf(map)).toBeNull();
    const byNumber = { kind: 'map', key: int, value: text } as const;
    expect(through(byNumber, { map: 'object' }, { 5: 'five' })).toEqual(
      Object.assign(Object.create(null), { 5: 'five' }),
    );
  });

  it('leave maps as they are whose keys no property can be named after', () => {
    const byList: CqlType = { kind: 'map', key: { kind: 'list', element: int }, value: int };
    expect(through(byList, { map: 'object' }, new Map([[[1], 2]]))).toEqual(new Map([[[1], 2]]));
    const byVarint: CqlType = { kind: 'map', key: { kind: 'varint' }, value: text };
    expect(through(byVarint, { map: 'object' }, new Map([[5n, 'five']]))).toEqual(new Map([[5n, 'five']]));
  });
});

describe('a codec of the user', () => {
  class Celsius {
    readonly degrees: number;
    constructor(degrees: number) {
      this.degrees = degrees;
    }
  }
  const celsius = (where: Pick<Codec, 'type' | 'column'>): Codec => ({
    ...where,
    decode: (degrees: number) => new Celsius(degrees),
    encode: ({ degrees }: Celsius) => degrees,
  });

  it('reads and writes its type, inside of others too', () => {
    const values = valueSettings({ codecs: [celsius({ type: 'INT' })] });
    expect(roundTrip(valueCodec(int, values), new Celsius(7))).toEqual(new Celsius(7));
    const map: CqlType = { kind: 'map', key: text, value: { kind: 'list', element: int } };
    const value = new Map([['a', [new Celsius(1)]]]);
    expect(roundTrip(valueCodec(map, values), value)).toEqual(value);
    expect(roundTrip(valueCodec({ kind: 'bigint' }, values), 7n)).toBe(7n);
  });

  it('reads and writes its column only', () => {
    const values = valueSettings({ codecs: [celsius({ column: 'ks.weather.high' })] });
    expect(roundTrip(columnCodec('ks.weather.high', int, values), new Celsius(7))).toEqual(new Celsius(7));
    expect(roundTrip(columnCodec('ks.weather.low', int, values), 7)).toBe(7);
  });

  it('comes before the options, works on what would be without them, and the last of several counts', () => {
    const sign: Codec = {
      type: 'bigint',
      decode: (n: bigint) => n < 0n,
      encode: (isNegative) => (isNegative ? -1n : 1n),
    };
    const values = valueSettings({ int64: 'number', codecs: [celsius({ type: 'bigint' }), sign] });
    expect(roundTrip(valueCodec({ kind: 'bigint' }, values), true)).toBe(true);
  });

  it('finds a user-defined type by its name, with or without the keyspace', () => {
    const type: CqlType = { kind: 'udt', keyspace: 'shop', name: 'price', fields: [{ name: 'cents', type: int }] };
    const codec = (name: string): Codec => ({
      type: name,
      decode: ({ cents }: { cents: number }) => `${name} ${cents}`,
      encode: (value: string) => ({ cents: Number(value.split(' ')[1]) }),
    });
    const through = (...names: string[]): unknown =>
      roundTrip(valueCodec(type, valueSettings({ codecs: names.map(codec) })), 'x 5');
    expect(through('price')).toBe('price 5');
    expect(through('shop.price', 'price')).toBe('shop.price 5');
    expect(() => through('other.price')).toThrow(BindError);
  });

  it('is not found by the name of another type, which a user-defined type may have in quotes', () => {
    const type: CqlType = { kind: 'udt', keyspace: 'shop', name: 'int', fields: [{ name: 'cents', type: text }] };
    const codec: Codec = { type: 'int', decode: () => 'captured', encode: () => 0 };
    expect(roundTrip(valueCodec(type, valueSettings({ codecs: [codec] })), { cents: 'x' })).toEqual({ cents: 'x' });
    const own = valueSettings({ codecs: [{ ...codec, type: '"int"', encode: () => ({ cents: 'y' }) }] });
    expect(roundTrip(valueCodec(type, own), 1)).toBe('captured');
  });

  it('is found for a custom type by its class, in the quotes of CQL', () => {
    const type: CqlType = { kind: 'custom', className: 'com.example.Point(a, "B")' };
    const codec: Codec = { type: `'com.example.Point(a,"B")'`, decode: () => 'found', encode: () => Buffer.alloc(1) };
    expect(roundTrip(valueCodec(type, valueSettings({ codecs: [codec] })), 1)).toBe('found');
  });

  it('is not asked about null and empty values', () => {
    const values = valueSettings({ codecs: [celsius({ type: 'int' })] });
    expect(decode(valueCodec(int, values), '')).toBeNull();
    const tuple = valueCodec({ kind: 'tuple', elements: [int, int] }, values);
    expect(roundTrip(tuple, [null, new Celsius(1)])).toEqual([null, new Celsius(1)]);
  });

  it('that refuses a value makes a BindError, which does not repeat what it says', () => {
    const cause = new Error('secret');
    const values = valueSettings({
      codecs: [
        {
          type: 'int',
          decode: (value: unknown) => value,
          encode: () => {
            throw cause;
          },
        },
      ],
    });
    const error = thrownBy(() => encode(valueCodec(int, values), 1));
    expect(error).toBeInstanceOf(BindError);
    expect(error).toMatchObject({ message: 'the codec for it refuses the value', cause });
    const inside = thrownBy(() => encode(valueCodec({ kind: 'list', element: int }, values), [1]));
    expect(inside).toMatchObject({ message: 'in element 0, the codec for it refuses the value', cause });
  });

  it('that makes something else of a value is told what the type would have taken', () => {
    const values = valueSettings({ codecs: [{ type: 'int', decode: String, encode: String }] });
    expect(encode(valueCodec(int, values), '7')).toBe(hex('00000007'));
    expect(() => encode(valueCodec(int, values), 'x')).toThrow('expected an integer from');
  });
});
