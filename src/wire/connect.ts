import { catchError, defer, finalize, map, merge, Observable, of, race, switchMap, tap, throwError } from 'rxjs';
import type { Envelope, ProtocolVersion } from '../codec/envelope.js';
import { ConnectionError, CqlError, ProtocolError, ResponseError } from '../errors.js';
import { Connection, type Wire } from './connection.js';
import { decodeEnvelopes, SegmentsMissingError } from './framing.js';
import { handshake, type HandshakeOptions } from './handshake.js';
import { heartbeat, type HeartbeatOptions } from './heartbeat.js';
import { type Endpoint, formatEndpoint, type Socket, tcp, type TcpOptions } from './socket.js';

/** How a connection is made and kept. Times are milliseconds. */
export interface ConnectOptions extends HandshakeOptions {
  /** The only version to speak; both are tried if there is none, the newer first. */
  readonly protocolVersion?: ProtocolVersion | undefined;
  readonly connectTimeout: number;
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
 * Protocol v5 is tried first; a server that refuses it, or cannot do what it agreed on, is asked again in v4, on a new socket,
 * unless a version is forced.
 */
export function connect(endpoint: Endpoint, options: ConnectOptions): Observable<Connection> {
  const { protocolVersion } = options;
  if (protocolVersion !== undefined) return connectWith(protocolVersion, endpoint, options);
  return connectWith(5, endpoint, options).pipe(
    catchError((error: unknown) =>
      isVersionRefusal(error) || error instanceof SegmentsMissingError
        ? connectWith(4, endpoint, options)
        : throwError(() => error),
    ),
  );
}

/** A server that does not speak our version says so in words only: codes and stream ids differ between servers. */
function isVersionRefusal(error: unknown): boolean {
  return (
    error instanceof ResponseError &&
    (error.kind === 'ProtocolError' || error.kind === 'ServerError') &&
    /invalid or unsupported protocol version|beta version of the protocol used/i.test(error.message)
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
    const { handshakeTimeout, wire } = options;
    // In ticks: answers that have come while the event loop was blocked have not come too late.
    const tooLate = wire.deadlines.timer(handshakeTimeout).pipe(
      map(() => {
        throw notReady(host, handshakeTimeout);
      }),
    );
    const ready = race(tooLate, handshake(connection, options)).pipe(
      tap(() => (limits.maxBodyLength = MAX_BODY_LENGTH)),
      switchMap(() => merge(of(connection), heartbeat(connection, options.heartbeat))),
    );
    const makeSocket = options.socket ?? tcp;
    const socket = makeSocket(endpoint, {
      connectTimeout: options.connectTimeout,
      onConnected: (remote) => (connection.remote = remote),
      onWritable: (writable) => connection.setWritable(writable),
    });
    const incoming = connection.outgoing.pipe(
      socket,
      tap(() => connection.bytesArrived()),
      decodeEnvelopes(connection.framing, limits),
    );
    return merge(dispatch(incoming, connection), connection.broken, ready).pipe(
      tap({ error: (error: unknown) => connection.fail(asCqlError(error)) }),
      finalize(() => connection.fail(new ConnectionError(host, `The connection to ${host} was closed.`))),
    );
  });
}

/** Gives each envelope to whoever waits for it; the first that nobody can have asked for ends the connection. */
function dispatch(incoming: Observable<Envelope>, connection: Connection): Observable<never> {
  return new Observable((subscriber) =>
    incoming.subscribe({
      next: (envelope) => {
        try {
          connection.receive(envelope);
        } catch (error) {
          subscriber.error(error);
        }
      },
      error: (error: unknown) => subscriber.error(asCqlError(error)),
      complete: () =>
        subscriber.error(new ConnectionError(connection.host, `${connection.host} closed the connection.`)),
    }),
  );
}

function notReady(host: string, milliseconds: number): ConnectionError {
  const message = `${host} accepted the connection but was not ready within ${milliseconds} ms; is it a CQL server?`;
  return new ConnectionError(host, message, { code: 'ERR_RXCQL_HANDSHAKE_TIMEOUT' });
}

/** What is not an error of ours can only be a mistake of ours: it ends the connection, not the process. */
function asCqlError(error: unknown): CqlError {
  return error instanceof CqlError ? error : new ProtocolError('A response could not be handled.', { cause: error });
}
