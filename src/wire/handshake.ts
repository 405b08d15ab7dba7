import { map, type Observable, of, switchMap, throwError } from 'rxjs';
import type { Compression } from '../codec/compression.js';
import { dialectOf } from '../codec/dialect.js';
import { Opcode } from '../codec/envelope.js';
import { writeStartup } from '../codec/requests.js';
import type { Response } from '../codec/responses.js';
import { ProtocolError } from '../errors.js';
import { type Asked, authenticate, type Progress, refuseMissingChallenge } from './authentication.js';
import type { Connection } from './connection.js';
import type { Request } from './driver-request.js';
import type { Login } from './login.js';
import { negotiateExtensions } from './negotiate-extensions.js';

export interface HandshakeOptions {
  /** Who to be, where a server asks. */
  readonly login?: Login | undefined;
  /** Options of STARTUP besides the CQL version. */
  readonly startup: Readonly<Record<string, string>>;
  /** What to compress with, if the server can. */
  readonly compression?: Compression | undefined;
  /** From the first attempt to connect until the node is ready for requests; milliseconds. */
  readonly handshakeTimeout: number;
}

/** What a handshake has to know of a connection, besides. */
export interface Destination {
  /** The host that was to be connected to. */
  readonly address: string;
  readonly isEncrypted: boolean;
  readonly progress: Progress;
}

/**
 * ```
 *          OPTIONS              STARTUP           OPTIONS (v5: in a segment)
 *  (open) ---------> SUPPORTED ----+----> READY ----------------------------> SUPPORTED ---> (ready)
 *                                  |                                                            ^
 *                                  '----> AUTHENTICATE --+------------> AUTH_SUCCESS -----------'
 *                                                        | AUTH_RESPONSE ^
 *                                                        '-> AUTH_CHALLENGE (up to 10 times)
 * ```
 *
 * Native protocol v5, section 4.1. Emits once, when the connection is ready; errors with what the server says, an
 * `AuthenticationError`, or what ended the connection.
 *
 * @param to Where the connection leads.
 */
export function handshake(connection: Connection, options: HandshakeOptions, to: Destination): Observable<Connection> {
  const { login } = options;
  const ask = (request: Request): Observable<Response> =>
    connection.send(request, { timeout: options.handshakeTimeout });
  const asked = (): Asked => ({ ...to, host: connection.host, address: connection.remote?.host ?? to.address, ask });

  return ask(OPTIONS).pipe(
    switchMap((response) => ask(startup(connection, options, response))),
    switchMap((response) => {
      if (response.kind === 'authenticate') {
        return authenticate(asked(), response.authenticator, login);
      }
      if (response.kind === 'ready') {
        return refuseMissingChallenge(asked(), login).pipe(
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
