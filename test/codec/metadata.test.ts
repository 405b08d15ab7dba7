import { describe, expect, it } from 'vitest';
import type { ColumnSpec } from '../../src/codec/column-spec.js';
import {
  type ParameterMetadata,
  readParameterMetadata,
  readRowsMetadata,
  type RowsMetadata,
} from '../../src/codec/metadata.js';
import { Reader } from '../../src/codec/reader.js';
import type { ResultColumns } from '../../src/codec/result-columns.js';
import { DEFAULT_VALUES, type ValueSettings, valueSettings } from '../../src/codec/value-options.js';
import { DecodeError } from '../../src/errors.js';
import { bytes, int, string, thrownBy } from './support.js';

const GLOBAL_TABLES_SPEC = int(0x1);
const USERS = string('shop') + string('users');
const ID_AND_NAME = string('id') + '000c' + string('name') + '000d';

const read = (parts: readonly string[], known?: ResultColumns): RowsMetadata =>
  readRowsMetadata(new Reader(bytes(...parts)), DEFAULT_VALUES, known);

const names = (columns: readonly ColumnSpec[]): string[] =>
  columns.map(({ keyspace, table, name, type }) => `${keyspace}.${table}.${name} ${type}`);

describe('readRowsMetadata', () => {
  it('reads columns of one table', () => {
    const metadata = read([GLOBAL_TABLES_SPEC, int(2), USERS, ID_AND_NAME]);
    expect(metadata).toMatchObject({ columnCount: 2, pagingState: undefined, newMetadataId: undefined });
    expect(names(metadata.described!.columns)).toEqual(['shop.users.id uuid', 'shop.users.name text']);
  });

  it('reads columns of several tables', () => {
    const metadata = read([int(0), int(2), string('a'), string('b'), string('x'), '0009', USERS, string('id'), '000c']);
    expect(names(metadata.described!.columns)).toEqual(['a.b.x int', 'shop.users.id uuid']);
  });

  it('chooses how the values of a column are read', () => {
    const [column] = read([GLOBAL_TABLES_SPEC, int(1), USERS, string('tags'), '0020 0009']).described!.columns;
    expect(column).toMatchObject({ type: 'list<int>', cqlType: { kind: 'list', element: { kind: 'int' } } });
    expect(column!.codec.decode(bytes('00000001 00000004 0000002a'), 0, 12)).toEqual([42]);
  });

  it('reads where the next page begins', () => {
    const metadata = read([int(0x3), int(2), '00000003 aabbcc', USERS, ID_AND_NAME]);
    expect(metadata.pagingState).toEqual(bytes('aabbcc'));
    expect(metadata.described!.columns).toHaveLength(2);
  });

  it('reads the id of columns that have changed', () => {
    const metadata = read([int(0xb), int(2), '00000001 aa', '0002 bbcc', USERS, ID_AND_NAME]);
    expect(metadata.pagingState).toEqual(bytes('aa'));
    expect(metadata.newMetadataId).toEqual(bytes('bbcc'));
    expect(metadata.described!.columns).toHaveLength(2);
  });

  it('reads the number of columns where they are left out', () => {
    expect(read([int(0x6), int(2), '00000001 aa'])).toEqual({
      columnCount: 2,
      described: undefined,
      pagingState: bytes('aa'),
      newMetadataId: undefined,
    });
  });

  it('refuses columns that have changed and are left out: the new id would be kept for the old ones', () => {
    expect(thrownBy(() => read([int(0xc), int(2), '0002 bbcc']))).toEqual(
      new DecodeError('The columns of a result have changed, and are not described.'),
    );
  });

  describe('with columns that are known', () => {
    const page = [GLOBAL_TABLES_SPEC, int(2), USERS, ID_AND_NAME];
    const known = read(page).described!;

    it('shares them where they are described by the same bytes, and goes on behind these', () => {
      const reader = new Reader(bytes(...page, 'ff'));
      expect(readRowsMetadata(reader, DEFAULT_VALUES, known).described).toBe(known);
      expect(reader.remaining).toBe(1);
    });

    it('shares them, but not their codecs, with a session of other settings', () => {
      const big = [GLOBAL_TABLES_SPEC, int(1), USERS, string('n'), '0002'];
      const first = read(big).described!;
      const numbers = valueSettings({ int64: 'number' });
      const readAs = (values: ValueSettings, known: ResultColumns): ResultColumns =>
        readRowsMetadata(new Reader(bytes(...big)), values, known).described!;
      const other = readAs(numbers, first);
      const five = bytes('0000000000000005');
      expect(first.columns[0]!.codec.decode(five, 0, 8)).toBe(5n);
      expect(other.columns[0]!.codec.decode(five, 0, 8)).toBe(5);
      // However often they take turns, each has its own.
      expect(readAs(DEFAULT_VALUES, other)).toBe(first);
      expect(readAs(numbers, first)).toBe(other);
    });

    it.each([
      ['another name', [GLOBAL_TABLES_SPEC, int(2), USERS, string('id') + '000c' + string('nick') + '000d']],
      ['another type', [GLOBAL_TABLES_SPEC, int(2), USERS, string('id') + '000c' + string('name') + '0001']],
      ['another table', [GLOBAL_TABLES_SPEC, int(2), string('shop'), string('usurs'), ID_AND_NAME]],
      ['one column less', [GLOBAL_TABLES_SPEC, int(1), USERS, string('id') + '000c']],
      ['one column more', [GLOBAL_TABLES_SPEC, int(3), USERS, ID_AND_NAME, string('age') + '0009']],
      ['a table for every column', [int(0), int(2), USERS, string('id'), '000c', USERS, string('name'), '000d']],
    ])('reads new ones where they have %s', (_, parts) => {
      const { described } = read(parts, known);
      expect(described).not.toBe(known);
      expect(described).toEqual(read(parts).described);
    });

    it('does not take bytes for those of a global table that mean something else', () => {
      // The same bytes, once as a global table and a column, once as a column with its table.
      const same = string('a') + string('b') + string('c') + '0009';
      const global = read([GLOBAL_TABLES_SPEC, int(1), same]).described!;
      expect(read([int(0), int(1), same], global).described).not.toBe(global);
    });

    it('does not look for them beyond the end', () => {
      const cut = bytes(...page).subarray(0, -1);
      expect(() => readRowsMetadata(new Reader(cut), DEFAULT_VALUES, known)).toThrow(DecodeError);
    });

    it('says nothing of them where columns are left out: that is for the caller', () => {
      expect(read([int(0x4), int(2)], known).described).toBeUndefined();
    });
  });

  it('owns the bytes that it compares with', () => {
    const buffer = bytes(GLOBAL_TABLES_SPEC, int(2), USERS, ID_AND_NAME);
    const { description } = readRowsMetadata(new Reader(buffer), DEFAULT_VALUES).described!;
    buffer.fill(0);
    expect(description).toEqual(bytes(USERS, ID_AND_NAME));
  });

  it.each([
    ['a negative number of columns', [int(0), int(-1)]],
    ['a negative number of columns that are left out', [int(4), int(-1)]],
    ['more columns than a table can have', [int(4), int(32_769)]],
    ['more columns than its bytes can describe', [int(0), int(32_768), '00'.repeat(100)]],
    ['a type that nests without end', [GLOBAL_TABLES_SPEC, int(1), USERS, string('x'), '0020'.repeat(100_000)]],
  ])('refuses %s', (_, parts) => {
    expect(thrownBy(() => read(parts))).toBeInstanceOf(DecodeError);
  });
});

describe('readParameterMetadata', () => {
  const readParameters = (...parts: string[]): ParameterMetadata =>
    readParameterMetadata(new Reader(bytes(...parts)), DEFAULT_VALUES);

  it('reads the markers of a statement', () => {
    const { parameters, partitionKey } = readParameters(GLOBAL_TABLES_SPEC, int(2), int(0), USERS, ID_AND_NAME);
    expect(names(parameters)).toEqual(['shop.users.id uuid', 'shop.users.name text']);
    expect(partitionKey).toEqual([]);
  });

  it('reads which markers make up the partition key, in its order', () => {
    const { parameters, partitionKey } = readParameters(int(1), int(2), int(2), '0001 0000', USERS, ID_AND_NAME);
    expect(parameters).toHaveLength(2);
    expect(partitionKey).toEqual([1, 0]);
  });

  it.each([
    ['more parameters than a request can have', [int(1), int(65_536), int(0), USERS, '00000009'.repeat(65_536)]],
    ['a partition key of more parameters than there are', [int(1), int(1), int(2), '0000 0000', USERS, ID_AND_NAME]],
    ['a negative number of parameters', [int(1), int(-1), int(0), USERS]],
    ['a negative number of them for the partition key', [int(1), int(1), int(-1), USERS, ID_AND_NAME]],
  ])('refuses %s', (_, parts) => {
    expect(thrownBy(() => readParameters(...parts))).toBeInstanceOf(DecodeError);
  });

  it('reads as many parameters as a request can have', () => {
    const count = 65_535;
    expect(readParameters(int(1), int(count), int(0), USERS, '00000009'.repeat(count)).parameters).toHaveLength(count);
  });

  it('reads a statement without markers', () => {
    expect(readParameters(int(0), int(0), int(0))).toEqual({
      parameters: [],
      partitionKey: [],
      isMarkedConditional: false,
      values: DEFAULT_VALUES,
    });
  });

  it.each([
    ['a partition key of markers that there are not', [int(1), int(2), int(1), '0002', USERS, ID_AND_NAME]],
    ['a negative number of markers', [int(0), int(-1), int(0)]],
    ['more markers than its bytes can describe', [int(0), int(0x7fffffff), int(0), '00'.repeat(100)]],
    ['a negative partition key', [int(1), int(2), int(-1), USERS, ID_AND_NAME]],
    ['a longer partition key than its bytes can hold', [int(1), int(2), int(0x7fffffff), USERS, ID_AND_NAME]],
  ])('refuses %s', (_, parts) => {
    expect(thrownBy(() => readParameters(...parts))).toBeInstanceOf(DecodeError);
  });
});
