import {
  catchError,
  EMPTY,
  exhaustMap,
  filter,
  ignoreElements,
  interval,
  merge,
  type Observable,
  throwError,
} from 'rxjs';
import { Opcode } from '../codec/envelope.js';
import { ConnectionError, ResponseError } from '../errors.js';
import type { Connection } from './connection.js';
import type { Request } from './driver-request.js';

/** Milliseconds. */
export interface HeartbeatOptions {
  /** After how long without anything read a question is asked. */
  readonly idle: number;
  /** How long its answer may take. */
  readonly timeout: number;
}

const OPTIONS: Request = { opcode: Opcode.OPTIONS, write: () => undefined };

/** How finely silence is measured. */
const GRAIN = 1000;

/**
 * Keeps asking a connection that has fallen silent, or that somebody has doubts about, whether the node is still there. Emits nothing and never completes;
 * errors when an answer does not come. Only what is read counts: a socket takes writes long after its peer has gone.
 */
export function heartbeat(connection: Connection, { idle, timeout }: HeartbeatOptions): Observable<never> {
  const grain = Math.min(GRAIN, idle / 4);
  let arrivals = connection.arrivals;
  let silence = 0;
  const silences = interval(grain).pipe(
    filter(() => {
      silence = connection.arrivals === arrivals ? silence + grain : 0;
      arrivals = connection.arrivals;
      return silence >= idle;
    }),
  );
  return merge(silences, connection.probes).pipe(
    exhaustMap(() => {
      silence = 0;
      return connection.send(OPTIONS, { timeout }).pipe(
        ignoreElements(),
        // Even a refusal is a sign of life.
        catchError((cause: unknown) =>
          cause instanceof ResponseError ? EMPTY : throwError(() => lost(connection.host, timeout, cause)),
        ),
      );
    }),
  );
}

function lost(host: string, timeout: number, cause: unknown): ConnectionError {
  const message = `The connection to ${host} was given up: a heartbeat was not answered within ${timeout} ms.`;
  return new ConnectionError(host, message, { cause, code: 'ERR_RXCQL_HEARTBEAT_TIMEOUT' });
}
