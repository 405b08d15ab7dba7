import { formatIdentifier } from '../../codec/type.js';
import { ConfigurationError } from '../../errors.js';
import type { ScanOptions } from '../../etl/scan.js';
import { tableStatement } from '../../etl/scan-statement.js';
import { formatTable } from '../../etl/table-shape.js';
import { RING_START } from '../../etl/token-range.js';
import { mappingOf } from '../options/mapping.js';
import type { Options } from '../options/options.js';
import { preserveOf } from '../options/writing.js';
import type { Source } from '../source.js';

/** What `scan()` is asked for. */
export interface Reading {
  readonly tableOrQuery: string;
  readonly options: Pick<ScanOptions, 'columns' | 'preserve'>;
}

/** @throws ConfigurationError for options that do not go together */
export function readingOf({ tableOrQuery, isQuery, shape }: Source, options: Options): Reading {
  const columns = options.list('columns');
  const preserve = preserveOf(options);
  const mapping = mappingOf(options);
  const other = ['columns', 'preserve', 'mapping'].find((name) => options.text(name) !== undefined);
  if (isQuery && other !== undefined) throw new ConfigurationError(`--query and --${other} do not go together.`);
  if (mapping === undefined)
    return { tableOrQuery, options: { ...(columns && { columns }), ...(preserve && { preserve }) } };
  if (columns !== undefined || preserve !== undefined) {
    throw new ConfigurationError('--mapping says itself which columns: it does not go with --columns and --preserve.');
  }
  if ('columns' in mapping) return { tableOrQuery, options: { columns: mapping.columns } };
  const selected = mapping.pairs.map(({ field, column }) =>
    field === column ? formatIdentifier(column) : `${formatIdentifier(column)} AS ${formatIdentifier(field)}`,
  );
  return { tableOrQuery: `SELECT ${selected.join(', ')} FROM ${formatTable(shape)}`, options: {} };
}

/** The SELECT, without the condition for the tokens. */
export function statementText(source: Source, options: Options): string {
  const reading = readingOf(source, options);
  if (/^\s*SELECT\b/i.test(reading.tableOrQuery)) return reading.tableOrQuery;
  const { columns, preserve = [] } = reading.options;
  return tableStatement(source.shape, columns, preserve).cqlFor(RING_START, RING_START);
}

/** The columns and their types, as far as the schema has them. */
export function columnsWritten({ shape, isQuery }: Source, options: Options): string[] {
  if (isQuery) return ['those of the SELECT'];
  const mapping = mappingOf(options);
  const typeOf = (name: string): string =>
    shape.columns.find((column) => column.name === name)?.type ?? 'no such column';
  if (mapping !== undefined && 'pairs' in mapping) {
    return mapping.pairs.map(({ field, column }) => `${field} <- ${column} ${typeOf(column)}`);
  }
  const names = mapping?.columns ?? options.list('columns') ?? shape.columns.map(({ name }) => name);
  return names.map((name) => `${name} ${typeOf(name)}`);
}
