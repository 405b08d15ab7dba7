import { map, type Observable } from 'rxjs';
import { ConfigurationError } from '../errors.js';
import { isSelect, parseSelect } from '../etl/parse-select.js';
import { parseTable, type TableShape, tableShape } from '../etl/table-shape.js';
import type { Session } from '../session/session.js';
import { sourceOf } from './options/table.js';
import type { Options } from './options/options.js';

/** What a command reads. */
export interface Source {
  /** What `scan()` takes. */
  readonly tableOrQuery: string;
  /** What `tokenRanges()` takes. */
  readonly table: string;
  readonly shape: TableShape;
  readonly isQuery: boolean;
}

/** Looks up the table, or that of the SELECT. Emits once. Errors if there is none. */
export function sourceIn(session: Session, options: Options): Observable<Source> {
  const text = sourceOf(options);
  const isQuery = isSelect(text);
  const { keyspace, table } = isQuery ? tableOfSelect(text, session.keyspace) : parseTable(text, session.keyspace);
  return tableShape(session, keyspace, table).pipe(
    map((shape) => ({ tableOrQuery: text, table: `${inQuotes(keyspace)}.${inQuotes(table)}`, shape, isQuery })),
  );
}

function tableOfSelect(query: string, keyspaceOfSession: string | undefined): { keyspace: string; table: string } {
  const { keyspace = keyspaceOfSession, table } = parseSelect(query);
  if (keyspace !== undefined) return { keyspace, table };
  throw new ConfigurationError('The query names its table as keyspace.table, or --keyspace says where it is.');
}

function inQuotes(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
