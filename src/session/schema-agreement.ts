import { catchError, defer, first, forkJoin, map, type Observable, of, repeat, timeout } from 'rxjs';
import type { RowObject } from '../codec/row.js';
import { systemQuery } from '../cluster/system-query.js';
import type { Connection } from '../wire/connection.js';

/** How often the nodes are asked, and how long in all, in milliseconds. */
const INTERVAL = 200;
const LIMIT = 10_000;

/**
 * A node learns of a change of the schema from the one that made it, which takes a moment. Emits once whether all nodes have
 * the same schema: true as soon as every node that is connected to says so of itself and of all others it knows, but for those
 * that are down; false after 10 seconds. Never errors.
 */
export function schemaAgreement(
  connections: () => readonly Connection[],
  isDown: (hostId: unknown) => boolean,
): Observable<boolean> {
  const versions = (connection: Connection): Observable<unknown[]>[] => [own(connection), others(connection, isDown)];
  return defer(() => forkJoin(connections().flatMap(versions))).pipe(
    map((versions) => new Set(versions.flat()).size === 1),
    // A node that cannot be asked has not agreed; the next time it may be back, or no longer count.
    catchError(() => of(false)),
    repeat({ delay: INTERVAL }),
    first((isInAgreement) => isInAgreement),
    timeout({ first: LIMIT, with: () => of(false) }),
  );
}

const own = (connection: Connection): Observable<unknown[]> =>
  rows(connection, 'SELECT schema_version FROM system.local').pipe(map((found) => found.map(versionOf)));

/** A node that is known by its address only has no version. One that is down learns of the schema when it is back. */
const others = (connection: Connection, isDown: (hostId: unknown) => boolean): Observable<unknown[]> =>
  rows(connection, 'SELECT host_id, schema_version FROM system.peers').pipe(
    map((found) =>
      found
        .filter((row) => !isDown(row['host_id']))
        .map(versionOf)
        .filter((version) => version !== null),
    ),
  );

const rows = (connection: Connection, cql: string): Observable<RowObject[]> =>
  systemQuery(connection, cql, { timeout: LIMIT });

const versionOf = (row: RowObject): unknown => row['schema_version'];
