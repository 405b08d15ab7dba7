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
  private readonly hasRoom: () => boolean;
  private readonly queue = new Set<Waiting>();
  private readonly emptied = new Subject<undefined>();
  private active = 0;
  private isWaking = false;
  private closedError: (() => Error) | undefined;

  /**
   * @param maxQueue How many requests may wait.
   * @param hasRoom Whether a request would be taken now, or would fail: in either case it need not wait.
   */
  constructor(maxQueue: number, hasRoom: () => boolean) {
    this.maxQueue = maxQueue;
    this.hasRoom = hasRoom;
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
    this.wake();
  }

  /** Lets those go on for whom there is a place, the one that waits longest first. */
  wake(): void {
    if (this.isWaking) return;
    this.isWaking = true;
    for (const next of this.queue) {
      if (!this.hasRoom()) break;
      this.queue.delete(next);
      next.proceed();
    }
    this.isWaking = false;
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
