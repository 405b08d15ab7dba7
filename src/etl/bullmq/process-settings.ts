import { type Checks, checkOptions, wholeNumber } from '../../check.js';

/** How ranges are taken from a queue. Milliseconds; the same in all programs. */
export interface ProcessRangesOptions {
  /** How many ranges are worked on at a time; default 8. */
  concurrency?: number;
  /**
   * How long a range belongs to a program that gives no sign of life, default 30,000. It does so twice in this time, unless it has ended, stands still, or its
   * turn of the event loop does not end.
   */
  lockDuration?: number;
  /** How often it is looked for ranges whose programs give no sign of life any more; default 30,000. */
  stalledInterval?: number;
  /** How often the program of a range may be lost before the range is given up, since it may be the reason; default 3. */
  maxStalledCount?: number;
  /** How often it is looked whether all ranges are done; default 1,000. */
  every?: number;
}

const positive = wholeNumber(1, 0x7fffffff);

const CHECKS: Checks<ProcessRangesOptions> = {
  concurrency: positive,
  lockDuration: positive,
  stalledInterval: positive,
  maxStalledCount: wholeNumber(0, 0x7fffffff),
  every: positive,
};

const DEFAULTS: ProcessSettings = {
  concurrency: 8,
  lockDuration: 30_000,
  stalledInterval: 30_000,
  maxStalledCount: 3,
  every: 1_000,
};

/** The same, with all defaults. */
export type ProcessSettings = Readonly<Required<ProcessRangesOptions>>;

/** @throws ConfigurationError */
export function processSettings(options: ProcessRangesOptions): ProcessSettings {
  checkOptions<ProcessRangesOptions>(options, CHECKS, 'options of processRanges()');
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...DEFAULTS, ...Object.fromEntries(given) };
}
