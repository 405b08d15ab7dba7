import { catchError, defer, first, forkJoin, map, type Observable, of, repeat, timeout } from 'rxjs';
import { systemQuery } from '../cluster/system-query.js';
import type { Connection } from '../wire/connection.js';

/** How often the nodes are asked, and how long in all, in milliseconds. */
const INTERVAL = 200;
const LIMIT = 10_000;

/**
 * A node learns of a change of the schema from the one that made it, which takes a moment. Emits once whether all nodes have
 * the same schema: true as soon as every node that is connected to says so of itself and of all others it knows, false after
 * 10 seconds. Never errors.
 */
export function schemaAgreement(connections: () => readonly Connection[]): Observable<boolean> {
  return defer(() => forkJoin(connections().flatMap((connection) => [own(connection), others(connection)]))).pipe(
    map((versions) => new Set(versions.flat()).size === 1),
    // A node that cannot be asked has not agreed; the next time it may be back, or no longer count.
    catchError(() => of(false)),
    repeat({ delay: INTERVAL }),
    first((isInAgreement) => isInAgreement),
    timeout({ first: LIMIT, with: () => of(false) }),
  );
}

const own = (connection: Connection): Observable<unknown[]> => schemaVersions(connection, 'system.local');

/** A node that is known by its address only has no version. */
const others = (connection: Connection): Observable<unknown[]> =>
  schemaVersions(connection, 'system.peers').pipe(map((versions) => versions.filter((version) => version !== null)));

function schemaVersions(connection: Connection, table: string): Observable<unknown[]> {
  return systemQuery(connection, `SELECT schema_version FROM ${table}`, { timeout: LIMIT }).pipe(
    map((rows) => rows.map((row) => row['schema_version'])),
  );
}
