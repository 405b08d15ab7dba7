import { asapScheduler, Observable, observeOn, Subject } from 'rxjs';
import { ConnectionError } from '../../errors.js';
import type { Socket } from '../../wire/socket.js';
import type { Rule } from './rule.js';
import { RuleServer, type ServerHandle } from './rule-server.js';
import { nameOf } from './server-node.js';
import { type ServerOptions, serverSettings } from './server-options.js';

/** A server without a network: an operator, which is what the driver takes for a socket. Each subscription is a connection. */
export type FakeServer = Socket & ServerHandle;

/** The address that a server without a network has, if nobody gives it one. */
const HOST = '127.0.0.1';
const PORT = 9042;

/**
 * The server of `cqlServer()` as an operator on bytes: what a client sends flows in, what the server says comes out. All
 * its time is that of RxJS schedulers: in `TestScheduler.run` a diagram shows when it says what, and nothing waits.
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
  const node = nameOf(settings.nodes[0]!);
  const socket: Socket = (outgoing) =>
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
  return Object.defineProperties(socket as FakeServer, {
    requests: { value: server.requests },
    connections: { get: () => server.connections },
    accepted: { get: () => server.accepted },
    push: { value: server.push.bind(server) },
    disconnect: { value: server.disconnect.bind(server) },
    forgetStatements: { value: server.forgetStatements.bind(server) },
  });
}
