import { asyncScheduler, type TimestampProvider } from 'rxjs';

/** The time of a write, in microseconds since 1970: of two writes to a cell, the later one stays. */
export type TimestampGenerator = () => bigint;

/** How far timestamps may be ahead of the clock before that is worth a warning, in microseconds. */
const TOLERATED_DRIFT = 1_000_000;

/** At most one warning in so many milliseconds. */
const WARNING_INTERVAL = 10_000;

/**
 * Microseconds that only ever grow. The clock is one of milliseconds: where it stands still, has been set back, or is asked more
 * than a thousand times in a millisecond, the next timestamp is one more than the last.
 */
export class MonotonicClock {
  private readonly clock: TimestampProvider;
  private readonly warn: (message: string) => void;
  /** Numbers are exact up to the year 2255. */
  private last = 0;
  private warned: number | undefined;

  constructor(clock: TimestampProvider, warn: (message: string) => void) {
    this.clock = clock;
    this.warn = warn;
  }

  next(): bigint {
    return BigInt(this.nextNumber());
  }

  /** The same, at a fraction of the price of a bigint. */
  nextNumber(): number {
    const now = this.clock.now();
    const time = now * 1_000;
    if (time > this.last) {
      this.last = time;
    } else {
      this.last++;
      if (this.last - time > TOLERATED_DRIFT) this.onDrift(now);
    }
    return this.last;
  }

  private onDrift(now: number): void {
    // A clock that was set back after the last warning must not silence the next for as long.
    if (this.warned !== undefined && Math.abs(now - this.warned) < WARNING_INTERVAL) return;
    this.warned = now;
    const seconds = Math.round((this.last - now * 1_000) / 1_000_000);
    this.warn(
      `The timestamps of writes are ${seconds} s ahead of this machine's clock: it has been set back, or there are more than a ` +
        'million writes a second. Until it has caught up, writes of other clients may lose against earlier ones of this one.',
    );
  }
}

/** One for all sessions of the program: two writes to the same cell never have the same timestamp, whichever sessions they use. */
const clock = new MonotonicClock(asyncScheduler, (message) => {
  process.emitWarning(message, { type: 'RxcqlWarning', code: 'RXCQL_TIMESTAMP_DRIFT' });
});

/**
 * Timestamps of this machine's clock in microseconds, each greater than all before it in this program: later writes win, even if
 * the clock is set back meanwhile. When they are more than a second ahead of the clock, a warning says so, at most every 10
 * seconds.
 */
export function monotonicTimestamps(): TimestampGenerator {
  const generator = (): bigint => clock.next();
  numbers.set(generator, () => clock.nextNumber());
  return generator;
}

const numbers = new WeakMap<TimestampGenerator, () => number>();

/** What gives the same timestamps as a generator of {@link monotonicTimestamps} as numbers; undefined for any other. */
export function numbersOf(generator: TimestampGenerator): (() => number) | undefined {
  return numbers.get(generator);
}
