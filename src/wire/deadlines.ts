import { asyncScheduler, interval, Observable, type SchedulerLike, type Subscription } from 'rxjs';
import type { EndOfTurn } from './socket.js';

/** The grain of request timeouts, in milliseconds. */
const TICK = 50;

/** Something that has requests with deadlines. */
export interface Watched {
  /** Ends what should have been answered by `tick`; says whether anything that has a deadline is left. */
  sweep(tick: number): boolean;
}

/**
 * The deadlines of all requests of a session, by one timer that runs only while there are any: a request costs the
 * addition of two numbers.
 *
 * Time is counted in ticks, not read from a clock: a clock that is set, a process that was suspended or an event loop that
 * was blocked delay a timeout and never cause one. For the same reason a tick is judged at the end of its turn, when the
 * answers that were waiting meanwhile have been read.
 */
export class Deadlines {
  private readonly endOfTurn: EndOfTurn;
  private readonly scheduler: SchedulerLike;
  private readonly watched = new Set<Watched>();
  private ticking: Subscription | undefined;
  private tick = 0;

  constructor(endOfTurn: EndOfTurn, scheduler: SchedulerLike = asyncScheduler) {
    this.endOfTurn = endOfTurn;
    this.scheduler = scheduler;
  }

  /** The tick at which something that may take `timeout` milliseconds from now is over: never early, up to 100 ms late. */
  after(timeout: number): number {
    return this.tick + Math.ceil(timeout / TICK) + 1;
  }

  /** The present tick. */
  get now(): number {
    return this.tick;
  }

  isOver(tick: number): boolean {
    return tick <= this.tick;
  }

  /** Sweeps `target` at every tick until it has nothing left. */
  watch(target: Watched): void {
    this.watched.add(target);
    this.ticking ??= interval(TICK, this.scheduler).subscribe(() => {
      this.tick++;
      this.endOfTurn(() => this.sweep());
    });
  }

  /** Emits once, when so much time has passed, in milliseconds, and completes. */
  timer(milliseconds: number): Observable<undefined> {
    return new Observable((subscriber) => {
      const over = this.after(milliseconds);
      const waiting: Watched = {
        sweep: (tick) => {
          if (tick < over) return true;
          subscriber.next(undefined);
          subscriber.complete();
          return false;
        },
      };
      this.watch(waiting);
      return () => this.watched.delete(waiting);
    });
  }

  /** Stops the timer, when nothing has a deadline any more. */
  stop(): void {
    this.watched.clear();
    this.ticking?.unsubscribe();
    this.ticking = undefined;
  }

  private sweep(): void {
    for (const target of this.watched) {
      if (!target.sweep(this.tick)) this.watched.delete(target);
    }
    if (this.watched.size === 0) this.stop();
  }
}
