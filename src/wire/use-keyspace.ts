import { defer, type Observable, of, switchMap } from 'rxjs';
import { consistencyCode } from '../codec/consistency.js';
import { Opcode } from '../codec/envelope.js';
import { writeQuery } from '../codec/requests.js';
import { quoteIdentifier } from '../codec/type.js';
import type { Connection } from './connection.js';
import type { Request } from './driver-request.js';

/** How long switching the keyspace of a connection may take, in milliseconds. */
const TIMEOUT = 5_000;

/**
 * Makes names without a keyspace mean those of `keyspace()` on one connection, which is asked again when that is done: it may
 * be another by then. Emits the connection and completes.
 */
export function useKeyspace(connection: Connection, keyspace: () => string | undefined): Observable<Connection> {
  return defer(() => {
    const name = keyspace();
    if (name === undefined) return of(connection);
    return connection
      .send(use(name), { timeout: TIMEOUT })
      .pipe(switchMap(() => (keyspace() === name ? of(connection) : useKeyspace(connection, keyspace))));
  });
}

function use(keyspace: string): Request {
  const cql = `USE ${quoteIdentifier(keyspace)}`;
  return {
    opcode: Opcode.QUERY,
    write: (writer, version) => writeQuery(writer, version, cql, { consistency: consistencyCode('ONE')! }),
  };
}
