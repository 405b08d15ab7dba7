import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { ColumnSpec } from '../../src/codec/column-spec.js';
import { ResultColumns } from '../../src/codec/result-columns.js';
import { Rows } from '../../src/codec/rows.js';
import { type CqlType, formatType } from '../../src/codec/type.js';
import { valueCodec } from '../../src/codec/value-codec.js';
import { DEFAULT_VALUES } from '../../src/codec/value-options.js';
import { Writer } from '../../src/codec/writer.js';

// Values that rows repeat are made once: by generated code only, which is made when a result has many rows.

type Values = readonly (string | null)[];

function columnOf(cqlType: CqlType, name: string, codec = valueCodec(cqlType)): ColumnSpec {
  return { name, type: formatType(cqlType), keyspace: 'ks', table: 't', cqlType, codec };
}

const COLUMNS = [columnOf({ kind: 'text' }, 'a'), columnOf({ kind: 'uuid' }, 'b'), columnOf({ kind: 'ascii' }, 'c')];

function describedBy(columns: readonly ColumnSpec[]): ResultColumns {
  const described = new ResultColumns(columns, Buffer.alloc(0), true, DEFAULT_VALUES);
  for (const decoders of [described.rowDecoders, described.valuesDecoders, described.columnDecoders]) {
    expect(decoders.bestFor(1_000)).not.toBe(decoders.interpret);
  }
  return described;
}

function page(described: ResultColumns, rows: readonly Values[]): Rows {
  const { buffer, start, end } = new Writer().encode(0, (writer) => {
    for (const row of rows) {
      for (const [i, value] of row.entries()) {
        const mark = writer.reserve();
        if (value !== null) described.columns[i]!.codec.encode(writer, value);
        if (value === null) writer.patchI32(mark, -1);
        else writer.patchLength(mark);
      }
    }
  });
  return new Rows(described, rows.length, Buffer.from(buffer.subarray(start, end)), 0, end - start);
}

function objectsOf(rows: Rows): unknown[][] {
  const cursor = rows.cursor();
  return Array.from({ length: rows.rowCount }, () => Object.values(cursor.next()));
}

function listsOf(rows: Rows): unknown[][] {
  const cursor = rows.values();
  return Array.from({ length: rows.rowCount }, () => [...cursor.next()]);
}

function columnsOf(rows: Rows): unknown[][] {
  const { columns, rowCount } = rows.columnar();
  return Array.from({ length: rowCount }, (_, row) => columns.map(({ values }) => values[row]));
}

/** Few different values, so that many are repeated, and some that are equal but for one byte or for their length. */
const row = fc.tuple(
  fc.constantFrom(
    null,
    '',
    'a',
    'b',
    'abcd',
    'xbcd',
    'abcdefgh',
    'abcdefg',
    'abXdefgh',
    'é'.repeat(32),
    'z'.repeat(65),
  ),
  fc.constantFrom(null, '9b5ad4f0-3a1e-4b0c-9c53-0f1d2e3a4b5c', '8b5ad4f0-3a1e-4b0c-9c53-0f1d2e3a4b5c'),
  fc.constantFrom(null, '', 'key', 'kez', 'keys of several words'),
);

describe('repeated values', () => {
  it('are read as they are, in rows, lists and columns', () => {
    const described = describedBy(COLUMNS);
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60 }), (rows) => {
        const source = page(described, rows);
        expect(objectsOf(source)).toEqual(rows);
        expect(listsOf(source)).toEqual(rows);
        expect(columnsOf(source)).toEqual(rows);
      }),
    );
  });

  it('are those of their own page, in whatever turn pages are read', () => {
    const described = describedBy(COLUMNS);
    const pages = fc.array(fc.array(row, { minLength: 1, maxLength: 20 }), { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(pages, fc.infiniteStream(fc.nat()), (all, turns) => {
        const open = all.map((rows) => ({ rows, cursor: page(described, rows).cursor(), read: [] as unknown[][] }));
        for (let left = all.flat().length; left > 0; left--) {
          const unread = open.filter(({ rows, read }) => read.length < rows.length);
          const { cursor, read } = unread[turns.next().value! % unread.length]!;
          read.push(Object.values(cursor.next()));
        }
        expect(open.map(({ read }) => read)).toEqual(all);
      }),
    );
  });

  const counted = () => {
    const codec = valueCodec({ kind: 'text' });
    const decode = vi.fn(codec.decode);
    return { decode, described: describedBy([columnOf({ kind: 'text' }, 'a', { ...codec, decode })]) };
  };

  it('are made once as long as they follow each other', () => {
    const { decode, described } = counted();
    const rows = ['a', 'a', 'a', 'b', 'b', 'a'].map((value): Values => [value]);
    expect(objectsOf(page(described, rows))).toEqual(rows);
    expect(decode).toHaveBeenCalledTimes(3);
    expect(columnsOf(page(described, rows))).toEqual(rows);
    expect(decode).toHaveBeenCalledTimes(6);
  });

  it('are not looked for any more in a page where eight in a row were none', () => {
    const { decode, described } = counted();
    const keys = Array.from({ length: 8 }, (_, i): Values => [`key ${i}`]);
    const rows: Values[] = [...keys, ['a'], ['a'], ['a']];
    expect(objectsOf(page(described, rows))).toEqual(rows);
    expect(decode).toHaveBeenCalledTimes(11);
    expect(objectsOf(page(described, rows.slice(8)))).toEqual(rows.slice(8));
    expect(decode).toHaveBeenCalledTimes(12);
  });

  it('of types whose values can be changed are made anew', () => {
    const described = describedBy([columnOf({ kind: 'timestamp' }, 'a')]);
    const at = '2026-11-22T00:00:00.000Z';
    const [[first], [second]] = objectsOf(page(described, [[at], [at]])) as [[Date], [Date]];
    expect(first).toEqual(new Date(at));
    expect(second).toEqual(first);
    expect(second).not.toBe(first);
  });
});
