import {
  catchError,
  defer,
  EMPTY,
  finalize,
  ignoreElements,
  type Observable,
  Subject,
  take,
  tap,
  throwError,
} from 'rxjs';
import { ConnectionError } from '../errors.js';
import type { ConnectOptions } from '../wire/connect.js';
import { type Connection, ReplacedError } from '../wire/connection.js';
import { throughShardPort } from '../wire/shard-port.js';
import { type Sharding, shardingOf, shardOf } from './sharding.js';

/** How long a port that does not lead to the shard that was asked for is not asked again, in milliseconds. */
const BLOCKED_FOR = 300_000;

/** How many connections that nobody needs are made in one round, for each shard. */
const EXCESS_PER_SHARD = 3;

/** Makes a connection that could be used. */
export type Attempt = (options: ConnectOptions) => Observable<Connection>;

/**
 * The shards of a node, which connection leads to which, and how to come by those that are missing.
 *
 * The shard-aware port leads to the shard that the client's own port says, unless something between the two changes that port
 * (NAT). Any other port leads to any shard: connections are then made until each has one. What lands where there is one already is
 * held until then, since the node may prefer the shard that has the fewest.
 */
export class Shards {
  private readonly sharding: Sharding;
  private readonly connections: (Connection | undefined)[];
  private readonly settled = new Subject<undefined>();
  /** Those that are being connected to. */
  private readonly sought = new Set<number>();
  private blockedUntil = -Infinity;
  private excess = 0;

  constructor(sharding: Sharding) {
    this.sharding = sharding;
    this.connections = new Array<Connection | undefined>(sharding.count).fill(undefined);
  }

  get count(): number {
    return this.sharding.count;
  }

  /** Whether this round has made so many connections in vain that it has to do with what there is. */
  get isExhausted(): boolean {
    return this.excess >= EXCESS_PER_SHARD * this.count;
  }

  /** Whether what a node says now is what it has said before. */
  isAs({ count, ignoredBits, port }: Sharding): boolean {
    const { sharding } = this;
    return sharding.count === count && sharding.ignoredBits === ignoredBits && sharding.port === port;
  }

  /** The connection to the shard of a token, if there is one. */
  of(token: bigint): Connection | undefined {
    return this.connections[shardOf(token, this.sharding)];
  }

  /** Completes when a connection that is held for nothing but where it has landed is not needed any more. */
  hold(): Observable<never> {
    if (this.isExhausted || !this.connections.includes(undefined)) return EMPTY;
    return this.settled.pipe(take(1), ignoreElements());
  }

  /** Ends the holding of all that are held. */
  settle(): void {
    this.settled.next(undefined);
  }

  /** Takes a connection; false if its shard has one. */
  add(connection: Connection, shard: number): boolean {
    if (this.connections[shard] !== undefined) {
      this.excess++;
      if (this.isExhausted) this.settle();
      return false;
    }
    this.connections[shard] = connection;
    const { length } = this.connections.filter((known) => known !== undefined);
    // The node is back, or has all: what it took to get there does not count any more.
    if (length === 1 || length === this.count) this.beginRound();
    if (length === this.count) this.settle();
    return true;
  }

  remove(connection: Connection): void {
    const shard = this.connections.indexOf(connection);
    if (shard >= 0) this.connections[shard] = undefined;
  }

  beginRound(): void {
    this.excess = 0;
  }

  /** Connects to a shard that has no connection if there is a way to ask for it, and to any otherwise. */
  connect(attempt: Attempt, options: ConnectOptions, random: () => number): Observable<Connection> {
    return defer(() => {
      const { count, port } = this.sharding;
      const shard = this.connections.findIndex((known, i) => known === undefined && !this.sought.has(i));
      const { now } = options.wire;
      if (port === undefined || shard < 0 || now() < this.blockedUntil) return attempt(options);
      const block = (): void => void (this.blockedUntil = now() + BLOCKED_FOR);
      let isSought = true;
      const found = (): void => {
        if (isSought) this.sought.delete(shard);
        isSought = false;
      };
      this.sought.add(shard);
      return throughShardPort(attempt, options, { port, shard, count }, random).pipe(
        tap((connection) => {
          found();
          if (shardingOf(connection.supported, options.encryption !== undefined)?.shard !== shard) block();
        }),
        catchError((error: unknown) => {
          // A connection that there was is no reason to doubt the port.
          const isLost = !isSought;
          found();
          if (isLost || !(error instanceof ConnectionError) || error instanceof ReplacedError) {
            return throwError(() => error);
          }
          // The whole node may be away; only if it is not, it is this port that nobody gets to.
          return attempt(options).pipe(tap(block));
        }),
        finalize(found),
      );
    });
  }
}
