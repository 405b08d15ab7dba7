import { DecodeError } from '../errors.js';
import type { ColumnSpec } from './column-spec.js';
import { MAX_SHORT } from './primitives.js';
import { copyOf, type Reader } from './reader.js';
import { ResultColumns } from './result-columns.js';
import { formatType } from './type.js';
import { readType } from './type-option.js';
import { columnCodec } from './value-codec.js';
import type { ValueSettings } from './value-options.js';

/** Flags of result metadata (v5, section 4.2.5.2). */
const GLOBAL_TABLES_SPEC = 0x1;
const HAS_MORE_PAGES = 0x2;
const NO_METADATA = 0x4;
const METADATA_CHANGED = 0x8;

/** No column costs less than its name and type; more of them than this no table has. */
const LEAST_COLUMN = 4;
const MAX_COLUMNS = 32_768;

export interface RowsMetadata {
  /** How many columns the rows have, described or not. */
  readonly columnCount: number;
  /** Undefined where the server left them out, as it was asked to. */
  readonly described: ResultColumns | undefined;
  /** Undefined on the last page. */
  readonly pagingState: Buffer | undefined;
  /** Where there are metadata ids: that of a description that has changed. */
  readonly newMetadataId: Buffer | undefined;
}

/**
 * Reads the metadata of rows; where it is what is `known` already, byte for byte, it is skipped and shared.
 *
 * ```
 * <flags int> <columns_count int>
 * [<paging_state bytes>]           if HAS_MORE_PAGES
 * [<new_metadata_id short bytes>]  if METADATA_CHANGED, never together with NO_METADATA
 * unless NO_METADATA:
 *   [<keyspace string> <table string>]  if GLOBAL_TABLES_SPEC
 *   columns_count x ([<keyspace string> <table string>] <name string> <type option>)
 * ```
 */
export function readRowsMetadata(reader: Reader, values: ValueSettings, known?: ResultColumns): RowsMetadata {
  const flags = reader.i32();
  const columnCount = reader.i32();
  const pagingState = flags & HAS_MORE_PAGES ? reader.bytes() : undefined;
  if (pagingState === null) throw new DecodeError('A result has more pages, but does not say where.');
  // The new id would be kept for the old columns, and what comes later under that id would be read by them.
  if ((flags & METADATA_CHANGED) !== 0 && (flags & NO_METADATA) !== 0) {
    throw new DecodeError('The columns of a result have changed, and are not described.');
  }
  const newMetadataId = flags & METADATA_CHANGED ? reader.shortBytes() : undefined;
  if (columnCount < 0 || columnCount > MAX_COLUMNS) {
    throw new DecodeError(`A result announces ${columnCount} columns; ${MAX_COLUMNS} is the most that is accepted.`);
  }
  const described = flags & NO_METADATA ? undefined : readResultColumns(reader, values, flags, columnCount, known);
  return { columnCount, described, pagingState, newMetadataId };
}

function readResultColumns(
  reader: Reader,
  values: ValueSettings,
  flags: number,
  count: number,
  known?: ResultColumns,
): ResultColumns {
  const hasGlobalTable = (flags & GLOBAL_TABLES_SPEC) !== 0;
  const start = reader.position;
  if (known !== undefined && known.columns.length === count && known.hasGlobalTable === hasGlobalTable) {
    const { description } = known;
    const end = start + description.length;
    if (end <= reader.end && description.compare(reader.buffer, start, end) === 0) {
      reader.position = end;
      return known.for(values);
    }
  }
  const columns = readColumns(reader, values, hasGlobalTable, count);
  return new ResultColumns(columns, copyOf(reader.buffer, start, reader.position), hasGlobalTable, values);
}

function readColumns(reader: Reader, values: ValueSettings, hasGlobalTable: boolean, count: number): ColumnSpec[] {
  reader.count(count, LEAST_COLUMN);
  let keyspace = hasGlobalTable ? reader.string() : '';
  let table = hasGlobalTable ? reader.string() : '';
  const columns: ColumnSpec[] = [];
  for (let i = 0; i < count; i++) {
    if (!hasGlobalTable) {
      keyspace = reader.string();
      table = reader.string();
    }
    const name = reader.string();
    const cqlType = readType(reader);
    const codec = columnCodec(`${keyspace}.${table}.${name}`, cqlType, values);
    columns.push({ name, type: formatType(cqlType), keyspace, table, cqlType, codec });
  }
  return columns;
}

export interface ParameterMetadata {
  readonly parameters: readonly ColumnSpec[];
  /** Which parameters make up the partition key, in its order; empty if they do not make up all of it. */
  readonly partitionKey: readonly number[];
  /** Whether the server says that it changes data under a condition; only ScyllaDB ever does. */
  readonly isMarkedConditional: boolean;
  /** What the codecs of the parameters were chosen by. */
  readonly values: ValueSettings;
}

/**
 * Reads the metadata of the markers of a prepared statement.
 *
 * ```
 * <flags int> <columns_count int> <pk_count int> pk_count x <index short>
 * [<keyspace string> <table string>]  if GLOBAL_TABLES_SPEC
 * columns_count x ([<keyspace string> <table string>] <name string> <type option>)
 * ```
 *
 * @param conditionalMask The flags by which the server marks what is conditional.
 */
export function readParameterMetadata(
  reader: Reader,
  values: ValueSettings,
  conditionalMask: number = 0,
): ParameterMetadata {
  const flags = reader.i32();
  const count = reader.i32();
  const keyCount = reader.count(reader.i32(), 2);
  if (count > MAX_SHORT || keyCount > Math.max(count, 0)) {
    throw new DecodeError(`A statement announces ${count} parameters, ${keyCount} of them for the partition key.`);
  }
  const partitionKey: number[] = [];
  for (let i = 0; i < keyCount; i++) {
    const index = reader.u16();
    if (index >= count) throw new DecodeError(`A partition key names parameter ${index} of ${count}.`);
    partitionKey.push(index);
  }
  const parameters = readColumns(reader, values, (flags & GLOBAL_TABLES_SPEC) !== 0, count);
  return { parameters, partitionKey, isMarkedConditional: (flags & conditionalMask) !== 0, values };
}
