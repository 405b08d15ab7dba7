import { map, type Observable } from 'rxjs';
import type { Connection } from '../wire/connection.js';
import type { ReplicationOptions } from './replication.js';
import { systemQuery } from './system-query.js';

/** How each keyspace is replicated. Emits once and completes. */
export function readReplications(connection: Connection): Observable<Map<string, ReplicationOptions>> {
  return systemQuery(connection, 'SELECT keyspace_name, replication FROM system_schema.keyspaces').pipe(
    map((rows) => {
      const replications = new Map<string, ReplicationOptions>();
      for (const { keyspace_name: name, replication } of rows) {
        if (typeof name === 'string' && replication instanceof Map) {
          replications.set(name, Object.fromEntries(replication as Map<string, string>));
        }
      }
      return replications;
    }),
  );
}
