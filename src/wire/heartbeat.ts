import {
  catchError,
  defer,
  EMPTY,
  exhaustMap,
  filter,
  ignoreElements,
  merge,
  type Observable,
  repeat,
  throwError,
  timer,
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

/**
 * Keeps asking a connection that has fallen silent, or that somebody has doubts about, whether the node is still there. Emits nothing and never completes;
 * errors when an answer does not come. Only what is read counts: a socket takes writes long after its peer has gone.
 *
 * @param now The clock by which the connection says when it was last read from.
 */
export function heartbeat(
  connection: Connection,
  { idle, timeout }: HeartbeatOptions,
  now: () => number,
): Observable<never> {
  /** Until there will have been silence for long enough, or if there has been, for as long again. */
  const left = (): number => {
    const untilIdle = connection.arrivedAt + idle - now();
    return untilIdle > 0 ? untilIdle : idle;
  };
  const silences = defer(() => timer(left())).pipe(
    repeat(),
    filter(() => now() - connection.arrivedAt >= idle),
  );
  return merge(silences, connection.probes).pipe(
    exhaustMap(() =>
      connection.send(OPTIONS, { timeout }).pipe(
        ignoreElements(),
        // Even a refusal is a sign of life.
        catchError((cause: unknown) =>
          cause instanceof ResponseError ? EMPTY : throwError(() => lost(connection.host, timeout, cause)),
        ),
      ),
    ),
  );
}

function lost(host: string, timeout: number, cause: unknown): ConnectionError {
  const message = `The connection to ${host} was given up: a heartbeat was not answered within ${timeout} ms.`;
  return new ConnectionError(host, message, { cause, code: 'ERR_RXCQL_HEARTBEAT_TIMEOUT' });
}
