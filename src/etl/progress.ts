import { asyncScheduler, interval, Observable, type OperatorFunction } from 'rxjs';
import { type Check, type Checks, checkOptions, milliseconds, oneOf, wholeNumber, anything } from '../check.js';
import { LatencyHistogram } from '../cluster/latency-histogram.js';
import type { Limiter } from './limiter.js';
import type { Outcome } from './outcome.js';

/** How progress is told. */
export interface ProgressOptions {
  /**
   * What all is: a number of records; `'ring'`, for records of a scan, by the part of the ring that has been read; `'bytes'`, for records
   * whose `position` has an `offset` in something of `size` bytes. By default that is not known.
   */
  total?: 'ring' | 'bytes' | number;
  /** How often, in milliseconds; default 1,000. */
  every?: number;
  /** What limits the writing, for `inFlight`. */
  limiter?: Limiter;
}

/** How far something has come. */
export interface Progress {
  /** Records of which it is known what became of them. */
  readonly rows: number;
  /** Since the last time. */
  readonly rowsPerSecond: number;
  /** Since the beginning. */
  readonly meanRowsPerSecond: number;
  /** Of what is read, as far as positions say; 0 if they do not. */
  readonly bytes: number;
  /** From 0 to 1; undefined if it is not known how much there is. */
  readonly fraction: number | undefined;
  /** Milliseconds until all is done, if it goes on as it has since the beginning; undefined if that cannot be told. */
  readonly eta: number | undefined;
  /** Milliseconds in which half of the records were written. */
  readonly p50: number;
  /** Milliseconds in which 99 of 100 were. */
  readonly p99: number;
  /** How much may be in flight, as the limiter says; 0 without one. */
  readonly inFlight: number;
  /** How often something was sent again. */
  readonly retries: number;
  /** Records that have failed. */
  readonly errors: number;
}

const total: Check = (value, name) => {
  if (typeof value === 'string') oneOf('ring', 'bytes')(value, name);
  else wholeNumber(0, Number.MAX_SAFE_INTEGER)(value, name);
};

const CHECKS: Checks<ProgressOptions> = { total, every: milliseconds, limiter: anything };

/**
 * Counts outcomes, and emits how far it has come at regular times, and once more at the end. The outcomes themselves are not passed on:
 * what is to be done with them comes before, or beside it.
 *
 * Errors at once with the error of the source, or with a `ConfigurationError`.
 *
 * @example
 * ```ts
 * scan(session, 'shop.orders').pipe(
 *   writeTo(other, insert),
 *   progress({ total: 'ring' }),
 * ).subscribe(({ fraction, rowsPerSecond }) => console.log(`${Math.round(fraction! * 100)} %, ${rowsPerSecond} rows/s`));
 * ```
 */
export function progress(options: ProgressOptions = {}): OperatorFunction<Outcome, Progress> {
  return (source) =>
    new Observable((subscriber) => {
      checkOptions<ProgressOptions>(options, CHECKS, 'options of progress()');
      const meter = new Meter(options.total);
      const limits = options.limiter?.limit.subscribe({
        next: (limit) => (meter.limit = limit),
        error: (error: unknown) => subscriber.error(error),
      });
      if (limits !== undefined) subscriber.add(limits);
      subscriber.add(interval(options.every ?? 1_000).subscribe(() => subscriber.next(meter.read(false))));
      subscriber.add(
        source.subscribe({
          next: (outcome) => meter.count(outcome),
          error: (error: unknown) => subscriber.error(error),
          complete: () => {
            subscriber.next(meter.read(true));
            subscriber.complete();
          },
        }),
      );
    });
}

interface Position {
  readonly range?: unknown;
  readonly reached?: unknown;
  readonly offset?: unknown;
  readonly size?: unknown;
}

class Meter {
  limit = 0;
  private readonly total: 'ring' | 'bytes' | number | undefined;
  private readonly latencies = new LatencyHistogram();
  private readonly begun = asyncScheduler.now();
  /** How far each range has been read. */
  private readonly ranges = new Map<unknown, number>();
  private rows = 0;
  private bytes = 0;
  private size = 0;
  private retries = 0;
  private errors = 0;
  private before = { rows: 0, at: this.begun };

  constructor(all: 'ring' | 'bytes' | number | undefined) {
    this.total = all;
  }

  count(outcome: Outcome): void {
    this.rows++;
    if (outcome.kind === 'failed') this.errors++;
    else if (outcome.latency !== undefined) this.latencies.record(outcome.latency);
    this.retries += Math.max(0, (outcome.attempts ?? 1) - 1);
    if (typeof outcome.position !== 'object' || outcome.position === null) return;
    const { range, reached, offset, size } = outcome.position as Position;
    if (this.total === 'ring' && typeof reached === 'number') {
      this.ranges.set(range, Math.max(reached, this.ranges.get(range) ?? 0));
    }
    if (typeof offset === 'number') this.bytes = Math.max(this.bytes, offset);
    if (typeof size === 'number') this.size = size;
  }

  read(isEnd: boolean): Progress {
    const now = asyncScheduler.now();
    const { rows, bytes, latencies, retries, errors, before, limit } = this;
    const elapsed = now - this.begun;
    const fraction = isEnd && this.total !== undefined ? 1 : this.fraction;
    this.before = { rows, at: now };
    return {
      rows,
      rowsPerSecond: perSecond(rows - before.rows, now - before.at),
      meanRowsPerSecond: perSecond(rows, elapsed),
      bytes,
      fraction,
      eta: fraction === undefined || fraction === 0 ? undefined : Math.round(elapsed / fraction - elapsed),
      p50: latencies.percentile(50),
      p99: latencies.percentile(99),
      inFlight: limit,
      retries,
      errors,
    };
  }

  private get fraction(): number | undefined {
    const { total: all, rows, bytes, size } = this;
    if (all === 'ring') return Math.min(1, [...this.ranges.values()].reduce((sum, part) => sum + part, 0)); // prettier-ignore
    if (all === 'bytes') return size === 0 ? undefined : Math.min(1, bytes / size);
    return all === undefined ? undefined : Math.min(1, rows / Math.max(1, all));
  }
}

function perSecond(count: number, elapsed: number): number {
  return elapsed === 0 ? 0 : Math.round((count * 1_000) / elapsed);
}
