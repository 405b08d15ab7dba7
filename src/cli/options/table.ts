import { ConfigurationError } from '../../errors.js';
import { isSelect } from '../../etl/parse-select.js';
import { parseTable } from '../../etl/table-shape.js';
import type { CliOption } from './cli-option.js';
import type { Side } from './connection.js';
import type { Options } from './options.js';

const group = 'Table:';

export const TABLE_OPTIONS: readonly CliOption[] = [
  { flags: '-k, --keyspace <name>', description: 'the keyspace, as the schema has its name', group },
  { flags: '-t, --table <name>', description: 'the table; or keyspace.table', group },
];

export const TARGET_TABLE_OPTIONS: readonly CliOption[] = [
  { flags: '--to-keyspace <name>', description: 'the keyspace of the target (that of the source)', group },
  { flags: '--to-table <name>', description: 'the table of the target (that of the source)', group },
];

export const SELECT_OPTION: CliOption = {
  flags: '--query <cql>',
  description: 'a SELECT without LIMIT, instead of a table',
  group,
};

/** A table as `keyspace.table`. @throws ConfigurationError */
export function tableOf(options: Options): string {
  const table = options.required('table', 'say -k KEYSPACE -t TABLE');
  return nameIn(options.text('keyspace'), table);
}

/** The table that is written to, which is called as the source is where nothing else is said. */
export function targetTableOf(options: Options): string {
  const source = parseTable(tableOf(options), undefined);
  return nameIn(options.text('to-keyspace') ?? source.keyspace, options.text('to-table') ?? source.table);
}

/** What is read: a table, or a SELECT. */
export function sourceOf(options: Options): string {
  const query = options.text('query');
  if (query === undefined) return tableOf(options);
  if (options.text('table') !== undefined) throw new ConfigurationError('--query and --table do not go together.');
  if (!isSelect(query)) throw new ConfigurationError('--query has to be a SELECT here.');
  return query;
}

/** `side` says which cluster a query is for, so that names without a keyspace are found. */
export function keyspaceOf(options: Options, side: Side): string | undefined {
  return options.text(`${side}keyspace`) ?? (side === '' ? undefined : options.text('keyspace'));
}

function nameIn(keyspace: string | undefined, table: string): string {
  if (keyspace === undefined) {
    if (!/^("(?:[^"]|"")+"|[^".]+)\.(?=.)/.test(table))
      throw new ConfigurationError('The option --keyspace is missing.');
    return table;
  }
  return `${quoted(keyspace)}.${quoted(table)}`;
}

/** Only what has signs in it that would be taken for something else. */
function quoted(name: string): string {
  return name.startsWith('"') || !/[".]/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
