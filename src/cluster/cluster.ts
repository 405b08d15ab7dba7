import { Observable, Subscription } from 'rxjs';
import {
  AuthenticationError,
  ConfigurationError,
  NoHostAvailableError,
  ResponseError,
  SessionClosedError,
} from '../errors.js';
import type { Connection } from '../wire/connection.js';
import { type Endpoint, formatEndpoint } from '../wire/socket.js';
import { Pool, type PoolOptions } from './pool.js';

export interface ClusterOptions extends PoolOptions {
  readonly contactPoints: readonly Endpoint[];
  /** How many requests a connection takes at a time. */
  readonly maxRequestsPerConnection: number;
  /** Called when a connection has come or gone. */
  readonly onChange: () => void;
}

/** The nodes of a session: its contact points, each with one connection, used in turn. */
export class Cluster {
  private readonly pools: readonly Pool[];
  private readonly maxRequests: number;
  private readonly onChange: () => void;
  private running: Subscription | undefined;
  private turn = 0;

  constructor(options: ClusterOptions) {
    this.maxRequests = options.maxRequestsPerConnection;
    this.onChange = options.onChange;
    const endpoints = new Map(options.contactPoints.map((endpoint) => [formatEndpoint(endpoint), endpoint]));
    this.pools = [...endpoints.values()].map((endpoint) => new Pool(endpoint, options));
  }

  /** How many nodes there are. */
  get size(): number {
    return this.pools.length;
  }

  /**
   * Connects to all nodes. Completes when the first is ready, after which the others go on connecting; errors when none
   * could be reached, with a cause that they share, or a {@link NoHostAvailableError}. Unsubscribed before, it gives up.
   */
  open(): Observable<never> {
    return new Observable((subscriber) => {
      const running = (this.running = new Subscription());
      let isSettled = false;
      const onChange = (): void => {
        this.onChange();
        if (isSettled) return;
        const isUp = this.pools.some((pool) => pool.connection !== undefined);
        if (!isUp && this.pools.some((pool) => pool.lastError === undefined)) return;
        isSettled = true;
        if (isUp) {
          subscriber.complete();
        } else {
          running.unsubscribe();
          subscriber.error(this.unreachable());
        }
      };
      running.add(() => {
        if (!isSettled) subscriber.error(new SessionClosedError());
      });
      for (const pool of this.pools) {
        pool.lastError = undefined;
        running.add(pool.run(onChange).subscribe());
      }
      return () => {
        if (!isSettled) running.unsubscribe();
      };
    });
  }

  /** Closes all connections and makes no others. What is in flight fails. */
  stop(): void {
    this.running?.unsubscribe();
  }

  /** The connection whose turn it is: undefined if no node can take a request, because it is away or because it is busy. */
  next(): Connection | undefined {
    const { pools, maxRequests } = this;
    for (let i = 0; i < pools.length; i++) {
      const { connection } = pools[this.turn++ % pools.length]!;
      if (connection?.hasRoom === true && connection.inFlight < maxRequests) return connection;
    }
    return undefined;
  }

  /** Whether {@link next} has something to give, or no hope to. */
  get hasRoom(): boolean {
    let isUp = false;
    for (const { connection } of this.pools) {
      if (connection?.isOpen !== true) continue;
      if (connection.hasRoom && connection.inFlight < this.maxRequests) return true;
      isUp = true;
    }
    return !isUp;
  }

  /** All connections there are. */
  get connections(): Connection[] {
    return this.pools.flatMap(({ connection }) => (connection?.isOpen === true ? [connection] : []));
  }

  /** Why no node can be reached, by host. */
  unreachable(): Error {
    const causes = this.pools.map(({ host, error }): [string, Error[]] => [host, error === undefined ? [] : [error]]);
    const [first, ...others] = causes.map(([, [error]]) => error);
    if (
      first !== undefined &&
      isSameEverywhere(first) &&
      others.every((error) => error?.constructor === first.constructor)
    ) {
      return first;
    }
    return new NoHostAvailableError('No node of the cluster could be reached:', new Map(causes));
  }
}

/** Whether asking another node would only bring the same answer: the cause is with the caller. */
function isSameEverywhere(error: Error): boolean {
  return error instanceof AuthenticationError || error instanceof ConfigurationError || error instanceof ResponseError;
}
