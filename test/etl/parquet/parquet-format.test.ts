import { parquetMetadata, type SchemaElement } from 'hyparquet';
import { BindError, ConfigurationError, Decimal, type Row } from 'rxcql';
import { describe, expect, it } from 'vitest';
import type { CqlType } from '../../../src/codec/type.js';
import { parseTypeText } from '../../../src/codec/type-text.js';
import { parquetFormat } from '../../../src/etl/parquet/parquet-format.js';
import { column, encoded, fileOf, rowsOf, useFolder } from './support.js';

useFolder();

const typed = (types: Readonly<Record<string, string>>): ReturnType<typeof column>[] =>
  Object.entries(types).map(([name, type]) => column(name, parseTypeText(type)));
const metadataOf = (bytes: Uint8Array): ReturnType<typeof parquetMetadata> => parquetMetadata(Uint8Array.from(bytes));

function schemaLine({ name, type, converted_type: converted, logical_type: logical }: SchemaElement): string {
  return [name, type, converted, logical?.type].filter((part) => part !== undefined).join(' ');
}

describe('parquetFormat', () => {
  it('is a format that is not compressed as a whole', () => {
    expect(parquetFormat()).toMatchObject({ extension: 'parquet', isCompressible: false });
  });

  it('has the types that are nearest to those of CQL', () => {
    const types = {
      id: 'uuid',
      at: 'timestamp',
      day: 'date',
      time: 'time',
      n: 'tinyint',
      sum: 'decimal',
      d: 'duration',
    };
    const columns = typed({ ...types, tags: 'set<text>', pair: 'tuple<int, blob>', counts: 'map<text, bigint>' });
    expect(metadataOf(encoded(columns, [])).schema.map(schemaLine)).toEqual([
      'schema',
      'id FIXED_LEN_BYTE_ARRAY UUID',
      'at INT64 TIMESTAMP_MILLIS',
      'day INT32 DATE',
      'time INT64 TIME',
      'n INT32 INT_8',
      'sum BYTE_ARRAY UTF8',
      'd',
      'months INT32',
      'days INT32',
      'nanoseconds INT64',
      'tags LIST',
      'list',
      'element BYTE_ARRAY UTF8',
      'pair',
      '_1 INT32',
      '_2 BYTE_ARRAY',
      'counts MAP',
      'key_value',
      'key BYTE_ARRAY UTF8',
      'value INT64',
    ]);
  });

  it('begins with the first bytes of every Parquet file, and ends with the same', () => {
    const bytes = encoded(typed({ id: 'int' }), [{ id: 1 }]);
    expect([bytes.toString('latin1', 0, 4), bytes.toString('latin1', bytes.length - 4)]).toEqual(['PAR1', 'PAR1']);
  });

  it('keeps rows until a row group is full, by rows or by bytes', () => {
    const byRows = parquetFormat({ rowGroupRows: 3 }).encoder(typed({ id: 'int' }));
    byRows.begin();
    expect(byRows.add([{ id: 1 }, { id: 2 }])).toHaveLength(0);
    expect(byRows.add([{ id: 3 }]).length).toBeGreaterThan(0);
    expect(byRows.add([{ id: 4 }])).toHaveLength(0);
    const groupsOf = (type: string, rows: Row[]): number[] => {
      const bytes = encoded(typed({ v: type }), rows, { rowGroupBytes: 1_000 });
      return metadataOf(bytes).row_groups.map(({ num_rows: count }) => Number(count));
    };
    const five = (v: unknown): Row[] => Array.from({ length: 5 }, () => ({ v }));
    expect(groupsOf('text', five('x'.repeat(400)))).toEqual([3, 2]);
    expect(groupsOf('blob', five(Buffer.alloc(1_000)))).toEqual([1, 1, 1, 1, 1]);
    expect(groupsOf('list<int>', five(Array.from({ length: 100 }, (_, i) => i)))).toEqual([2, 2, 1]);
    expect(groupsOf('int', five(1))).toEqual([5]);
  });

  it('says the least and the greatest number of a row group, for readers that look for some', () => {
    const bytes = encoded(typed({ n: 'int', t: 'text' }), [{ n: 3, t: 'b' }, { n: -1, t: 'a' }, { n: null, t: null }]); // prettier-ignore
    const [number, text] = metadataOf(bytes).row_groups[0]!.columns.map(({ meta_data: data }) => data!.statistics);
    expect(number).toMatchObject({ min_value: -1, max_value: 3, null_count: 1n });
    expect(text).toBeUndefined();
  });

  it('takes what can be bound', async () => {
    const columns = typed({
      a: 'bigint',
      b: 'decimal',
      c: 'timestamp',
      d: 'map<int, text>',
      e: 'list<int>',
      f: 'uuid',
    });
    const rows = [{ a: '12', b: 1.5, c: '2026-11-22T00:00:00Z', d: { 1: 'x' }, e: new Set([1n]), f: Buffer.alloc(16) }];
    expect(await rowsOf(await fileOf(encoded(columns, rows)))).toEqual([
      {
        a: 12n,
        b: new Decimal(15n, 1),
        c: new Date('2026-11-22'),
        d: new Map([[1, 'x']]),
        e: [1],
        f: '00000000-0000-0000-0000-000000000000',
      },
    ]);
  });

  it('takes what is missing, or unset, for null', async () => {
    const columns = typed({ a: 'int', b: 'list<text>', c: 'tuple<int, text>', constructor: 'text' });
    const rows = [{}, { a: undefined, b: null, c: [1] }, { constructor: 'x' }] as Row[];
    expect(await rowsOf(await fileOf(encoded(columns, rows)))).toEqual([
      { a: null, b: null, c: null, constructor: null },
      { a: null, b: null, c: [1, null], constructor: null },
      { a: null, b: null, c: null, constructor: 'x' },
    ]);
  });

  it.each<[string, unknown]>([
    ['int', 'many'],
    ['bigint', 2n ** 63n],
    ['uuid', '1234'],
    ['text', '\ud800'],
    ['timestamp', new Date(NaN)],
    ['list<int>', 'no'],
    ['map<text, int>', 7],
    ['tuple<int>', [1, 2]],
    ['duration', {}],
  ])('refuses what %s cannot hold, with the name of the column and without the value', (type, v) => {
    const write = (): unknown => encoded(typed({ v: type }), [{ v }]);
    expect(write).toThrow(BindError);
    expect(write).toThrow(/^The value of the column "v" cannot be written: .*expected .*, got .*\.$/);
  });

  it('keeps columns and fields with any name apart', async () => {
    const names = ['__proto__', 'a.b', 'a', '', 'list', '"'];
    const udt: CqlType = {
      kind: 'udt',
      keyspace: 'ks',
      name: 'odd',
      fields: names.map((name) => ({ name, type: { kind: 'int' } })),
    };
    const columns = [...names.map((name) => column(name, { kind: 'int' })), column('odd', udt)];
    const object = Object.fromEntries(names.map((name, i) => [name, i]));
    const row = { ...object, odd: object };
    const [read] = await rowsOf(await fileOf(encoded(columns, [row])));
    expect(Object.entries(read!)).toEqual(Object.entries(row));
    expect(Object.entries(read!['odd'] as object)).toEqual(Object.entries(object));
  });

  it('has hundreds of columns, and of several with one name the last', async () => {
    const many = Array.from({ length: 300 }, (_, i) => column(`c${i}`, { kind: i % 2 === 0 ? 'int' : 'text' }));
    const row = Object.fromEntries(many.map(({ name }, i) => [name, i % 2 === 0 ? i : `t${i}`]));
    expect(await rowsOf(await fileOf(encoded(many, [row, row])))).toEqual([row, row]);
    const twice = [column('a', { kind: 'int' }), column('a', { kind: 'text' })];
    expect(await rowsOf(await fileOf(encoded(twice, [{ a: 'x' }])))).toEqual([{ a: 'x' }]);
  });

  it.each(['none', 'snappy', 'gzip'] as const)('compresses by %s', async (compression) => {
    const rows = Array.from({ length: 500 }, (_, i) => ({ t: `text ${i % 10}`, n: i }));
    const bytes = encoded(typed({ t: 'text', n: 'int' }), rows, { compression });
    const codec = { none: 'UNCOMPRESSED', snappy: 'SNAPPY', gzip: 'GZIP' }[compression];
    expect(metadataOf(bytes).row_groups[0]!.columns.map(({ meta_data: data }) => data!.codec)).toEqual([codec, codec]);
    expect(await rowsOf(await fileOf(bytes))).toEqual(rows);
  });

  it('compresses by zstd where Node can, and says so where it cannot', async () => {
    const rows = [{ t: 'x' }];
    const [major, minor] = process.versions.node.split('.').map(Number) as [number, number];
    if (major > 23 || (major === 22 && minor >= 15) || (major === 23 && minor >= 8)) {
      expect(await rowsOf(await fileOf(encoded(typed({ t: 'text' }), rows, { compression: 'zstd' })))).toEqual(rows);
    } else {
      expect(() => parquetFormat({ compression: 'zstd' })).toThrow(ConfigurationError);
    }
  });

  it('refuses options and types that it does not know', () => {
    expect(() => parquetFormat({ codec: 'zstd' } as object)).toThrow(ConfigurationError);
    expect(() => parquetFormat({ rowGroupRows: 0 })).toThrow(ConfigurationError);
    const unknown = [{ name: 'a', type: 'address', keyspace: 'ks', table: 't' }];
    expect(() => parquetFormat().encoder(unknown)).toThrow(ConfigurationError);
  });
});
