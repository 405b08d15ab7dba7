import { catchError, EMPTY, filter, ignoreElements, merge, type Observable, tap } from 'rxjs';
import { Opcode } from '../codec/envelope.js';
import { writeRegister } from '../codec/requests.js';
import type { Connection } from './connection.js';
import type { Request } from './driver-request.js';

const REGISTER: Request = {
  opcode: Opcode.REGISTER,
  write: (writer) => writeRegister(writer, ['GRACEFUL_DISCONNECT']),
};

/**
 * A server that is going to close a connection may say so before (CEP-59): what is in flight then ends, and nothing new begins. It says
 * so on each connection that has asked for it. Never emits, and never errors: without it the connection is lost, as any may be.
 *
 * @param timeout How long the server may take to take note, in milliseconds.
 */
export function gracefulDisconnect(connection: Connection, timeout: number): Observable<never> {
  if (connection.supported.get('GRACEFUL_DISCONNECT')?.includes('true') !== true) return EMPTY;
  const farewell = connection.events.pipe(
    filter(({ type }) => type === 'GRACEFUL_DISCONNECT'),
    tap(() => connection.retire()),
  );
  const registered = connection.send(REGISTER, { timeout }).pipe(catchError(() => EMPTY));
  return merge(farewell, registered).pipe(ignoreElements());
}
