import { catchError, map, type Observable, switchMap, throwError } from 'rxjs';
import type { RowObject } from '../codec/row.js';
import { ProtocolError, ResponseError } from '../errors.js';
import type { Connection } from '../wire/connection.js';
import { type ClusterInfo, localInfo, peerInfos } from './node-info.js';
import { systemQuery } from './system-query.js';

/** How the nodes of a cluster are read. */
export interface ReadOptions {
  /** Where nodes answer that do not say at which port. */
  readonly port: number;
  /** Told of nodes whose rows make no sense; they are left out. */
  readonly warn: (message: string) => void;
}

/** Asks a node for itself and its peers. Emits once and completes; errors with what {@link systemQuery} does. */
export function readCluster(connection: Connection, { port, warn }: ReadOptions): Observable<ClusterInfo> {
  return systemQuery(connection, 'SELECT * FROM system.local').pipe(
    switchMap((rows) => {
      const info = localInfo(rows, port);
      if (info === undefined) {
        return throwError(() => new ProtocolError(`${connection.host} does not say in system.local which node it is.`));
      }
      return peers(connection).pipe(
        map((others) => ({ ...info, peers: peerInfos(others, port, info.local.hostId, warn) })),
      );
    }),
  );
}

/** Since Cassandra 4.0 there is a second table, which has ports. */
function peers(connection: Connection): Observable<RowObject[]> {
  return systemQuery(connection, 'SELECT * FROM system.peers_v2').pipe(
    catchError((error: unknown) =>
      error instanceof ResponseError ? systemQuery(connection, 'SELECT * FROM system.peers') : throwError(() => error),
    ),
  );
}
