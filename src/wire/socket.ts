import { connect as connectTcp } from 'node:net';
import { elementAt, interval, Observable, type OperatorFunction } from 'rxjs';
import { ConnectionError } from '../errors.js';

/**
 * A socket as an operator: what is subscribed to flows out, what comes in is emitted, as it comes. Subscribing connects;
 * unsubscribing destroys. It completes when the other side ends the connection and errors with a {@link ConnectionError}
 * when it breaks or cannot be made.
 */
export type Socket = OperatorFunction<Uint8Array, Uint8Array>;

/** Where a server listens. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface TcpOptions {
  /** How long connecting may take, in milliseconds. */
  readonly connectTimeout: number;
  /** The port to connect from. Default: any that is free. */
  readonly localPort?: number;
  /** Told which address it is that was connected to. */
  readonly onConnected?: (remote: Endpoint) => void;
  /** Told `false` when the other side reads more slowly than we write, `true` when it has caught up. */
  readonly onWritable?: (writable: boolean) => void;
}

/** `host:port`, an IPv6 address in brackets. */
export function formatEndpoint({ host, port }: Endpoint): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** TCP keep-alive finds dead peers where no heartbeat runs; this is when its first probe goes out, in milliseconds. */
const KEEP_ALIVE_DELAY = 30_000;

/** In how many steps the time for connecting is counted: however long the event loop is blocked, that is one of them. */
const CONNECT_STEPS = 10;

/** A TCP connection. A name is resolved at every subscription, and all its addresses are tried. */
export function tcp(endpoint: Endpoint, options: TcpOptions): Socket {
  return (outgoing) =>
    new Observable((subscriber) => {
      const name = formatEndpoint(endpoint);
      const socket = connectTcp({
        ...endpoint,
        ...(options.localPort !== undefined && { localPort: options.localPort }),
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: KEEP_ALIVE_DELAY,
      });
      let connected = false;

      const { connectTimeout } = options;
      const steps = interval(connectTimeout / CONNECT_STEPS).pipe(elementAt(CONNECT_STEPS - 1));
      const timeout = steps.subscribe(() => {
        const message = `Connecting to ${name} took longer than ${connectTimeout} ms.`;
        subscriber.error(new ConnectionError(name, message, { code: 'ERR_RXCQL_CONNECT_TIMEOUT' }));
      });

      socket.on('connect', () => {
        connected = true;
        timeout.unsubscribe();
        const { remoteAddress: host = endpoint.host, remotePort: port = endpoint.port } = socket;
        options.onConnected?.({ host, port });
      });
      socket.on('drain', () => options.onWritable?.(true));
      socket.on('data', (bytes) => subscriber.next(bytes));
      socket.on('end', () => subscriber.complete());
      socket.on('error', (cause) => {
        const what = connected ? `The connection to ${name} broke` : `Cannot connect to ${name}`;
        // The reason need not repeat where.
        const reason = reasonOf(cause).replace(` ${name}`, '');
        subscriber.error(new ConnectionError(name, `${what}: ${reason}.`, { cause }));
      });
      socket.on('close', () => subscriber.complete());

      // Node keeps what is written before the socket is connected.
      const writing = outgoing.subscribe({
        next: (bytes) => {
          if (!socket.write(bytes)) options.onWritable?.(false);
        },
        error: (error: unknown) => subscriber.error(error),
      });

      return () => {
        timeout.unsubscribe();
        writing.unsubscribe();
        // A late error of a socket that nobody listens to must not end the process.
        socket.removeAllListeners();
        socket.on('error', () => undefined);
        socket.destroy();
      };
    });
}

/** Where a name has several addresses, Node reports every attempt in an AggregateError, whose own message is empty. */
function reasonOf(cause: Error): string {
  if (cause instanceof AggregateError) return cause.errors.map((error) => (error as Error).message).join('; ');
  return cause.message;
}

/**
 * Runs `work` at the end of this turn of the event loop, after all that has arrived by now was read. Returns what cancels
 * it. What is asked for in one turn leaves in one write, and a deadline is judged only once a waiting answer had its chance.
 */
export type EndOfTurn = (work: () => void) => () => void;

/** {@link EndOfTurn} on Node's event loop. */
export const endOfTurn: EndOfTurn = (work) => {
  const immediate = setImmediate(work);
  return () => clearImmediate(immediate);
};

/** What time it is, in milliseconds since the process began, whatever becomes of the clock on the wall. */
export const now = (): number => performance.now();
