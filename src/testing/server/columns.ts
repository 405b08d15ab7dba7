import { createHash } from 'node:crypto';
import { anything, type Checks, text } from '../../check.js';
import type { ProtocolVersion } from '../../codec/envelope.js';
import { writeString } from '../../codec/primitives.js';
import type { CqlType } from '../../codec/type.js';
import { valueCodec } from '../../codec/value-codec.js';
import { Writer } from '../../codec/writer.js';
import { BindError, ConfigurationError } from '../../errors.js';
import { parseTypeText, type TypeDefinitions } from '../../codec/type-text.js';
import { writeType } from './write-type.js';

/** A column of a result, or a marker of a statement. */
export interface ColumnDefinition {
  readonly name: string;
  /** The type in CQL: `'map<text, int>'`. */
  readonly type: string;
  /** Default: that of the response. */
  readonly keyspace?: string;
  /** Default: that of the response. */
  readonly table?: string;
}

/**
 * Columns or markers, in order: an object of types by name (`{ id: 'int', name: 'text' }`), or a list, for names that occur
 * twice or look like numbers.
 */
export type Columns =
  Readonly<Record<string, string>> | readonly (readonly [name: string, type: string] | ColumnDefinition)[];

/** Where columns are from, unless they say so themselves. */
export interface ColumnOptions {
  /** Default: `'ks'`. */
  readonly keyspace?: string;
  /** Default: `'t'`. */
  readonly table?: string;
  /** The user-defined types that columns name. */
  readonly types?: TypeDefinitions;
}

/** The names of {@link ColumnOptions}, and what they may be. */
export const COLUMN_CHECKS: Checks<ColumnOptions> = { keyspace: text, table: text, types: anything };

/** A column with everything filled in. */
export interface ServerColumn {
  readonly name: string;
  readonly keyspace: string;
  readonly table: string;
  readonly type: CqlType;
  /** The type as it was given, for messages. */
  readonly typeText: string;
}

/** @throws ConfigurationError for a type that is none. */
export function resolveColumns(columns: Columns, options: ColumnOptions = {}): ServerColumn[] {
  const { keyspace = 'ks', table = 't', types } = options;
  return definitionsOf(columns).map((column) => {
    const { name, type: typeText } = column;
    if (typeof name !== 'string')
      throw new ConfigurationError('A column needs a name and a type, as in { id: "int" }.');
    const home = column.keyspace ?? keyspace;
    return { name, keyspace: home, table: column.table ?? table, typeText, type: parseTypeText(typeText, types, home) };
  });
}

function definitionsOf(columns: Columns): readonly ColumnDefinition[] {
  if (typeof columns !== 'object' || (columns as unknown) === null) {
    throw new ConfigurationError('Columns are an object of types by name, { id: "int" }, or a list, [["id", "int"]].');
  }
  if (!isList(columns)) return Object.entries(columns).map(([name, type]) => ({ name, type }));
  return columns.map((column) => (isPair(column) ? { name: column[0], type: column[1] } : column));
}

function isList(columns: Columns): columns is Extract<Columns, readonly unknown[]> {
  return Array.isArray(columns);
}

function isPair(column: readonly [string, string] | ColumnDefinition): column is readonly [string, string] {
  return Array.isArray(column);
}

/** The bytes of a value; null for null, and for undefined. @throws BindError if the type cannot hold it. */
export function encodeCell(column: ServerColumn, value: unknown): Buffer | null {
  if (value === null || value === undefined) return null;
  try {
    const { buffer, start, end } = new Writer().encode(0, (writer) => valueCodec(column.type).encode(writer, value));
    return Buffer.from(buffer.subarray(start, end));
  } catch (error) {
    if (!(error instanceof BindError)) throw error;
    throw new BindError(`The column "${column.name}" (${column.typeText}) cannot hold the value: ${error.message}.`, {
      column: column.name,
    });
  }
}

/** The id by which v5 knows a description: the same for the same columns. */
export function metadataId(columns: readonly ServerColumn[]): Buffer {
  return createHash('md5').update(JSON.stringify(columns)).digest();
}

/** Whether the keyspace and table can be said once for all columns. */
export function haveOneTable(columns: readonly ServerColumn[]): boolean {
  const [first] = columns;
  return first !== undefined && columns.every((one) => one.keyspace === first.keyspace && one.table === first.table);
}

/** `[<keyspace string> <table string>]` if it is one, then for each column `[<keyspace string> <table string>] <name string> <option>` */
export function writeColumns(writer: Writer, columns: readonly ServerColumn[], version: ProtocolVersion): void {
  const isGlobal = haveOneTable(columns);
  const writeTable = ({ keyspace, table }: ServerColumn): void => {
    writeString(writer, keyspace);
    writeString(writer, table);
  };
  if (isGlobal) writeTable(columns[0]!);
  for (const column of columns) {
    if (!isGlobal) writeTable(column);
    writeString(writer, column.name);
    writeType(writer, column.type, version);
  }
}
