import { CqlError } from '../../errors.js';
import type { TokenRange } from '../token-range.js';

/** A range that was given up. */
export interface RangeFailure {
  readonly range: TokenRange;
  /** The message of its last error. */
  readonly reason: string;
  /** How often it failed; less than were allowed, if it stalled too often. */
  readonly attempts: number;
}

/** All ranges of a queue are done, or given up: these are what is missing. */
export class RangesError extends CqlError {
  readonly failures: readonly RangeFailure[];

  static {
    this.prototype.name = 'RangesError';
  }

  constructor(message: string, failures: readonly RangeFailure[]) {
    super('ERR_RXCQL_RANGES', message);
    this.failures = failures;
  }
}
