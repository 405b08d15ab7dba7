import {
  catchError,
  defer,
  finalize,
  ignoreElements,
  map,
  merge,
  Observable,
  of,
  race,
  switchMap,
  tap,
  throwError,
} from 'rxjs';
import type { Envelope, ProtocolVersion } from '../codec/envelope.js';
import { AuthenticationError, ConnectionError, CqlError, ProtocolError, ResponseError } from '../errors.js';
import type { Progress } from './authentication.js';
import { Connection } from './connection.js';
import { decodeEnvelopes, SegmentsMissingError } from './framing.js';
import { gracefulDisconnect } from './graceful-disconnect.js';
import { handshake, type HandshakeOptions } from './handshake.js';
import { heartbeat, type HeartbeatOptions } from './heartbeat.js';
import type { SessionVersion } from './session-version.js';
import { type Encryption, type Endpoint, formatEndpoint, type Socket, tcp, type TcpOptions } from './socket.js';
import { answersInTls, unanswered } from './no-answer.js';
import type { Wire } from './wire.js';

/** How a connection is made and kept. Times are milliseconds. */
export interface ConnectOptions extends HandshakeOptions {
  readonly version: SessionVersion;
  /** Whether a node that does not speak the session's version brings it down for all; otherwise it is the node that is refused. */
  readonly mayLowerVersion?: () => boolean;
  readonly connectTimeout: number;
  /** What encrypts its socket. */
  readonly encryption?: Encryption | undefined;
  readonly heartbeat: HeartbeatOptions;
  readonly wire: Wire;
  /** What makes the socket; TCP unless a test has another. */
  readonly socket?: (endpoint: Endpoint, options: TcpOptions) => Socket;
}

/** The largest body that is accepted. */
const MAX_BODY_LENGTH = 64 * 1024 * 1024;

/** The same before the other side has shown that it is a Cassandra that takes our credentials. */
const MAX_HANDSHAKE_BODY_LENGTH = 1024 * 1024;

/**
 * A connection as a resource: emits one {@link Connection} when the node is ready for requests, and stays open;
 * unsubscribing closes it. It never completes: it errors with what ended it, a {@link ConnectionError} or another
 * {@link CqlError}, after every request in flight has been told.
 *
 * It speaks the version of the session. A server that refuses v5, or cannot do what it agreed on, is asked again in v4, on a new
 * socket, if it may bring the session's version down. Native protocol v5, section 2.
 */
export function connect(endpoint: Endpoint, options: ConnectOptions): Observable<Connection> {
  return attempt(endpoint, options, []);
}

/** @param tried The versions that the server has refused. */
function attempt(
  endpoint: Endpoint,
  options: ConnectOptions,
  tried: readonly ProtocolVersion[],
): Observable<Connection> {
  const { version, mayLowerVersion = () => true } = options;
  return defer(() => {
    const spoken = version.current;
    return connectWith(spoken, endpoint, options).pipe(
      catchError((error: unknown) => {
        if (error instanceof VersionLoweredError) return attempt(endpoint, options, tried);
        const isUnframed = error instanceof SegmentsMissingError;
        if (!isUnframed && !isVersionRefusal(error)) return throwError(() => error);
        const host = formatEndpoint(endpoint);
        const refused = [...tried, spoken];
        // Another node may have brought it down meanwhile.
        const isFirst = version.current === spoken;
        if (isFirst && !(mayLowerVersion() && version.lower())) {
          return throwError(() => (isUnframed ? error : versionError(host, refused, error)));
        }
        if (isFirst && isUnframed) warnOfUnframed(host);
        return attempt(endpoint, options, refused);
      }),
    );
  });
}

/** The version of the session came down while a connection was being made. */
class VersionLoweredError extends Error {}

/** A server that does not speak our version says so in words only: codes and stream ids differ between servers. */
function isVersionRefusal(error: unknown): error is ResponseError {
  return (
    error instanceof ResponseError &&
    (error.kind === 'ProtocolError' || error.kind === 'ServerError') &&
    /invalid or unsupported protocol version|beta version of the protocol used/i.test(error.message)
  );
}

/** The node, or this driver, is too old for the other. */
function versionError(host: string, tried: readonly ProtocolVersion[], cause: ResponseError): ConnectionError {
  const versions = tried.map((version) => `v${version}`).join(' nor ');
  const what = tried.length === 1 ? 'does not speak protocol' : 'speaks neither protocol';
  const message = `${host} ${what} ${versions}: ${cause.message}`;
  return new ConnectionError(host, message, { cause, code: VERSION_REFUSED });
}

const VERSION_REFUSED = 'ERR_RXCQL_PROTOCOL_VERSION';

/** Whether a node cannot be connected to because it does not speak the version of the session. */
export function isVersionError(error: Error | undefined): error is CqlError {
  return error instanceof SegmentsMissingError || (error instanceof ConnectionError && error.code === VERSION_REFUSED);
}

function warnOfUnframed(host: string): void {
  process.emitWarning(
    `${host} agreed on protocol v5 and does not frame its responses so: the session goes on in v4. Set protocolVersion to 4.`,
    { type: 'RxcqlWarning', code: 'RXCQL_PROTOCOL_VERSION' },
  );
}

function connectWith(version: ProtocolVersion, endpoint: Endpoint, options: ConnectOptions): Observable<Connection> {
  return defer(() => {
    const host = formatEndpoint(endpoint);
    const connection = new Connection(host, version, options.wire);
    const limits = {
      maxBodyLength: MAX_HANDSHAKE_BODY_LENGTH,
      accepts: (other: number) => (connection.isFresh ? other >= 3 && other <= 6 : other === version),
    };
    const { handshakeTimeout, wire, encryption } = options;
    const progress: Progress = { isUserAsked: false };
    const destination = { address: endpoint.host, isEncrypted: encryption !== undefined, progress };
    // In ticks: answers that have come while the event loop was blocked have not come too late.
    const tooLate = wire.deadlines.timer(handshakeTimeout).pipe(
      map(() => {
        throw notReady(host, handshakeTimeout, progress);
      }),
    );
    const ready = race(tooLate, handshake(connection, options, destination)).pipe(
      tap(() => (limits.maxBodyLength = MAX_BODY_LENGTH)),
      switchMap(() => {
        if (version > options.version.current) return throwError(() => new VersionLoweredError());
        options.version.agree(connection.dialect);
        const lowered = options.version.lowered.pipe(
          tap(() => connection.retire()),
          ignoreElements(),
        );
        return merge(
          lowered,
          of(connection),
          heartbeat(connection, options.heartbeat, wire.now),
          gracefulDisconnect(connection, options.handshakeTimeout),
        );
      }),
    );
    const makeSocket = options.socket ?? tcp;
    const socket = makeSocket(endpoint, {
      connectTimeout: options.connectTimeout,
      encryption,
      onConnected: (remote) => (connection.remote = remote),
      onWritable: (writable) => connection.setWritable(writable),
    });
    const incoming = connection.outgoing.pipe(
      socket,
      tap((bytes) => {
        if (!connection.hasReceived && encryption === undefined) answersInTls(host, bytes);
        connection.bytesArrived(bytes.length);
      }),
      decodeEnvelopes(connection.framing, limits),
    );
    return merge(dispatch(incoming, connection, encryption !== undefined), connection.broken, ready).pipe(
      tap({ error: (error: unknown) => connection.fail(asCqlError(error)) }),
      finalize(() => connection.fail(new ConnectionError(host, `The connection to ${host} was closed.`))),
    );
  });
}

/** Gives each envelope to whoever waits for it; the first that nobody can have asked for ends the connection. */
function dispatch(incoming: Observable<Envelope>, connection: Connection, isEncrypted: boolean): Observable<never> {
  return new Observable((subscriber) => {
    const end = (error: CqlError): void => {
      const { host, remote, hasReceived } = connection;
      subscriber.error(remote !== undefined && !hasReceived ? unanswered(host, error, isEncrypted) : error);
    };
    return incoming.subscribe({
      next: (envelope) => {
        try {
          connection.receive(envelope);
        } catch (error) {
          subscriber.error(error);
        }
      },
      error: (error: unknown) => end(asCqlError(error)),
      complete: () => end(new ConnectionError(connection.host, `${connection.host} closed the connection.`)),
    });
  });
}

function notReady(host: string, milliseconds: number, { isUserAsked }: Progress): CqlError {
  if (isUserAsked) {
    return new AuthenticationError(
      `${host} asks for credentials, for which the option \`auth\` had no answer within ${milliseconds} ms.`,
    );
  }
  const message = `${host} accepted the connection but was not ready within ${milliseconds} ms; is it a CQL server?`;
  return new ConnectionError(host, message, { code: 'ERR_RXCQL_HANDSHAKE_TIMEOUT' });
}

/** What is not an error of ours can only be a mistake of ours: it ends the connection, not the process. */
function asCqlError(error: unknown): CqlError {
  return error instanceof CqlError ? error : new ProtocolError('A response could not be handled.', { cause: error });
}
