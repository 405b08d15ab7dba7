import { CqlError } from '../errors.js';
import type { TokenRange } from './token-range.js';

/** Parts of a table could not be read. `cause` is what the first of them failed with. */
export class ScanError extends CqlError {
  /** The ranges that are missing: `scan()` takes them as its option `ranges`. */
  readonly ranges: readonly TokenRange[];

  static {
    this.prototype.name = 'ScanError';
  }

  constructor(message: string, ranges: readonly TokenRange[], options?: { cause?: unknown }) {
    super('ERR_RXCQL_SCAN', message, options);
    this.ranges = ranges;
  }
}
