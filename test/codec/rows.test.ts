import { describe, expect, it, vi } from 'vitest';
import type { ColumnSpec } from '../../src/codec/column-spec.js';
import { ResultColumns } from '../../src/codec/result-columns.js';
import { Rows } from '../../src/codec/rows.js';
import { type CqlType, formatType } from '../../src/codec/type.js';
import { valueCodec } from '../../src/codec/value-codec.js';
import { DEFAULT_VALUES } from '../../src/codec/value-options.js';
import { DecodeError } from '../../src/errors.js';
import { bytes, thrownBy } from './support.js';

const int: CqlType = { kind: 'int' };
const text: CqlType = { kind: 'text' };

function column(name: string, cqlType: CqlType): ColumnSpec {
  return { name, type: formatType(cqlType), keyspace: 'ks', table: 't', cqlType, codec: valueCodec(cqlType) };
}

/** Rows that lie in the middle of other bytes. */
function rowsBy(decoder: Decoder, columns: readonly ColumnSpec[], rowCount: number, ...cells: string[]): Rows {
  const content = bytes(...cells);
  const buffer = Buffer.concat([Buffer.alloc(5, 0xee), content, Buffer.alloc(5, 0xee)]);
  const described = new ResultColumns(columns, Buffer.alloc(0), true, DEFAULT_VALUES);
  // After so many rows of a result, code is generated for the next.
  const { rowDecoders } = described;
  if (decoder === 'compiled') expect(rowDecoders.bestFor(1_000)).not.toBe(rowDecoders.interpret);
  return new Rows(described, rowCount, buffer, 5, 5 + content.length);
}

type Decoder = 'interpreted' | 'compiled';

describe.each<Decoder>(['interpreted', 'compiled'])('RowReader, %s', (decoder) => {
  const rows = (columns: readonly ColumnSpec[], rowCount: number, ...cells: string[]): Rows =>
    rowsBy(decoder, columns, rowCount, ...cells);

  it('reads rows as objects, in the order of the columns', () => {
    const cursor = rows(
      [column('id', int), column('name', text)],
      2,
      '00000004 00000001 00000003 416461',
      '00000004 00000002 00000000',
    ).cursor();
    expect(Object.entries(cursor.next())).toEqual([
      ['id', 1],
      ['name', 'Ada'],
    ]);
    expect(cursor.next()).toEqual({ id: 2, name: '' });
  });

  it('reads rows as lists, with every column of equal names', () => {
    const columns = [column('id', int), column('id', text), column('__proto__', int)];
    const cells = ['00000004 00000001', '00000003 416461', 'ffffffff', '00000004 00000002', '00000000', '00000000'];
    const source = rows(columns, 2, ...cells);
    const { valuesDecoders } = source.described;
    if (decoder === 'compiled') expect(valuesDecoders.bestFor(1_000)).not.toBe(valuesDecoders.interpret);
    const cursor = source.values();
    expect([cursor.next(), cursor.next()]).toEqual([
      [1, 'Ada', null],
      [2, '', null],
    ]);
  });

  it('names the column of a list that cannot be read', () => {
    const source = rows([column('a', int), column('b', int)], 1, '00000004 00000001', '00000002 0001');
    const { valuesDecoders } = source.described;
    if (decoder === 'compiled') valuesDecoders.bestFor(1_000);
    expect(thrownBy(() => source.values().next())).toMatchObject({
      name: 'DecodeError',
      message: expect.stringContaining('"b"'),
    });
  });

  it('reads null for a cell of negative length, and for an empty one that is no text', () => {
    const columns = [column('a', int), column('b', text), column('c', int)];
    const cursor = rows(columns, 1, 'ffffffff', 'fffffffe', '00000000').cursor();
    expect(cursor.next()).toEqual({ a: null, b: null, c: null });
  });

  it('decodes one row at a time, and that only when it is asked for', () => {
    const decode = vi.fn(valueCodec(int).decode);
    const counted = { ...column('n', int), codec: { encode: valueCodec(int).encode, decode } };
    const source = rows([counted], 3, '00000004 00000001 00000004 00000002 00000004 00000003');
    const cursor = source.cursor();
    expect(decode).toHaveBeenCalledTimes(0);
    expect(cursor.next()).toEqual({ n: 1 });
    expect(decode).toHaveBeenCalledTimes(1);
    expect(cursor.next()).toEqual({ n: 2 });
    expect(decode).toHaveBeenCalledTimes(2);
  });

  it('reads the same rows anew with each cursor', () => {
    const source = rows([column('n', int)], 2, '00000004 00000001 00000004 00000002');
    const [first, second] = [source.cursor(), source.cursor()];
    expect([first.next(), second.next(), second.next(), first.next()]).toEqual([
      { n: 1 },
      { n: 1 },
      { n: 2 },
      { n: 2 },
    ]);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'makes a column %s an ordinary own one',
    (name) => {
      const row = rows([column(name, int)], 1, '00000004 0000002a')
        .cursor()
        .next();
      expect(Object.entries(row)).toEqual([[name, 42]]);
      expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
    },
  );

  it('lets the last of several columns of one name win', () => {
    const columns = [column('x', int), column('y', int), column('x', text)];
    const row = rows(columns, 1, '00000004 00000001 00000004 00000002 00000001 61').cursor().next();
    expect(row).toEqual({ x: 'a', y: 2 });
  });

  it('names the column of a cell that cannot be read, not what is in it', () => {
    const columns = [column('id', int), column('Na"me', { kind: 'list', element: int })];
    const cursor = rows(columns, 1, '00000004 00000001', '00000004 7fffffff').cursor();
    const error = thrownBy(() => cursor.next());
    expect(error).toBeInstanceOf(DecodeError);
    expect(error.message).toBe(
      'Column "Na\\"me" (list<int>) cannot be read: a collection announces 2147483647 elements, more than its bytes can hold.',
    );
    expect(error.cause).toBeInstanceOf(DecodeError);
  });

  it('has read the rows before one that cannot be read', () => {
    const cursor = rows([column('n', int)], 2, '00000004 00000001 00000003 000000').cursor();
    expect(cursor.next()).toEqual({ n: 1 });
    expect(() => cursor.next()).toThrow('Column "n" (int) cannot be read: expected 4 bytes, got 3.');
  });

  it('turns whatever a codec throws into a DecodeError with that as its cause', () => {
    const cause = new RangeError('the codec is broken');
    const broken = {
      ...column('n', int),
      codec: {
        encode: valueCodec(int).encode,
        decode: () => {
          throw cause;
        },
      },
    };
    const error = thrownBy(() => rows([broken], 1, '00000001 00').cursor().next());
    expect(error).toBeInstanceOf(DecodeError);
    expect(error).toMatchObject({ message: 'Column "n" (int) cannot be read: its codec failed.', cause });
  });

  it('refuses a row that ends beyond its response, at whatever byte it was cut', () => {
    const row = bytes('00000004 00000001 00000003 616263');
    for (let length = 0; length < row.length; length++) {
      const cursor = rows([column('a', int), column('b', text)], 1, row.toString('hex', 0, length)).cursor();
      const name = length < 8 ? '"a" \\(int\\)' : '"b" \\(text\\)';
      expect(() => cursor.next(), `cut at ${length}`).toThrow(
        new RegExp(`^Column ${name} cannot be read: it ends beyond its response\\.$`),
      );
    }
  });

  it('refuses a cell that announces the largest length', () => {
    expect(() =>
      rows([column('b', text)], 1, '7fffffff 61')
        .cursor()
        .next(),
    ).toThrow(DecodeError);
  });
});

describe('generated code', () => {
  it('is none where the names of the columns would make most of it', () => {
    const named = (name: string): ResultColumns =>
      new ResultColumns([column(name, int), column('id', int)], Buffer.alloc(0), true, DEFAULT_VALUES);
    const compiles = ({ rowDecoders }: ResultColumns): boolean => rowDecoders.bestFor(1_000) !== rowDecoders.interpret;
    expect(compiles(named('x'.repeat(30_000)))).toBe(true);
    expect(compiles(named('x'.repeat(40_000)))).toBe(false);
  });
});
