import { map, type Observable } from 'rxjs';
import { quoted } from '../codec/printable.js';
import { ConfigurationError, ConnectionError } from '../errors.js';
import type { Connection } from '../wire/connection.js';
import { systemQuery } from './system-query.js';

/** Another node answers where this one was. */
export class OtherNodeError extends ConnectionError {}

/**
 * Asks a connection whether it leads to the node, and the cluster, that it is meant to lead to. Emits the connection and
 * completes.
 */
export function checkIdentity(connection: Connection, hostId: string, clusterName: string): Observable<Connection> {
  const { host } = connection;
  return systemQuery(connection, 'SELECT cluster_name, host_id FROM system.local').pipe(
    map(([row = {}]) => {
      if (row['cluster_name'] !== clusterName) {
        throw new ConfigurationError(
          `${host} belongs to the cluster ${quoted(String(row['cluster_name']))}, not to ${quoted(clusterName)}.`,
        );
      }
      if (row['host_id'] !== hostId) {
        throw new OtherNodeError(host, `Another node of the cluster answers at ${host} than the one that was there.`);
      }
      return connection;
    }),
  );
}
