import { defer, EMPTY, ignoreElements, map, merge, mergeMap, type Observable, of, race, retry } from 'rxjs';
import { Subject, switchMap, tap, timer } from 'rxjs';
import { AuthenticationError, ConfigurationError } from '../errors.js';
import { connect, type ConnectOptions, isVersionError } from '../wire/connect.js';
import { type Connection, ReplacedError } from '../wire/connection.js';
import { type Endpoint, formatEndpoint } from '../wire/socket.js';
import { useKeyspace } from '../wire/use-keyspace.js';
import { delayOf, type ReconnectionPolicy } from './policies/reconnection.js';

export interface PoolOptions extends ConnectOptions {
  readonly reconnection: ReconnectionPolicy;
  readonly connectionsPerNode: number;
  /** The keyspace that names without one are looked up in; it may change. */
  readonly keyspace: () => string | undefined;
}

/** What a pool tells of itself. */
export interface PoolEvents {
  /** Asked of each new connection before it is used; an error refuses it. */
  check(connection: Connection): Observable<unknown>;
  onOpened(connection: Connection): void;
  onClosed(connection: Connection, error: Error | undefined): void;
  /** An attempt to connect has failed: see {@link Pool.lastError}. */
  onFailed(): void;
}

/** How long a connection must hold before the next loss counts as the first. */
const HEALTHY_AFTER = 30_000;

/** What was refused for what we are will hardly be accepted soon; asking often would lock accounts and fill logs. */
const SLOW_RECONNECTION = 30_000;

/** The connections to one node, kept up. */
export class Pool {
  readonly endpoint: Endpoint;
  /** The node, as `host:port`. */
  readonly host: string;
  /** The connections that there are. */
  readonly connections: Connection[] = [];
  /** Why the last attempt to have a connection failed, or the last connection was lost. */
  lastError: Error | undefined;

  private readonly options: PoolOptions;
  private readonly events: PoolEvents;
  private readonly hurry = new Subject<undefined>();
  private readonly wanted = new Subject<undefined>();

  constructor(endpoint: Endpoint, options: PoolOptions, events: PoolEvents) {
    this.endpoint = endpoint;
    this.host = formatEndpoint(endpoint);
    this.options = options;
    this.events = events;
  }

  /** Whether a request can be sent to the node, or could if it was not so busy. */
  get isUp(): boolean {
    for (const connection of this.connections) if (connection.isOpen) return true;
    return false;
  }

  /** Whether nobody knows yet whether the node can be reached. */
  get isUnknown(): boolean {
    return this.connections.length === 0 && this.lastError === undefined;
  }

  /** Why there is no connection that could be used. A loss is known to the connection before it is known here. */
  get error(): Error | undefined {
    return this.connections[0]?.error ?? this.lastError;
  }

  /** The connection with the fewest requests in flight, if it takes one more than it has: at most `maxRequests`. */
  next(maxRequests: number): Connection | undefined {
    let best: Connection | undefined;
    let least = maxRequests;
    for (const connection of this.connections) {
      if (connection.inFlight < least && connection.hasRoom) {
        best = connection;
        least = connection.inFlight;
      }
    }
    return best;
  }

  /** How many requests are in flight to the node. */
  get inFlight(): number {
    let sum = 0;
    for (const connection of this.connections) sum += connection.inFlight;
    return sum;
  }

  /** How many answers the node owes to nobody. */
  get orphaned(): number {
    let sum = 0;
    for (const connection of this.connections) sum += connection.orphaned;
    return sum;
  }

  /** Connects at once if it is waiting to: there is reason to believe that the node is back. */
  reconnect(): void {
    this.hurry.next(undefined);
  }

  /** Looks at once whether the node is still there: there is reason to believe that it is not. */
  probe(): void {
    for (const connection of this.connections) connection.probes.next(undefined);
  }

  /** Connects, and connects again whenever a connection is lost or retires, while it is subscribed to. Never ends. */
  run(): Observable<never> {
    return defer(() => {
      const places = this.wanted.pipe(mergeMap(() => this.place()));
      const first = defer(() => {
        for (let i = 0; i < this.options.connectionsPerNode; i++) this.wanted.next(undefined);
        return EMPTY;
      });
      return merge(places, first);
    });
  }

  /** One connection after another; ends with one that has retired, when its successor has been asked for. */
  private place(): Observable<never> {
    const { options, events } = this;
    let failures = 0;
    let current: Connection | undefined;
    let isRetired = false;
    const retire = (connection: Connection): void => {
      isRetired = true;
      this.remove(connection, undefined);
      this.wanted.next(undefined);
    };
    return defer(() => connect(this.endpoint, options)).pipe(
      switchMap((connection) => events.check(connection).pipe(map(() => connection))),
      // Last, so that no USE can come between this and the connection's being one of those that are told of it.
      switchMap((connection) => useKeyspace(connection, options.keyspace)),
      switchMap((connection) =>
        merge(
          of(connection),
          timer(HEALTHY_AFTER).pipe(
            tap(() => (failures = 0)),
            ignoreElements(),
          ),
          connection.retired.pipe(
            tap(() => retire(connection)),
            ignoreElements(),
          ),
        ),
      ),
      tap({
        next: (connection) => {
          current = connection;
          this.connections.push(connection);
          this.lastError = undefined;
          events.onOpened(connection);
        },
        error: (error: Error) => {
          if (isRetired || error instanceof ReplacedError) return;
          this.lastError = error;
          if (current === undefined) events.onFailed();
          else this.remove(current, error);
          current = undefined;
        },
        unsubscribe: () => {
          if (current !== undefined) this.remove(current, undefined);
        },
      }),
      retry({
        delay: (error) => {
          if (isRetired) return EMPTY;
          // One that has retired before it was used is nobody's loss.
          return error instanceof ReplacedError ? of(undefined) : this.pause(error, failures++);
        },
      }),
      ignoreElements(),
    );
  }

  private remove(connection: Connection, error: Error | undefined): void {
    const at = this.connections.indexOf(connection);
    if (at < 0) return;
    this.connections.splice(at, 1);
    this.events.onClosed(connection, error);
  }

  private pause(error: unknown, failures: number): Observable<unknown> {
    const delay = delayOf(this.options.reconnection, failures);
    const isRefusal =
      error instanceof AuthenticationError || error instanceof ConfigurationError || isVersionError(error as Error);
    return race(timer(isRefusal ? Math.max(delay, SLOW_RECONNECTION) : delay), this.hurry);
  }
}
