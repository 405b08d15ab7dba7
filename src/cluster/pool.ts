import { defer, EMPTY, exhaustMap, ignoreElements, map, merge, mergeMap, type Observable, of, race } from 'rxjs';
import { retry, Subject, switchMap, tap, throwIfEmpty, timer } from 'rxjs';
import { connect, type ConnectOptions } from '../wire/connect.js';
import { type Connection, ReplacedError } from '../wire/connection.js';
import { type Endpoint, formatEndpoint } from '../wire/socket.js';
import { useKeyspace } from '../wire/use-keyspace.js';
import type { PlanContext } from './policies/load-balancing.js';
import type { ReconnectionPolicy } from './policies/reconnection.js';
import { reconnectDelay } from './reconnect-delay.js';
import { shardingOf } from './sharding.js';
import { Shards } from './shards.js';

export interface PoolOptions extends ConnectOptions {
  readonly reconnection: ReconnectionPolicy;
  /** For nodes without shards; one for each shard otherwise. */
  readonly connectionsPerNode: number;
  /** From 0 to 1. */
  readonly random: () => number;
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

/** When connections to shards that could not be had are asked for again. */
const NEXT_ROUND = 300_000;

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
  private readonly gaveUp = new Subject<undefined>();
  /** How many connections are there, or being made. */
  private places = 0;
  /** Undefined for a node that has none, or was not connected to. */
  private shards: Shards | undefined;

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

  /**
   * The connection to the shard of the request's partition, or the one with the fewest requests in flight, if it takes one more
   * than it has: at most `maxRequests`.
   */
  next(maxRequests: number, request?: PlanContext): Connection | undefined {
    if (this.shards !== undefined && request?.token !== undefined) {
      const own = this.shards.of(request.token);
      if (own !== undefined && own.inFlight < maxRequests && own.hasRoom) return own;
    }
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
      const nextRounds = this.gaveUp.pipe(
        exhaustMap(() => timer(NEXT_ROUND)),
        tap(() => {
          this.shards?.beginRound();
          this.fill();
        }),
        ignoreElements(),
      );
      return merge(
        places,
        nextRounds,
        defer(() => (this.fill(), EMPTY)),
      );
    });
  }

  /** Has as many places as there are to be. */
  private fill(): void {
    if (this.shards?.isExhausted === true) return;
    while (this.places < (this.shards?.count ?? this.options.connectionsPerNode)) {
      this.places++;
      this.wanted.next(undefined);
    }
  }

  /** One connection after another; ends with one that has retired, when its successor has been asked for, or is one too many. */
  private place(): Observable<never> {
    const { options, events } = this;
    let failures = 0;
    let current: Connection | undefined;
    let isOver = false;
    const retire = (connection: Connection): void => {
      isOver = true;
      this.remove(connection, undefined);
      this.wanted.next(undefined);
    };
    const keep = (connection: Connection): Observable<Connection> =>
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
      );
    return defer(() => this.connect()).pipe(
      switchMap((connection) => {
        if (this.isWelcome(connection)) return keep(connection);
        isOver = true;
        return this.hold(connection);
      }),
      tap({
        next: (connection) => {
          current = connection;
          this.connections.push(connection);
          this.lastError = undefined;
          events.onOpened(connection);
          this.fill();
        },
        error: (error: Error) => {
          if (isOver || error instanceof ReplacedError) return;
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
          if (isOver) return EMPTY;
          // One is enough to find out when the node is back; the others come after it.
          if (this.shards !== undefined && this.connections.length === 0 && this.places > 1) {
            this.places--;
            return EMPTY;
          }
          // One that has retired before it was used is nobody's loss.
          return error instanceof ReplacedError
            ? of(undefined)
            : race(timer(reconnectDelay(options.reconnection, error, failures++)), this.hurry);
        },
      }),
      ignoreElements(),
    );
  }

  /** A connection that is checked and in the keyspace. */
  private connect(): Observable<Connection> {
    const { options, events, shards } = this;
    const attempt = (asked: ConnectOptions): Observable<Connection> =>
      connect(this.endpoint, asked).pipe(
        switchMap((connection) => events.check(connection).pipe(map(() => connection))),
        // Last, so that no USE can come between this and the connection's being one of those that are told of it.
        switchMap((connection) => useKeyspace(connection, options.keyspace)),
      );
    return shards === undefined ? attempt(options) : shards.connect(attempt, options, options.random);
  }

  /** Takes in what a connection says of shards; whether its own had none yet, or there are no shards. */
  private isWelcome(connection: Connection): boolean {
    const sharding = shardingOf(connection.supported, this.options.encryption !== undefined);
    if (sharding === undefined) return true;
    if (this.shards?.isAs(sharding) !== true) {
      this.shards?.settle();
      this.shards = new Shards(sharding);
    }
    return this.shards.add(connection, sharding.shard);
  }

  /** Has others made than a connection that is not needed where it has landed, which errors when it is not needed at all. */
  private hold({ host }: Connection): Observable<never> {
    this.places--;
    this.fill();
    if (this.shards?.isExhausted === true) this.gaveUp.next(undefined);
    return this.shards!.hold().pipe(throwIfEmpty(() => new ReplacedError(host)));
  }

  private remove(connection: Connection, error: Error | undefined): void {
    const at = this.connections.indexOf(connection);
    if (at < 0) return;
    this.connections.splice(at, 1);
    this.shards?.remove(connection);
    this.events.onClosed(connection, error);
  }
}
