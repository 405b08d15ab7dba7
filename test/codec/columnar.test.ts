import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColumnSpec } from '../../src/codec/column-spec.js';
import type { Columnar } from '../../src/codec/columnar.js';
import { ResultColumns } from '../../src/codec/result-columns.js';
import { Rows } from '../../src/codec/rows.js';
import { type CqlType, formatType, type ScalarKind } from '../../src/codec/type.js';
import { valueCodec } from '../../src/codec/value-codec.js';
import { DEFAULT_VALUES, type ValueOptions, valueSettings } from '../../src/codec/value-options.js';
import { Writer } from '../../src/codec/writer.js';
import { DecodeError } from '../../src/errors.js';
import { bytes, thrownBy } from './support.js';

type Decoder = 'interpreted' | 'compiled';

function column(name: string, cqlType: CqlType, options: ValueOptions = {}): ColumnSpec {
  const codec = valueCodec(cqlType, valueSettings(options));
  return { name, type: formatType(cqlType), keyspace: 'ks', table: 't', cqlType, codec };
}

describe.each<Decoder>(['interpreted', 'compiled'])('columnar(), %s', (decoder) => {
  /** Rows of these bytes, which lie in the middle of others. */
  function rowsOf(columns: readonly ColumnSpec[], rowCount: number, content: Buffer): Rows {
    const described = new ResultColumns(columns, Buffer.alloc(0), true, DEFAULT_VALUES);
    const { columnDecoders } = described;
    if (decoder === 'compiled') expect(columnDecoders.bestFor(1_000)).not.toBe(columnDecoders.interpret);
    const buffer = Buffer.concat([Buffer.alloc(5, 0xee), content, Buffer.alloc(5, 0xee)]);
    return new Rows(described, rowCount, buffer, 5, 5 + content.length);
  }

  /** Rows of these values, as the driver itself would write them. */
  function rowsFrom(columns: readonly ColumnSpec[], values: readonly (readonly unknown[])[]): Rows {
    const { buffer, start, end } = new Writer().encode(0, (writer) => {
      for (const row of values) {
        for (const [i, value] of row.entries()) {
          const mark = writer.reserve();
          if (value !== null) columns[i]!.codec.encode(writer, value);
          if (value === null) writer.patchI32(mark, -1);
          else writer.patchLength(mark);
        }
      }
    });
    return rowsOf(columns, values.length, Buffer.from(buffer.subarray(start, end)));
  }

  const single = (kind: ScalarKind, values: readonly unknown[], options?: ValueOptions): Columnar['columns'][number] =>
    rowsFrom(
      [column('c', { kind }, options)],
      values.map((value) => [value]),
    ).columnar().columns[0]!;

  it.each<[ScalarKind, readonly unknown[], ArrayLike<unknown>, ValueOptions?]>([
    ['tinyint', [1, -128], Int32Array.of(1, -128)],
    ['smallint', [1, -32_768], Int32Array.of(1, -32_768)],
    ['int', [1, -(2 ** 31)], Int32Array.of(1, -(2 ** 31))],
    ['float', [1.5, -2], Float32Array.of(1.5, -2)],
    ['double', [1.5, Infinity], Float64Array.of(1.5, Infinity)],
    ['bigint', [1n, -(2n ** 63n), 2n ** 63n - 1n], BigInt64Array.of(1n, -(2n ** 63n), 2n ** 63n - 1n)],
    ['counter', [7n], BigInt64Array.of(7n)],
    ['bigint', [7n], Float64Array.of(7), { int64: 'number' }],
    ['timestamp', [7], Float64Array.of(7), { timestamp: 'number' }],
    ['timestamp', [7], BigInt64Array.of(7n), { timestamp: 'bigint' }],
    ['timestamp', [7, new Date(-8)], Float64Array.of(7, -8)],
    ['text', ['a', ''], ['a', '']],
    ['boolean', [true, false], [true, false]],
    ['varint', [128n], [128n]],
  ])('collects %s in what suits it', (kind, values, expected, options) => {
    expect(single(kind, values, options)).toEqual({ name: 'c', type: kind, values: expected });
  });

  it('tells which rows have a value, where some have none', () => {
    expect(single('int', [1, null, 3])).toMatchObject({
      values: Int32Array.of(1, 0, 3),
      valid: Uint8Array.of(1, 0, 1),
    });
    expect(single('bigint', [null, 2n])).toMatchObject({
      values: BigInt64Array.of(0n, 2n),
      valid: Uint8Array.of(0, 1),
    });
    expect(single('text', ['a', null])).toMatchObject({ values: ['a', null], valid: Uint8Array.of(1, 0) });
    expect(single('uuid', [null])).toMatchObject({ values: [null], valid: Uint8Array.of(0) });
  });

  it('takes an empty value for none, unless it is a text or bytes', () => {
    const columns = [column('i', { kind: 'int' }), column('t', { kind: 'text' }), column('l', { kind: 'inet' })];
    const { columns: found } = rowsOf(columns, 1, bytes('00000000 00000000 00000000')).columnar();
    expect(found[0]).toMatchObject({ values: Int32Array.of(0), valid: Uint8Array.of(0) });
    expect(found[1]).toEqual({ name: 't', type: 'text', values: [''] });
    expect(found[2]).toMatchObject({ values: [null], valid: Uint8Array.of(0) });
  });

  it('has columns of one name both', () => {
    const columns = [column('x', { kind: 'int' }), column('x', { kind: 'text' })];
    expect(rowsFrom(columns, [[1, 'a']]).columnar().columns).toEqual([
      { name: 'x', type: 'int', values: Int32Array.of(1) },
      { name: 'x', type: 'text', values: ['a'] },
    ]);
  });

  it('has the values that rows have', () => {
    const columns = [
      column('i', { kind: 'int' }),
      column('t', { kind: 'text' }),
      column('d', { kind: 'double' }),
      column('l', { kind: 'list', element: { kind: 'int' } }),
    ];
    const row = fc.tuple(
      fc.option(fc.integer()),
      fc.option(fc.string({ unit: 'grapheme' })),
      fc.option(fc.double()),
      fc.option(fc.array(fc.integer())),
    );
    fc.assert(
      fc.property(fc.array(row), (values) => {
        const rows = rowsFrom(columns, values);
        const cursor = rows.cursor();
        const { rowCount, columns: found } = rows.columnar();
        expect(rowCount).toBe(values.length);
        for (let r = 0; r < rowCount; r++) {
          const expected = cursor.next();
          for (const { name, values: all, valid } of found) {
            expect(valid?.[r] === 0 ? null : all[r]).toEqual(expected[name]);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('names the column of a cell that cannot be read', () => {
    const columns = [column('id', { kind: 'int' }), column('n', { kind: 'double' })];
    const error = thrownBy(() => rowsOf(columns, 1, bytes('00000004 00000001 00000003 000000')).columnar());
    expect(error).toEqual(new DecodeError('Column "n" (double) cannot be read: expected 8 bytes, got 3.'));
  });

  it('refuses rows that end beyond their response, at whatever byte they were cut', () => {
    const columns = [column('a', { kind: 'int' }), column('b', { kind: 'text' })];
    const row = bytes('00000004 00000001 00000003 616263');
    for (let length = 0; length < row.length; length++) {
      expect(() => rowsOf(columns, 1, row.subarray(0, length)).columnar(), `cut at ${length}`).toThrow(DecodeError);
    }
  });
});
