import { map, type Observable } from 'rxjs';
import { formatIdentifier } from '../codec/type.js';
import { ConfigurationError, CqlError } from '../errors.js';
import type { Session } from '../session/session.js';

/** A column, as the server describes it. */
export interface ShapeColumn {
  readonly name: string;
  /** In CQL. */
  readonly type: string;
  readonly kind: 'partition_key' | 'clustering' | 'static' | 'regular';
  /** How the rows of a partition are sorted by it: `asc` or `desc`; `none` for what they are not sorted by. */
  readonly order: string;
}

/** A table, as far as reading and writing it needs to know it. */
export interface TableShape {
  readonly keyspace: string;
  readonly table: string;
  /** The partition key, the clustering columns, and the others by name. */
  readonly columns: readonly ShapeColumn[];
  readonly partitionKey: readonly string[];
}

const COLUMNS =
  'SELECT column_name, type, kind, position, clustering_order FROM system_schema.columns ' +
  'WHERE keyspace_name = ? AND table_name = ?';

const ORDER = ['partition_key', 'clustering', 'static', 'regular'];

/** The parts of `keyspace.table`; names in double quotes may have dots. */
const QUALIFIED = /^(?:("(?:[^"]|"")+"|[^".]+)\.)?("(?:[^"]|"")+"|[^".]+)$/;

/**
 * The keyspace and the name of a table. Names are as the schema has them, with or without quotes.
 *
 * @throws ConfigurationError
 */
export function parseTable(
  text: string,
  keyspaceOfSession: string | undefined,
): { readonly keyspace: string; readonly table: string } {
  const [, keyspace, table] = QUALIFIED.exec(text) ?? [];
  if (table === undefined) throw new ConfigurationError("A table is given as 'keyspace.table'.");
  const found = keyspace === undefined ? keyspaceOfSession : unquoted(keyspace);
  if (found === undefined) {
    throw new ConfigurationError("A table is given as 'keyspace.table', since the session has no keyspace.");
  }
  return { keyspace: found, table: unquoted(table) };
}

function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}

/**
 * What the server says of a table, or view, at this moment. Emits once and completes; errors with a `CqlError`
 * `ERR_RXCQL_NOT_IN_SCHEMA` if there is none.
 */
export function tableShape(session: Session, keyspace: string, table: string): Observable<TableShape> {
  const options = { rows: 'array', pageSize: 0 } as const;
  return session
    .execute<readonly [string, string, ShapeColumn['kind'], number, string]>(COLUMNS, [keyspace, table], options)
    .pipe(
      map((page) => {
        const columns = page
          .toArray()
          .sort((a, b) => ORDER.indexOf(a[2]) - ORDER.indexOf(b[2]) || a[3] - b[3] || (a[0] < b[0] ? -1 : 1))
          .map(([name, type, kind, , order]) => ({ name, type, kind, order }));
        if (columns.length === 0) throw notInSchema(keyspace, table);
        const partitionKey = columns.filter(({ kind }) => kind === 'partition_key').map(({ name }) => name);
        return { keyspace, table, columns, partitionKey };
      }),
    );
}

/** The name of a table in CQL. */
export function formatTable({ keyspace, table }: { readonly keyspace: string; readonly table: string }): string {
  return `${formatIdentifier(keyspace)}.${formatIdentifier(table)}`;
}

function notInSchema(keyspace: string, table: string): CqlError {
  return new CqlError(
    'ERR_RXCQL_NOT_IN_SCHEMA',
    `The cluster has no table ${JSON.stringify(table)} in a keyspace ${JSON.stringify(keyspace)}. ` +
      'Names are case-sensitive.',
  );
}
