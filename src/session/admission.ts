import { type Observable, of, race, Subject, take, timer } from 'rxjs';
import { ThrottleError } from '../errors.js';

/** A request that waits for a place on a connection. */
export interface Waiting {
  /** A place may have become free. */
  proceed(): void;
}

/** Counts the requests of a session, lets those wait for which there is no place, and knows when all are done. */
export class Admission {
  private readonly maxQueue: number;
  private readonly queue = new Set<Waiting>();
  private readonly emptied = new Subject<undefined>();
  private active = 0;
  private closedError: (() => Error) | undefined;

  /** @param maxQueue How many requests may wait. */
  constructor(maxQueue: number) {
    this.maxQueue = maxQueue;
  }

  /** Begins a request. @throws SessionClosedError once the session is closed or closing. */
  enter(): void {
    if (this.closedError !== undefined) throw this.closedError();
    this.active++;
  }

  /** Ends a request that {@link enter} has begun: the one that waits longest is next. */
  leave(): void {
    this.active--;
    if (this.active === 0) this.emptied.next(undefined);
    if (this.queue.size === 0) return;
    const [next] = this.queue;
    this.queue.delete(next!);
    next!.proceed();
  }

  /** Has a request wait, behind those that do. @throws ThrottleError if too many do. */
  wait(request: Waiting): void {
    if (this.queue.size >= this.maxQueue) {
      throw new ThrottleError(
        `All connections are full and ${this.maxQueue} requests wait already: limit the concurrency, or raise "maxQueue".`,
      );
    }
    this.queue.add(request);
  }

  /** Takes a request out that waits no longer. */
  unwait(request: Waiting): void {
    this.queue.delete(request);
  }

  /** Lets nobody in any more. Emits once, when all requests have ended, or after `grace` milliseconds. */
  close(grace: number, closedError: () => Error): Observable<unknown> {
    this.closedError = closedError;
    return this.active === 0 ? of(undefined) : race(timer(grace), this.emptied.pipe(take(1)));
  }
}
