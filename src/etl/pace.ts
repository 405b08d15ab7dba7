import { asyncScheduler, type Observable, switchMap, timer } from 'rxjs';

/** Lets one thing after another begin at a rate; what comes too early waits for its time. */
export class Pace {
  private readonly interval: number;
  private next = 0;

  constructor(perSecond: number) {
    this.interval = 1_000 / perSecond;
  }

  /** What `begin` makes, when it is time for as many. */
  run<T>(count: number, begin: () => Observable<T>): Observable<T> {
    const now = asyncScheduler.now();
    const at = Math.max(now, this.next);
    this.next = at + count * this.interval;
    return at > now ? timer(Math.ceil(at - now)).pipe(switchMap(begin)) : begin();
  }
}
