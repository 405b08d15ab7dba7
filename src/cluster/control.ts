import { catchError, concat, defer, ignoreElements, map, type Observable, of, retry, switchMap, tap } from 'rxjs';
import { throwError, timer } from 'rxjs';
import { Opcode } from '../codec/envelope.js';
import type { CqlEvent } from '../codec/event.js';
import { writeRegister } from '../codec/requests.js';
import { ConfigurationError } from '../errors.js';
import { connect, type ConnectOptions } from '../wire/connect.js';
import type { Connection } from '../wire/connection.js';
import type { Request } from '../wire/driver-request.js';
import { type Endpoint, formatEndpoint } from '../wire/socket.js';
import type { ClusterInfo } from './node-info.js';
import type { ReconnectionPolicy } from './policies/reconnection.js';
import { readCluster, type ReadOptions } from './read-cluster.js';
import { reconnectDelay } from './reconnect-delay.js';
import { SYSTEM_TIMEOUT } from './system-query.js';
import { CandidatesError, unreachable } from './unreachable.js';

export interface ControlOptions extends ConnectOptions, ReadOptions {
  readonly reconnection: ReconnectionPolicy;
  /** Where to connect to, the best first. Cold, emits once. Asked before each round of attempts. */
  readonly candidates: Observable<readonly Endpoint[]>;
  /** Whether the cluster is the one that is meant. */
  readonly accepts: (info: ClusterInfo) => boolean;
}

/** The connection over which the cluster is watched, while there is one. */
export interface Control {
  readonly connection: Connection;
  readonly candidate: Endpoint;
  /** What its node said of the cluster, after it was asked to tell of changes. */
  readonly info: ClusterInfo;
  /** What has changed since. Completes with the connection. */
  readonly events: Observable<CqlEvent>;
}

/**
 * Keeps a connection of its own to one node of the cluster, to be told of changes and to ask what they are: requests do not
 * wait behind it, nor it behind them. When the connection is lost, another candidate takes its place.
 *
 * Emits a {@link Control} for each such connection, and never completes. Errors with a {@link CandidatesError} if there is
 * none to begin with; later it waits, as the policy says, and tries again.
 */
export function control(options: ControlOptions): Observable<Control> {
  return defer(() => {
    let hasBegun = false;
    let failures = 0;
    let last: Endpoint | undefined;
    return options.candidates.pipe(
      switchMap((candidates) => firstOf(leavingToTheEnd(last, candidates), options)),
      tap(({ candidate }) => {
        hasBegun = true;
        failures = 0;
        last = candidate;
      }),
      retry({
        delay: (error) => {
          if (!hasBegun) return throwError(() => error as Error);
          // A connection that is lost says nothing of the other candidates; when all have failed, there is no hurry.
          if (!(error instanceof CandidatesError)) return of(undefined);
          return timer(reconnectDelay(options.reconnection, unreachable(error.causes), failures++));
        },
      }),
    );
  });
}

/** A node that was just lost may not be known to be, and would keep the others waiting until it has not answered once more. */
function leavingToTheEnd(lost: Endpoint | undefined, candidates: readonly Endpoint[]): readonly Endpoint[] {
  if (lost === undefined) return candidates;
  const isLost = (one: Endpoint): boolean => formatEndpoint(one) === formatEndpoint(lost);
  return [...candidates.filter((one) => !isLost(one)), ...candidates.filter(isLost)];
}

/** The first candidate that can be used; errors with what later ends its connection. */
function firstOf(candidates: readonly Endpoint[], options: ControlOptions): Observable<Control> {
  const causes = new Map<string, Error[]>();
  const from = (index: number): Observable<Control> => {
    const candidate = candidates[index];
    if (candidate === undefined) return throwError(() => new CandidatesError(causes));
    let isInUse = false;
    return open(candidate, options).pipe(
      tap(() => (isInUse = true)),
      catchError((error: Error) => {
        if (isInUse) return throwError(() => error);
        const host = formatEndpoint(candidate);
        causes.set(host, [...(causes.get(host) ?? []), error]);
        return from(index + 1);
      }),
    );
  };
  return from(0);
}

const REGISTER: Request = {
  opcode: Opcode.REGISTER,
  write: (writer) => writeRegister(writer, ['TOPOLOGY_CHANGE', 'STATUS_CHANGE', 'SCHEMA_CHANGE']),
};

function open(candidate: Endpoint, options: ControlOptions): Observable<Control> {
  return connect(candidate, options).pipe(
    switchMap((connection) => {
      // What comes before anybody listens may be missing from what was read.
      const early: CqlEvent[] = [];
      const listening = connection.events.subscribe((event) => early.push(event));
      const events = defer(() => {
        listening.unsubscribe();
        return concat(of(...early.splice(0)), connection.events);
      });
      return concat(
        connection.send(REGISTER, { timeout: SYSTEM_TIMEOUT }).pipe(ignoreElements()),
        readCluster(connection, options),
      ).pipe(
        map((info) => {
          if (options.accepts(info)) return { connection, candidate, info, events };
          const name = JSON.stringify(info.clusterName);
          throw new ConfigurationError(`${connection.host} belongs to another cluster than the session, ${name}.`);
        }),
      );
    }),
  );
}
