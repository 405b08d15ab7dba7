import {
  catchError,
  defer,
  EMPTY,
  exhaustMap,
  filter,
  ignoreElements,
  map,
  merge,
  type Observable,
  repeat,
  tap,
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
  const silences = defer(() => {
    let wait = idle;
    return defer(() => timer(wait)).pipe(
      // Read once: by a clock that is read again it could be too early to ask, and too late to wait for what is left.
      map(() => now() - connection.arrivedAt),
      tap((silence) => (wait = silence < idle ? idle - silence : idle)),
      filter((silence) => silence >= idle),
      repeat(),
    );
  });
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
