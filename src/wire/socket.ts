import { connect as connectTcp, type OnReadOpts, type Socket as NetSocket } from 'node:net';
import { elementAt, interval, Observable, type OperatorFunction } from 'rxjs';
import { ConnectionError } from '../errors.js';
import { ReadBuffer } from './read-buffer.js';

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
  /** What it was looked for under, where `host` is the address that this led to. */
  readonly name?: string;
  /** The node that it is to be, where that is known: for who has to say what the certificate of a node names. */
  readonly node?: unknown;
  /** What is connected to in its place, and passes on to `host`, which it is told as the server name of TLS. */
  readonly proxy?: { readonly host: string; readonly port: number };
}

/** What encrypts sockets. */
export interface Encryption {
  /** What it takes to encrypt one that leads to `endpoint`. Emits once. */
  prepare(endpoint: Endpoint): Observable<Encrypting>;
}

/** What encrypts one socket. */
export interface Encrypting {
  /**
   * Begins with a socket that is connected. What it returns emits `secureConnect` when it is known who the other side is.
   *
   * @throws ConfigurationError for options that Node does not take.
   */
  begin(raw: NetSocket): NetSocket;
  /** What is wrong, where it is something about the encryption. */
  explain(cause: Error): ConnectionError | undefined;
}

export interface TcpOptions {
  /** How long connecting may take, encryption included, in milliseconds. */
  readonly connectTimeout: number;
  /** Default: none. */
  readonly encryption?: Encryption | undefined;
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

/** A TCP connection, encrypted if that is asked for. A name is resolved at every subscription, and all its addresses are tried. */
export function tcp(endpoint: Endpoint, options: TcpOptions): Socket {
  return (outgoing) =>
    new Observable((subscriber) => {
      const { connectTimeout, encryption } = options;
      const name = formatEndpoint(endpoint);
      const sockets: NetSocket[] = [];
      let isOpen = false;
      let late = `Connecting to ${name} took longer than ${connectTimeout} ms.`;
      let explain: Encrypting['explain'] = () => undefined;

      const steps = interval(connectTimeout / CONNECT_STEPS).pipe(elementAt(CONNECT_STEPS - 1));
      const timeout = steps.subscribe(() => {
        subscriber.error(new ConnectionError(name, late, { code: 'ERR_RXCQL_CONNECT_TIMEOUT' }));
      });

      const complete = (): void => subscriber.complete();
      const fail = (cause: Error): void => {
        const what = isOpen ? `The connection to ${name} broke` : `Cannot connect to ${name}`;
        // The reason need not repeat where.
        const reason = reasonOf(cause).replace(` ${name}`, '');
        subscriber.error(explain(cause) ?? new ConnectionError(name, `${what}: ${reason}.`, { cause }));
      };
      const connecting = (onread?: OnReadOpts): NetSocket => {
        const { host, port } = endpoint.proxy ?? endpoint;
        const raw = connectTcp({
          host,
          port,
          ...(options.localPort !== undefined && { localPort: options.localPort }),
          noDelay: true,
          keepAlive: true,
          keepAliveInitialDelay: KEEP_ALIVE_DELAY,
          ...(onread !== undefined && { onread }),
        });
        sockets.push(raw);
        return raw.on('error', fail).on('close', complete);
      };
      const opened = (raw: NetSocket): void => {
        isOpen = true;
        timeout.unsubscribe();
        const { remoteAddress: host = endpoint.host, remotePort: port = endpoint.port } = raw;
        options.onConnected?.({ host, port });
      };

      /** What is written to. Undefined until it is known that the socket leads to whom it should, where that is asked for. */
      let target: NetSocket | undefined;
      const waiting: Uint8Array[] = [];
      const use = (socket: NetSocket): void => {
        target = socket;
        socket.on('drain', () => options.onWritable?.(true));
        socket.on('end', complete);
        for (const bytes of waiting.splice(0)) socket.write(bytes);
      };

      const encrypt = (raw: NetSocket, encrypting: Encrypting): void => {
        late = `${name} took the connection, but TLS was not agreed on within ${connectTimeout} ms: does it speak TLS?`;
        explain = (cause) => encrypting.explain(cause);
        // What becomes of the one below is told by the one above, which knows more.
        raw.off('error', fail).off('close', complete).on('error', ignore);
        let secure: NetSocket;
        try {
          secure = encrypting.begin(raw);
        } catch (cause) {
          subscriber.error(cause);
          return;
        }
        sockets.push(secure);
        secure.on('error', fail).on('close', complete);
        secure.on('secureConnect', () => {
          if (secure.destroyed) return;
          opened(raw);
          // Where TLS stands between, Node does not take memory to read into.
          secure.on('data', (bytes) => subscriber.next(bytes));
          use(secure);
        });
      };

      if (encryption === undefined) {
        const memory = new ReadBuffer();
        const callback = (count: number): boolean => {
          subscriber.next(memory.take(count));
          return true;
        };
        const raw = connecting({ buffer: () => memory.room(), callback });
        raw.on('connect', () => opened(raw));
        // Node keeps what is written before the socket is connected.
        use(raw);
      } else {
        const inTime = late;
        late = `The function of the option \`tls\` had no answer within ${connectTimeout} ms: ${name} was not connected to.`;
        const preparing = encryption.prepare(endpoint).subscribe({
          next: (encrypting) => {
            late = inTime;
            const raw = connecting();
            raw.on('connect', () => encrypt(raw, encrypting));
          },
          error: (error: unknown) => subscriber.error(error),
        });
        subscriber.add(preparing);
      }

      const writing = outgoing.subscribe({
        next: (bytes) => {
          if (target === undefined) waiting.push(bytes);
          else if (!target.write(bytes)) options.onWritable?.(false);
        },
        error: (error: unknown) => subscriber.error(error),
      });

      return () => {
        timeout.unsubscribe();
        writing.unsubscribe();
        // A late error of a socket that nobody listens to must not end the process.
        for (const socket of sockets) socket.removeAllListeners().on('error', ignore);
        for (const socket of sockets.reverse()) socket.destroy();
      };
    });
}

const ignore = (): void => undefined;

/**
 * Where a name has several addresses, Node reports every attempt in an AggregateError, whose own message is empty. OpenSSL's messages have
 * the number of a thread and a line of its sources.
 */
export function reasonOf(cause: Error): string {
  if (cause instanceof AggregateError) return cause.errors.map((error) => (error as Error).message).join('; ');
  const { reason } = cause as { readonly reason?: unknown };
  return typeof reason === 'string' ? reason : cause.message;
}

/**
 * Runs `work` at the end of this turn of the event loop, after all that has arrived by now was read. Returns what cancels
 * it. What little is asked for in one turn leaves in one write, and a deadline is judged only once a waiting answer had its chance.
 */
export type EndOfTurn = (work: () => void) => () => void;

/** {@link EndOfTurn} on Node's event loop. */
export const endOfTurn: EndOfTurn = (work) => {
  const immediate = setImmediate(work);
  return () => clearImmediate(immediate);
};

/** What time it is, in milliseconds since the process began, whatever becomes of the clock on the wall. */
export const now = (): number => performance.now();
