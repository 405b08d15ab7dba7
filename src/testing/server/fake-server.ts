import { asapScheduler, Observable, observeOn, Subject, throwError } from 'rxjs';
import { ConfigurationError, ConnectionError } from '../../errors.js';
import type { Socket } from '../../wire/socket.js';
import type { Rule } from './rule.js';
import { RuleServer, type ServerHandle } from './rule-server.js';
import { isNamed, nameOf } from './server-node.js';
import { type ServerOptions, serverSettings } from './server-options.js';

/**
 * A server without a network: an operator, which is what the driver takes for a socket. Each subscription is a connection, to the
 * first of its nodes.
 */
export interface FakeServer extends Socket, ServerHandle {
  /** The address of its first node, as `host:port`. */
  readonly contactPoint: string;
  /** The same of all nodes that it plays. */
  readonly contactPoints: readonly string[];
  /** The address of each node that is connected to, when somebody tries to: whether it takes the connection or not. Hot. */
  readonly attempts: Observable<string>;
  /** The operator that connects to the node at an address, `host:port`. Where there is none, it errors as if nobody listened. */
  at(address: string): Socket;
  /**
   * A node is gone, or without an address all of them are: its connections break, and whoever connects is refused, until it is
   * started again. What it has prepared it still knows then: see `forgetStatements()`.
   *
   * @throws ConfigurationError if it is none of its nodes.
   */
  stop(address?: string): void;
  /** A node that was stopped takes connections again, or without an address all do. @throws ConfigurationError as `stop()` does. */
  start(address?: string): void;
}

/** The address that a server without a network has, if nobody gives it one. */
const HOST = '127.0.0.1';
const PORT = 9042;

/**
 * The server of `cqlServer()` as an operator on bytes: what a client sends flows in, what the server says comes out. All
 * its time is that of RxJS schedulers: in `TestScheduler.run` a diagram shows when it says what, and nothing waits.
 * `sessionOf()` makes a session that has its nodes.
 *
 * An answer comes in a later turn than its request, in the same millisecond, as from a socket. The connection completes
 * when the server ends it, and errors with a `ConnectionError` when it resets it.
 *
 * @param rules What it does with requests; the first that fits counts. Counts of rules are those of this server, for all its
 * connections.
 * @throws ConfigurationError for options that there are not.
 *
 * @example
 * ```ts
 * const server = fakeServer([when(opcode('OPTIONS').and(times(1).not())).drop()]);
 * const received = requests.pipe(server);
 * ```
 */
export function fakeServer(rules: readonly Rule[] = [], options: ServerOptions = {}): FakeServer {
  const settings = serverSettings(options, HOST, PORT);
  const server = new RuleServer(rules, settings);
  const names = settings.nodes.map(nameOf);
  const attempts = new Subject<string>();
  const listening = new Set(settings.nodes.filter(({ listens }) => listens).map(nameOf));
  const named = (address: string | undefined): readonly string[] => {
    const found = address === undefined ? names : names.filter((name) => isNamed(name, address));
    if (found.length === 0)
      throw new ConfigurationError(`The server has no node ${address!}, only ${names.join(', ')}.`);
    return found;
  };
  const at = (name: string): Socket => {
    const connected = connectTo(name, server);
    return (outgoing) =>
      new Observable((subscriber) => {
        attempts.next(name);
        const incoming = listening.has(name) ? connected(outgoing) : refused(name);
        return incoming.subscribe(subscriber);
      });
  };
  return Object.defineProperties(at(names[0]!) as FakeServer, {
    contactPoint: { value: names[0] },
    contactPoints: { value: names },
    attempts: { value: attempts.asObservable() },
    requests: { value: server.requests },
    connections: { get: () => server.connections },
    accepted: { get: () => server.accepted },
    at: { value: at },
    stop: {
      value: (address?: string) => {
        for (const name of named(address)) {
          listening.delete(name);
          server.disconnect(name, 'reset');
        }
      },
    },
    start: { value: (address?: string) => named(address).forEach((name) => listening.add(name)) },
    push: { value: server.push.bind(server) },
    disconnect: { value: server.disconnect.bind(server) },
    forgetStatements: { value: server.forgetStatements.bind(server) },
  });
}

function connectTo(node: string, server: RuleServer): Socket {
  return (outgoing) =>
    new Observable((subscriber) => {
      const incoming = new Subject<Uint8Array>();
      const connection = server.accept(node, {
        write: (bytes) => incoming.next(bytes),
        end: () => incoming.complete(),
        reset: () => incoming.error(new ConnectionError(node, `The connection to ${node} broke: read ECONNRESET.`)),
        stopReading: () => undefined,
      });
      subscriber.add(() => connection.close());
      subscriber.add(incoming.pipe(observeOn(asapScheduler)).subscribe(subscriber));
      subscriber.add(
        outgoing.subscribe({
          next: (bytes) => connection.receive(bytes),
          error: (reason: unknown) => subscriber.error(reason),
          complete: () => connection.close(),
        }),
      );
    });
}

/** In a later turn, as everything that a socket says. */
function refused(node: string): Observable<never> {
  const message = `Cannot connect to ${node}: connect ECONNREFUSED.`;
  return throwError(() => new ConnectionError(node, message)).pipe(observeOn(asapScheduler));
}
