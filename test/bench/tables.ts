import { reading } from './reading.js';

/** What is written and read: tables of few and of many columns, of small and of large values. */
export interface Table {
  readonly name: string;
  readonly columns: Readonly<Record<string, ColumnType>>;
  /** The values of a row, in the order of the columns; the first is its key. */
  row(id: number): unknown[];
}

export type ColumnType = 'int' | 'uuid' | 'text' | 'timestamp' | 'double' | 'bigint' | 'boolean';

const READING = {
  sensor: 'uuid',
  name: 'text',
  at: 'timestamp',
  value: 'double',
  count: 'bigint',
  ok: 'boolean',
  note: 'text',
} as const satisfies Record<string, ColumnType>;

/** A key, and the columns of a reading: the first few of them, or all of them several times. */
function ofColumns(name: string, count: number): Table {
  const all = Object.entries(READING);
  const others = Array.from({ length: count - 1 }, (_, i): [string, ColumnType] => {
    const [column, type] = all[i % all.length]!;
    return [i < all.length ? column : `${column}_${Math.ceil((i + 1) / all.length)}`, type];
  });
  const row = (id: number): unknown[] => {
    const [key, ...values] = reading(id);
    return [key, ...others.map((_, i) => values[i % values.length])];
  };
  // Without a copy where there is nothing to add: what makes the values is measured with the drivers.
  return { name, columns: { id: 'int', ...Object.fromEntries(others) }, row: count === all.length + 1 ? reading : row };
}

/** A key, and a text of so many bytes. */
function ofBytes(name: string, bytes: number): Table {
  const body = 'The quick brown fox jumps over the lazy dog. '.repeat(Math.ceil(bytes / 45)).slice(0, bytes);
  return { name, columns: { id: 'int', body: 'text' }, row: (id) => [id, body] };
}

export const TABLES = {
  readings: ofColumns('readings', 8),
  columns_2: ofColumns('columns_2', 2),
  columns_50: ofColumns('columns_50', 50),
  bytes_10: ofBytes('bytes_10', 10),
  bytes_10240: ofBytes('bytes_10240', 10_240),
} as const satisfies Record<string, Table>;
export type TableName = keyof typeof TABLES;

/** The column that a driver has read last when it has read a row. */
export const lastColumn = ({ columns }: Table): string => Object.keys(columns).at(-1)!;

/** The values of so many rows, over and over. */
export function* rowsOf(table: Table, operations: number, rows: number): Generator<unknown[]> {
  for (let i = 0; i < operations; i++) yield table.row(i % rows);
}
