import type { Observable } from 'rxjs';
import { ConfigurationError } from '../errors.js';
import type { Session } from '../session/session.js';
import { parseTable, tableShape, type TableShape } from './table-shape.js';

/** A table, and the session by which it is read or written. */
export interface TableRef {
  readonly session: Session;
  /** As `keyspace.table`, names as the schema has them. */
  readonly table: string;
}

/** What the server says of a table. @throws ConfigurationError for what is none. */
export function shapeOf(ref: TableRef, what: string): Observable<TableShape> {
  const { session, table } = ref as Partial<TableRef>;
  if (typeof session?.query !== 'function' || typeof table !== 'string') {
    throw new ConfigurationError(`The ${what} must be a table as { session, table: 'keyspace.table' }.`);
  }
  const name = parseTable(table, session.keyspace);
  return tableShape(session, name.keyspace, name.table);
}
