import type { TokenRange } from '../token-range.js';

/** What a projection emits: the file of a range, for example, or a count. */
export interface RangeResult {
  /** How many rows were done. */
  readonly rows: number;
}

/** What became of a range in this program. */
export type RangeOutcome<T> = CompletedRange<T> | FailedRange | LostRange;

/** It is done, and Redis has that. */
export interface CompletedRange<T> {
  readonly kind: 'completed';
  readonly range: TokenRange;
  /** What its results have together. */
  readonly rows: number;
  /** What the projection has emitted. */
  readonly results: readonly T[];
}

/** It failed. */
export interface FailedRange {
  readonly kind: 'failed';
  readonly range: TokenRange;
  readonly error: Error;
  /** How often it has failed by now. */
  readonly attempts: number;
  /** Whether it is not tried again. */
  readonly isFinal: boolean;
}

/**
 * This program did not renew its lock in time, since it stood still or Redis was away. The range is somebody else's: what was done here
 * does not count.
 */
export interface LostRange {
  readonly kind: 'lost';
  readonly range: TokenRange;
}
