import { describe, expect, it } from 'vitest';
import type { CqlType } from '../../../src/codec/type.js';
import { columnCodec } from '../../../src/codec/value-codec.js';
import { DEFAULT_VALUES, valueSettings } from '../../../src/codec/value-options.js';
import { DecodeError } from '../../../src/errors.js';
import { decode, int, thrownBy } from '../support.js';

const INT: CqlType = { kind: 'int' };
const TUPLE: CqlType = { kind: 'tuple', elements: new Array<CqlType>(1_024).fill(INT) };
const UDT: CqlType = {
  kind: 'udt',
  keyspace: 'shop',
  name: 'wide',
  fields: Array.from({ length: 1_024 }, (_, i) => ({ name: `f${i}`, type: INT })),
};

/** A tuple or user-defined type of which only the first field is there, and null, as an element of a collection. */
const SHORT = '00000004 ffffffff';

const listOf = (element: CqlType): CqlType => ({ kind: 'list', element });
const listDigits = (count: number): string => int(count) + SHORT.repeat(count);

describe.each([
  ['a tuple', TUPLE],
  ['a user-defined type', UDT],
])('%s', (_, type) => {
  it('may lack all fields but one, in a collection too', () => {
    const codec = columnCodec('k.t.c', listOf(type), DEFAULT_VALUES);
    const [first, ...others] = decode(codec, listDigits(10)) as object[];
    expect(others).toHaveLength(9);
    expect(Object.values(first!)).toEqual(new Array(1_024).fill(null));
  });

  it('in a collection whose elements lack far more fields than it has bytes is refused', () => {
    const codec = columnCodec('k.t.c', listOf(type), DEFAULT_VALUES);
    expect(thrownBy(() => decode(codec, listDigits(20)))).toEqual(
      new DecodeError('its tuples or user-defined types lack more fields than a value may lack'),
    );
  });

  it('is counted in maps, in vectors and in other tuples too', () => {
    const map: CqlType = { kind: 'map', key: INT, value: type };
    const entries = Array.from({ length: 20 }, (_, i) => `${int(4)}${int(i)}${SHORT}`);
    expect(() => decode(columnCodec('k.t.c', map, DEFAULT_VALUES), int(20) + entries.join(''))).toThrow(DecodeError);
    const vector: CqlType = { kind: 'vector', element: type, dimensions: 20 };
    expect(() => decode(columnCodec('k.t.c', vector, DEFAULT_VALUES), '04 ffffffff'.repeat(20))).toThrow(DecodeError);
    const outer: CqlType = { kind: 'tuple', elements: new Array<CqlType>(20).fill(type) };
    expect(() => decode(columnCodec('k.t.c', outer, DEFAULT_VALUES), SHORT.repeat(20))).toThrow(DecodeError);
  });
});

describe('what fields lack', () => {
  it('is counted for each cell anew, after one that was refused too', () => {
    const codec = columnCodec('k.t.c', listOf(TUPLE), DEFAULT_VALUES);
    for (let i = 0; i < 100; i++) {
      expect(decode(codec, listDigits(10))).toHaveLength(10);
      expect(() => decode(codec, listDigits(20))).toThrow(DecodeError);
    }
  });

  it('may be more in a longer cell, as of a type that has grown since', () => {
    const grown: CqlType = { kind: 'tuple', elements: new Array<CqlType>(30).fill(INT) };
    const codec = columnCodec('k.t.c', listOf(grown), DEFAULT_VALUES);
    const element = `00000018 ${`${int(4)}${int(7)}`.repeat(3)}`;
    expect(decode(codec, int(20_000) + element.repeat(20_000))).toHaveLength(20_000);
  });

  it('is counted for a cell that a codec of the user’s reads meanwhile by itself', () => {
    const inner = columnCodec('k.t.c', listOf(TUPLE), DEFAULT_VALUES);
    const codec = {
      type: 'int',
      decode: (value: unknown) => [value, decode(inner, listDigits(10))],
      encode: (value: unknown) => value,
    };
    const outer = columnCodec('k.t.c', listOf(TUPLE), valueSettings({ codecs: [codec] }));
    expect(decode(outer, int(15) + `00000008 ${int(4)}${int(7)}`.repeat(15))).toHaveLength(15);
  });

  it('is counted with a codec for the column or the type as well', () => {
    const keep = { decode: (value: unknown) => value, encode: (value: unknown) => value };
    for (const values of [
      valueSettings({ codecs: [{ column: 'k.t.c', ...keep }] }),
      valueSettings({ codecs: [{ type: 'int', ...keep }] }),
    ]) {
      expect(() => decode(columnCodec('k.t.c', listOf(TUPLE), values), listDigits(20))).toThrow(DecodeError);
    }
  });
});
