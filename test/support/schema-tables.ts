import { defer, from, type Observable, of, throwError } from 'rxjs';
import type { ColumnSpec } from '../../src/codec/column-spec.js';
import { ResultColumns } from '../../src/codec/result-columns.js';
import { Rows } from '../../src/codec/rows.js';
import { type CqlType, formatType } from '../../src/codec/type.js';
import { valueCodec } from '../../src/codec/value-codec.js';
import { DEFAULT_VALUES } from '../../src/codec/value-options.js';
import { Writer } from '../../src/codec/writer.js';
import type { SchemaQuery } from '../../src/cluster/schema/schema-reader.js';
import { ResponseError } from '../../src/errors.js';

const text: CqlType = { kind: 'text' };
const texts: CqlType = { kind: 'list', element: text };
const textMap: CqlType = { kind: 'map', key: text, value: text };

/** The types of the columns that are not text. */
const TYPES: Readonly<Record<string, CqlType>> = {
  argument_names: texts,
  argument_types: texts,
  bloom_filter_fp_chance: { kind: 'double' },
  called_on_null_input: { kind: 'boolean' },
  caching: textMap,
  cdc: { kind: 'boolean' },
  compaction: textMap,
  default_time_to_live: { kind: 'int' },
  deterministic: { kind: 'boolean' },
  dropped_time: { kind: 'timestamp' },
  durable_writes: { kind: 'boolean' },
  extensions: { kind: 'map', key: text, value: { kind: 'blob' } },
  field_names: texts,
  field_types: texts,
  flags: { kind: 'set', element: text },
  function_argument_nulls: { kind: 'list', element: { kind: 'boolean' } },
  function_argument_types: texts,
  function_argument_values: texts,
  gc_grace_seconds: { kind: 'int' },
  id: { kind: 'uuid' },
  include_all_columns: { kind: 'boolean' },
  monotonic: { kind: 'boolean' },
  monotonic_on: texts,
  options: textMap,
  position: { kind: 'int' },
  replication: textMap,
};

export type SchemaCells = Readonly<Record<string, unknown>>;

/** A cell of these bytes, whatever its type. */
export class RawCell {
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
}

/** Rows of a table, as a server would send them. Its columns are all that any row has; what a row does not have is null. */
export function schemaRows(
  table: string,
  rows: readonly SchemaCells[],
  types: Readonly<Record<string, CqlType>> = TYPES,
): Rows {
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  const columns = [...names].map((name): ColumnSpec => {
    const cqlType = (Object.hasOwn(types, name) ? types[name] : undefined) ?? text;
    return { name, type: formatType(cqlType), keyspace: 'system_schema', table, cqlType, codec: valueCodec(cqlType) };
  });
  const cells = rows.flatMap((row) => columns.map((column) => cellOf(column, row[column.name])));
  const buffer = Buffer.concat(cells);
  return new Rows(
    new ResultColumns(columns, Buffer.alloc(0), true, DEFAULT_VALUES),
    rows.length,
    buffer,
    0,
    buffer.length,
  );
}

function cellOf({ codec }: ColumnSpec, value: unknown): Buffer {
  if (value === null || value === undefined) return Buffer.from('ffffffff', 'hex');
  const bytes = value instanceof RawCell ? value.bytes : encoded(codec, value);
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function encoded({ encode }: ColumnSpec['codec'], value: unknown): Buffer {
  const { buffer, start, end } = new Writer().encode(0, (writer) => encode(writer, value));
  return buffer.subarray(start, end);
}

/** What a server has in its schema tables, by `keyspace.table`; those in `system_schema` go by their name alone. */
export type SchemaTables = Readonly<Record<string, readonly SchemaCells[]>>;

/** A server with these tables and no others. */
export class FakeSchema {
  tables: SchemaTables;
  /** What it was asked, with the values. */
  readonly asked: string[] = [];

  constructor(tables: SchemaTables) {
    this.tables = tables;
  }

  /** Answers in pages of `pageSize` rows. */
  query(pageSize = 2): SchemaQuery {
    return (cql, values) => defer(() => this.answer(cql, values, pageSize));
  }

  private answer(cql: string, values: readonly string[], pageSize: number): Observable<Rows> {
    this.asked.push([cql, ...values].join(' | '));
    const [, name] = /^SELECT \* FROM (?:system_schema\.)?([\w.]+)/.exec(cql)!;
    const table = this.tables[name!];
    if (table === undefined) return throwError(() => new ResponseError('Invalid', `table ${name!} does not exist`));
    const columns = [...cql.matchAll(/(\w+) = \?/g)].map((found) => found[1]!);
    const rows = table.filter((row) => columns.every((column, i) => row[column] === values[i]));
    if (rows.length === 0) return of(schemaRows(name!, []));
    const pages: Rows[] = [];
    for (let at = 0; at < rows.length; at += pageSize) pages.push(schemaRows(name!, rows.slice(at, at + pageSize)));
    return from(pages);
  }
}

/** The rows for a table with the given columns: `{ id: 'partition_key int', at: 'clustering timestamp desc' }`. */
export function tableRows(keyspace: string, table: string, columns: Readonly<Record<string, string>>): SchemaCells[] {
  return Object.entries(columns).map(([column_name, definition], position) => {
    const [kind, type, order = 'none'] = definition.split(' ') as [string, string, string?];
    return { keyspace_name: keyspace, table_name: table, column_name, kind, type, position, clustering_order: order };
  });
}
