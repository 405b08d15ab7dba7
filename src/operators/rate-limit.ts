import { asyncScheduler, isObservable, type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { ConfigurationError } from '../errors.js';
import { Throttle } from './throttle.js';

export interface RateLimitOptions<T> {
  /** How much may pass in a second: a number above 0, or an Observable of what it is from now on, where 0 lets nothing pass. */
  perSecond: number | Observable<number>;
  /** How much may pass at once after a pause; default 1, which spaces everything evenly. */
  burst?: number;
  /** What a value counts for; default 1. One that is more than `burst` passes as if it was that, and is paid for afterwards. */
  cost?: (value: T) => number;
}

/**
 * Lets values pass at a rate, and those that come too early wait, in their order. A token bucket that is full at first.
 *
 * What waits is kept: put it where the source can be slowed down, on the pages of a query, which then fetches only as fast as they
 * pass. Timers are late, and what that costs is caught up on, up to 50 ms of it.
 *
 * Completes behind the last value. Errors at once with the error of the source, of `perSecond` or of `cost`, or with a
 * `ConfigurationError`.
 *
 * @example
 * ```ts
 * // 5,000 rows a second, however large the pages are.
 * session.query('SELECT id FROM users').pipe(
 *   rateLimit({ perSecond: 5_000, burst: 1_000, cost: (page) => page.rowCount }),
 *   mergeRows((row) => session.execute('DELETE FROM sessions WHERE user = ?', [row.id]), 64),
 * );
 * ```
 */
export function rateLimit<T>(options: RateLimitOptions<T>): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      const mistake = mistakeIn(options);
      if (mistake !== undefined) {
        subscriber.error(new ConfigurationError(mistake));
        return;
      }
      const { perSecond, burst = 1, cost } = options;
      const throttle = new Throttle<T>(burst, cost, subscriber, () => asyncScheduler.now());
      subscriber.add(throttle);
      if (isObservable(perSecond)) throttle.follow(perSecond);
      else throttle.setRate(perSecond);
      throttle.start(source);
    });
}

const NAMES = ['perSecond', 'burst', 'cost'];

function mistakeIn(options: unknown): string | undefined {
  if (typeof options !== 'object' || options === null) return 'The options of rateLimit are an object.';
  const { perSecond, burst = 1, cost } = options as RateLimitOptions<unknown>;
  const unknown = Object.keys(options).find((name) => !NAMES.includes(name));
  if (unknown !== undefined)
    return `rateLimit has no option ${JSON.stringify(unknown)}; there are ${NAMES.join(', ')}.`;
  if (!isObservable(perSecond) && !isAbove0(perSecond)) {
    return 'The option "perSecond" of rateLimit is a number above 0, or an Observable of numbers.';
  }
  if (!isAbove0(burst)) return 'The option "burst" of rateLimit is a number above 0.';
  return cost === undefined || typeof cost === 'function' ? undefined : 'The option "cost" of rateLimit is a function.';
}

function isAbove0(value: unknown): boolean {
  return Number.isFinite(value) && (value as number) > 0;
}
