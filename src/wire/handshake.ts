import { map, type Observable, of, switchMap, throwError } from 'rxjs';
import type { Compression } from '../codec/compression.js';
import { dialectOf } from '../codec/dialect.js';
import { Opcode } from '../codec/envelope.js';
import { writeStartup } from '../codec/requests.js';
import type { Response } from '../codec/responses.js';
import { ProtocolError } from '../errors.js';
import { authenticate, type PlainCredentials, refuseMissingChallenge } from './authentication.js';
import type { Connection } from './connection.js';
import type { Request } from './driver-request.js';
import { negotiateExtensions } from './negotiate-extensions.js';

export interface HandshakeOptions {
  readonly credentials?: PlainCredentials | undefined;
  /** Options of STARTUP besides the CQL version. */
  readonly startup: Readonly<Record<string, string>>;
  /** What to compress with, if the server can. */
  readonly compression?: Compression | undefined;
  /** From the first attempt to connect until the node is ready for requests; milliseconds. */
  readonly handshakeTimeout: number;
}

/**
 * ```
 *          OPTIONS              STARTUP           OPTIONS (v5: in a segment)
 *  (open) ---------> SUPPORTED ----+----> READY ----------------------------> SUPPORTED ---> (ready)
 *                                  |                                                            ^
 *                                  '----> AUTHENTICATE ---------------> AUTH_SUCCESS -----------'
 *                                                        AUTH_RESPONSE
 * ```
 *
 * Native protocol v5, section 4.1. Emits once, when the connection is ready; errors with what the server says, an
 * `AuthenticationError`, or what ended the connection.
 */
export function handshake(connection: Connection, options: HandshakeOptions): Observable<Connection> {
  const ask = (request: Request): Observable<Response> =>
    connection.send(request, { timeout: options.handshakeTimeout });

  return ask(OPTIONS).pipe(
    switchMap((response) => ask(startup(connection, options, response))),
    switchMap((response) => {
      if (response.kind === 'authenticate') {
        return authenticate(ask, connection.host, response.authenticator, options.credentials);
      }
      if (response.kind === 'ready') {
        return refuseMissingChallenge(connection.host, options.credentials).pipe(
          // Some servers agree on v5 and do not speak it. That must not show with a request of somebody else's.
          switchMap(() => (connection.version >= 5 ? ask(OPTIONS) : of(undefined))),
        );
      }
      return throwError(() => new ProtocolError(`${connection.host} answered STARTUP with ${response.kind}.`));
    }),
    map(() => connection),
  );
}

const OPTIONS: Request = { opcode: Opcode.OPTIONS, write: () => undefined };

/** STARTUP. It is where compression begins: what answers it may already be compressed. */
function startup(connection: Connection, options: HandshakeOptions, response: Response): Request {
  const { framing } = connection;
  const { compression } = options;
  if (response.kind === 'supported') {
    connection.supported = response.options;
  }
  const { extensions, startup: agreed } = negotiateExtensions(connection.supported, connection.version);
  connection.extensions = extensions;
  connection.dialect = dialectOf(connection.version, extensions.hasMetadataIds);
  if (compression !== undefined && connection.supported.get('COMPRESSION')?.includes(compression.name) === true) {
    framing.compression = compression;
  }
  const all = {
    CQL_VERSION: '3.0.0',
    // The server would otherwise stop reading when it is overloaded, and hold up every request of the connection. In v4, too; servers that
    // do not know it ignore it.
    THROW_ON_OVERLOAD: '1',
    ...(framing.compression && { COMPRESSION: framing.compression.name }),
    ...agreed,
    ...options.startup,
  };
  return { opcode: Opcode.STARTUP, write: (writer) => writeStartup(writer, all) };
}
