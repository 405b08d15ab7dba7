import { asyncScheduler, BehaviorSubject, defer, type Observable, throwError } from 'rxjs';
import { type Checks, checkOptions, wholeNumber } from '../check.js';
import { isOverload } from './failure-kind.js';
import type { Limiter, LimitSample } from './limiter.js';

/** Between what an {@link adaptiveLimit} moves. */
export interface AdaptiveLimitOptions {
  /** Default 1. */
  min?: number;
  /** Where it begins; default 16, or the nearest that is allowed. */
  initial?: number;
  /** Default 1,024. */
  max?: number;
}

const CHECKS: Checks<AdaptiveLimitOptions> = {
  min: wholeNumber(1, 0x7fffffff),
  initial: wholeNumber(1, 0x7fffffff),
  max: wholeNumber(1, 0x7fffffff),
};

/**
 * A limit that finds out how much a cluster takes. After as many answers as it allows requests, it goes up by its square root if they came about as
 * fast as they ever did, and down in proportion if they took more than twice as long: then requests wait somewhere. What a node refuses as
 * too much, or does not answer in time, halves it; once for a round trip, since what was on its way together fails together.
 *
 * How fast a node can be is known for each by itself: one that is far away is no reason to ask less.
 *
 * One limiter may be given to several operators, which then share what it says. Its `limit` errors with a `ConfigurationError` for options
 * that are wrong.
 *
 * @example
 * ```ts
 * rows.pipe(writeTo(session, insert, { concurrency: adaptiveLimit({ max: 512 }) }));
 * ```
 */
export function adaptiveLimit(options: AdaptiveLimitOptions = {}): Limiter {
  try {
    checkOptions<AdaptiveLimitOptions>(options, CHECKS, 'options of adaptiveLimit()');
  } catch (error) {
    return { limit: throwError(() => error) };
  }
  return new AdaptiveLimit(options);
}

/** How much a sample counts for. */
const RECENT = 0.1;
/** How fast it is forgotten that a node was faster. */
const FORGET = 0.0002;
/** How much slower is still no waiting. */
const TOLERANCE = 2;

interface Speed {
  best: number;
  recent: number;
}

class AdaptiveLimit implements Limiter {
  readonly limit: Observable<number>;
  private readonly min: number;
  private readonly max: number;
  private readonly current: BehaviorSubject<number>;
  private exact: number;
  private readonly speeds = new Map<string | undefined, Speed>();
  private answers = 0;
  private roundTrip = 0;
  private loweredAt = -Infinity;

  constructor({ min = 1, max = Math.max(1_024, min), initial = 16 }: AdaptiveLimitOptions) {
    this.min = min;
    this.max = Math.max(min, max);
    this.exact = Math.min(Math.max(initial, this.min), this.max);
    const current = (this.current = new BehaviorSubject(this.exact));
    this.limit = defer(() => current);
  }

  observe({ latency, error, node }: LimitSample): void {
    if (error !== undefined) {
      if (isOverload(error)) this.lower(latency);
      return;
    }
    this.roundTrip += (latency - this.roundTrip) * (this.roundTrip === 0 ? 1 : RECENT);
    const speed = this.speeds.get(node);
    if (speed === undefined) {
      this.speeds.set(node, { best: latency, recent: latency });
    } else {
      speed.recent += (latency - speed.recent) * RECENT;
      speed.best = Math.min(latency, speed.best + (latency - speed.best) * FORGET);
    }
    if (++this.answers >= this.exact) this.review();
  }

  /** What a round trip full of answers says. */
  private review(): void {
    this.answers = 0;
    // A millisecond is what clocks can tell.
    const gradients = Array.from(
      this.speeds.values(),
      ({ best, recent }) => (TOLERANCE * Math.max(best, 1)) / Math.max(recent, 1),
    );
    const gradient = Math.min(...gradients);
    if (gradient >= 1) this.set(this.exact + Math.sqrt(this.exact));
    else this.set(this.exact * Math.max(gradient, 0.5));
  }

  private lower(latency: number): void {
    const now = asyncScheduler.now();
    // As long as nothing was answered, the failures say how long a round trip is; at least a tick of the clock.
    if (now - this.loweredAt < Math.max(1, this.roundTrip || latency)) return;
    this.loweredAt = now;
    this.answers = 0;
    this.set(this.exact / 2);
  }

  private set(limit: number): void {
    this.exact = Math.min(Math.max(limit, this.min), this.max);
    const whole = Math.floor(this.exact);
    if (whole !== this.current.value) this.current.next(whole);
  }
}
