import type { Measurement } from './workloads.js';

/** What rounds are reduced to. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Of the measurements of one driver in one case. Seconds, microseconds, milliseconds and bytes. */
export interface Figures {
  /** Rows or requests. */
  readonly perSecond: Spread;
  /** CPU time of an operation in microseconds: all of it, of which so much in the kernel. */
  readonly cpuEach: Spread;
  readonly systemEach: number;
  /** Part of the time in which garbage was collected. */
  readonly gc: number;
  readonly lagP99: number;
  readonly lagMax: number;
  readonly peakRss: number;
}

export function spread(numbers: readonly number[]): Spread {
  const sorted = [...numbers].sort((a, b) => a - b);
  return { median: sorted[sorted.length >> 1]!, least: sorted[0]!, most: sorted.at(-1)! };
}

export function figuresOf(rounds: readonly Measurement[]): Figures {
  const over = (figure: (round: Measurement) => number): Spread => spread(rounds.map(figure));
  return {
    perSecond: over(({ operations, seconds }) => operations / seconds),
    cpuEach: over(({ operations, userSeconds, systemSeconds }) => ((userSeconds + systemSeconds) / operations) * 1e6),
    systemEach: over(({ operations, systemSeconds }) => (systemSeconds / operations) * 1e6).median,
    gc: over(({ gcSeconds, seconds }) => gcSeconds / seconds).median,
    lagP99: over(({ lagP99 }) => lagP99).median,
    lagMax: over(({ lagMax }) => lagMax).most,
    peakRss: over(({ peakRss }) => peakRss).median,
  };
}
