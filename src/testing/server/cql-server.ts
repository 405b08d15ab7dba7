import { defer, map, merge, Observable, of, retry, switchMap, throwError } from 'rxjs';
import { type Checks, checkOptions, text, unknownName, wholeNumber } from '../../check.js';
import { ConfigurationError } from '../../errors.js';
import { PortInUseError } from '../cassandra/errors.js';
import type { Rule } from './rule.js';
import { checkRules, RuleServer, type ServerHandle } from './rule-server.js';
import { isNamed, nameOf } from './server-node.js';
import { SERVER_CHECKS, type ServerOptions, serverSettings } from './server-options.js';
import { type Listener, listen } from './tcp-listener.js';

/** What a server on TCP is. */
export interface CqlServerOptions extends ServerOptions {
  /** The address on which it listens. Default: that of the first of its `nodes`, or `'127.0.0.1'`. */
  readonly host?: string;
  /** Default: 0, any that is free. */
  readonly port?: number;
}

/** A server that listens, for as long as the Observable of {@link cqlServer} is subscribed to. */
export interface CqlServer extends ServerHandle {
  readonly host: string;
  readonly port: number;
  /** Where to find it, as `host:port`. */
  readonly contactPoint: string;
  /** The same of all nodes that it plays. */
  readonly contactPoints: readonly string[];
  /**
   * A node is gone: its connections break, and others are refused. Cold; completes when it is so. What it has prepared it
   * still knows when it is started again: see `forgetStatements()`. Errors with a `ConfigurationError` if it is none of the
   * nodes on which the server listens.
   *
   * @param address Its address, with the port or without. Default: all nodes.
   */
  stop(address?: string): Observable<void>;
  /** A node that was stopped takes connections again, on the same port, or without an address all do. As `stop()`. */
  start(address?: string): Observable<void>;
}

const CHECKS: Checks<CqlServerOptions> = { ...SERVER_CHECKS, host: text, port: wholeNumber(0, 0xffff) };

/** How often other ports are tried, if one that was free for the first node is not for another. */
const MAX_RETRIES = 20;

/**
 * A CQL server that does what a test wants, on a loopback port, for this driver and for those of others. It speaks v4 and v5,
 * also compressed, has the system tables that drivers read, prepares whatever it is asked to, and otherwise answers by rules.
 *
 * The Observable is cold and a resource: it emits once, when the server listens, and does not complete; unsubscribing
 * breaks all connections and frees the port. Subscribing again makes another server, whose rules count from the beginning.
 *
 * @param rules What it does with requests; the first that fits counts, and without one it answers as an empty Cassandra would.
 * @returns It errors with a `ConfigurationError` if an option or a rule is wrong, or the address is none of this machine's,
 * and with a {@link PortInUseError} if somebody else listens there.
 *
 * @example
 * ```ts
 * const rules = [when(cql('SELECT name FROM users')).reply(rows({ name: 'text' }, [['Ada'], ['Grace']]))];
 * cqlServer(rules)
 *   .pipe(
 *     switchMap(({ contactPoint }) => connect({ contactPoints: [contactPoint] })),
 *     switchMap((session) => session.query('SELECT name FROM users')),
 *     take(1),
 *   )
 *   .subscribe((page) => console.log([...page]));
 * ```
 */
export function cqlServer(rules: readonly Rule[] = [], options: CqlServerOptions = {}): Observable<CqlServer> {
  return defer(() => {
    checkRules(rules);
    checkOptions(options, CHECKS, 'options of cqlServer()');
    const { host = options.nodes?.[0]?.host ?? '127.0.0.1', port = 0, ...rest } = options;
    const { nodes } = serverSettings(rest, host, port);
    return nodes
      .filter(({ listens }) => listens)
      .reduce<Observable<readonly Listener[]>>(
        (others, node) =>
          others.pipe(
            switchMap((listeners) =>
              // The port that the first one got is that of all: system.peers knows no other.
              listen(node.host, node.port === 0 ? (listeners[0]?.port ?? 0) : node.port).pipe(
                map((listener) => [...listeners, listener]),
              ),
            ),
          ),
        of([]),
      )
      .pipe(
        retry({
          count: MAX_RETRIES,
          delay: (reason: unknown) =>
            port === 0 && reason instanceof PortInUseError ? of(0) : throwError(() => reason),
        }),
        switchMap((listeners) => serve(rules, rest, host, listeners)),
      );
  });
}

function serve(
  rules: readonly Rule[],
  options: ServerOptions,
  host: string,
  listeners: readonly Listener[],
): Observable<CqlServer> {
  return new Observable((subscriber) => {
    const port = listeners[0]!.port;
    const server = new RuleServer(rules, serverSettings(options, host, port));
    subscriber.add(() => server.stop());
    for (const listener of listeners) {
      const name = nameOf(listener);
      subscriber.add(listener.sockets.subscribe((socket) => socket.attach(server.accept(name, socket.transport))));
    }
    const contactPoints = listeners.map(nameOf);
    const named = (address: string | undefined): readonly Listener[] => {
      const found = listeners.filter((one) => address === undefined || isNamed(nameOf(one), address));
      if (found.length > 0) return found;
      throw new ConfigurationError(
        unknownName(`The server does not listen as a node ${JSON.stringify(address)}.`, address!, contactPoints),
      );
    };
    subscriber.next({
      host,
      port,
      contactPoint: contactPoints[0]!,
      contactPoints,
      requests: server.requests,
      get connections() {
        return server.connections;
      },
      get accepted() {
        return server.accepted;
      },
      push: (event) => server.push(event),
      disconnect: (which, how) => server.disconnect(which, how),
      forgetStatements: () => server.forgetStatements(),
      stop: (address) => defer(() => merge(...named(address).map((listener) => listener.stop()))),
      start: (address) => defer(() => merge(...named(address).map((listener) => listener.start()))),
    });
  });
}
