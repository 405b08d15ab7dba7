import { unknownName } from '../../check.js';
import { formatIdentifier } from '../../codec/type.js';
import { ConfigurationError } from '../../errors.js';
import { formatTable, type ShapeColumn, type TableShape } from '../../etl/table-shape.js';
import { type Mapping, mappingOf, type Pair } from '../options/mapping.js';
import type { Options } from '../options/options.js';

/** What records are written by: its markers have the names of the fields. */
export interface LoadStatement {
  readonly cql: string;
  readonly pairs: readonly Pair[];
}

/**
 * The statement that writes a record into a table: an INSERT, or, where there are counters, an UPDATE that adds.
 *
 * @param fields Those that records have; default: all that there may be.
 * @throws ConfigurationError for a mapping to columns that there are not, or without the primary key
 */
export function loadStatement(shape: TableShape, options: Options, fields?: readonly string[]): LoadStatement {
  const pairs = pairsOf(shape, mappingOf(options)).filter(({ field }) => fields?.includes(field) !== false);
  const columns = new Map(shape.columns.map((column) => [column.name, column]));
  for (const { column } of pairs) {
    if (!columns.has(column)) {
      throw new ConfigurationError(unknownName(`${formatTable(shape)} has no column "${column}".`, column, [...columns.keys()])); // prettier-ignore
    }
  }
  const missing = shape.columns.find(
    (column) => isKey(column) && pairs.every(({ column: name }) => name !== column.name),
  );
  if (missing !== undefined)
    throw new ConfigurationError(
      `There is nothing for the column "${missing.name}" of the primary key of ${formatTable(shape)}.`,
    );
  const isCounting = shape.columns.some(({ type }) => type === 'counter');
  return { cql: isCounting ? addition(shape, columns, pairs) : insertion(shape, pairs, options), pairs };
}

/** Columns in the order of the fields of a file without names: those that are said, or all of the table. */
export function fieldsOf(shape: TableShape, options: Options): readonly string[] {
  const mapping = mappingOf(options);
  if (mapping === undefined) return shape.columns.map(({ name }) => name);
  if ('columns' in mapping) return mapping.columns;
  const places = mapping.pairs.map(({ field }) => field);
  if (places.some((place) => !/^\d{1,5}$/.test(place))) return places;
  // By their numbers; those that nobody asks for are called by them, too.
  return Array.from({ length: Math.max(...places.map(Number)) + 1 }, (_, i) => String(i));
}

function pairsOf(shape: TableShape, mapping: Mapping | undefined): readonly Pair[] {
  if (mapping === undefined) return shape.columns.map(({ name }) => ({ field: name, column: name }));
  return 'pairs' in mapping ? mapping.pairs : mapping.columns.map((column) => ({ field: column, column }));
}

function isKey({ kind }: ShapeColumn): boolean {
  return kind === 'partition_key' || kind === 'clustering';
}

function insertion(shape: TableShape, pairs: readonly Pair[], options: Options): string {
  const columns = pairs.map(({ column }) => formatIdentifier(column)).join(', ');
  const markers = pairs.map(({ field }) => marker(field)).join(', ');
  const ttl = options.whole('ttl', 0, 630_720_000);
  const timestamp = options.whole('timestamp', 0);
  const using = [
    ...(ttl === undefined ? [] : [`TTL ${ttl}`]),
    ...(timestamp === undefined ? [] : [`TIMESTAMP ${timestamp}`]),
  ].join(' AND ');
  return `INSERT INTO ${formatTable(shape)} (${columns}) VALUES (${markers})${using === '' ? '' : ` USING ${using}`}`;
}

function addition(shape: TableShape, columns: ReadonlyMap<string, ShapeColumn>, pairs: readonly Pair[]): string {
  const text = (part: readonly Pair[], one: (pair: Pair) => string, between: string): string =>
    part.map(one).join(between);
  const keys = pairs.filter(({ column }) => isKey(columns.get(column)!));
  const counters = pairs.filter((pair) => !keys.includes(pair));
  const sums = text(counters, ({ field, column }) => `${formatIdentifier(column)} = ${formatIdentifier(column)} + ${marker(field)}`, ', '); // prettier-ignore
  const conditions = text(keys, ({ field, column }) => `${formatIdentifier(column)} = ${marker(field)}`, ' AND ');
  return `UPDATE ${formatTable(shape)} SET ${sums} WHERE ${conditions}`;
}

function marker(field: string): string {
  return `:${formatIdentifier(field)}`;
}

/**
 * Refuses a file with a field that is no column: one that is called otherwise would be left out, and nobody would know.
 *
 * @throws ConfigurationError
 */
export function refuseOthers(names: readonly string[], fields: readonly string[], file: string): void {
  const stray = fields.find((field) => !names.includes(field));
  if (stray === undefined) return;
  const message = unknownName(`${file} has a field "${stray}", which is no column.`, stray, names);
  throw new ConfigurationError(`${message} Say by --mapping which fields are which columns.`);
}

/** Refuses a file without a field that was asked for. @throws ConfigurationError */
export function needFields(names: readonly string[], fields: readonly string[], file: string): void {
  const missing = names.find((name) => !fields.includes(name));
  if (missing !== undefined)
    throw new ConfigurationError(unknownName(`${file} has no field "${missing}".`, missing, fields));
}
