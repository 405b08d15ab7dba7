import { type Gauge, type Reading, readingOf } from './reading.js';
import { asyncScheduler } from 'rxjs';

/** What all workers have done. */
export class WorkerGauge implements Gauge {
  private readonly readings: (Partial<Reading> | undefined)[];
  private readonly begun = asyncScheduler.now();
  private before = { rows: 0, elapsed: 0 };

  constructor(workers: number) {
    this.readings = Array.from({ length: workers }, () => undefined);
  }

  /** The last that a worker has said of itself. */
  set(worker: number, reading: Partial<Reading>): void {
    this.readings[worker] = reading;
  }

  read(): Reading {
    const { readings } = this;
    const sum = (one: (reading: Partial<Reading>) => number | undefined): number =>
      readings.reduce((total, reading) => total + ((reading && one(reading)) ?? 0), 0);
    const most = (one: (reading: Partial<Reading>) => number | undefined): number =>
      Math.max(0, ...readings.map((reading) => (reading && one(reading)) ?? 0));
    const isKnown = readings.some((reading) => reading?.fraction !== undefined);
    const elapsed = asyncScheduler.now() - this.begun;
    const reading = readingOf(
      {
        rows: sum(({ rows }) => rows),
        failed: sum(({ failed }) => failed),
        bytes: sum(({ bytes }) => bytes),
        elapsed,
        // All have about as much to do.
        fraction: isKnown ? sum(({ fraction }) => fraction) / readings.length : undefined,
        // That of all together cannot be told from those of each: that of the slowest is no promise that is not kept.
        p50: most(({ p50 }) => p50),
        p99: most(({ p99 }) => p99),
      },
      this.before,
    );
    this.before = { rows: reading.rows, elapsed };
    return reading;
  }
}
