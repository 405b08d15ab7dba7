import { type Check, type Checks, oneOf, wholeNumber } from '../../check.js';
import type { OnBadRecord } from './records.js';

/** How files are read, of whatever kind. */
export interface FileReadOptions {
  /** How many records a page has at most; default 1,000. The last page of a file may have fewer. */
  pageSize?: number;
  /** How many records are left out at the beginning, of all files together; default 0. */
  skip?: number;
  /** How many records are read at most, of all files together; by default all. */
  limit?: number;
  /** How long a record may be, in bytes; default 16 MiB. A longer one cannot be read, and is not held in memory. */
  maxRecordBytes?: number;
  /** `'fail'`, the default: a record that cannot be read ends the reading. `'emit'`: a {@link BadRecord} stands in its place. */
  onBadRecord?: OnBadRecord;
  /** By default, what the name of the file says: `.gz`, `.zst`. zstd needs Node.js 22.15 or 23.8. */
  compress?: 'gzip' | 'zstd';
}

export const MAX_RECORD: number = 16 * 1_024 * 1_024;

const count: Check = wholeNumber(0, Number.MAX_SAFE_INTEGER);

export const READ_CHECKS: Checks<FileReadOptions> = {
  pageSize: wholeNumber(1, 0x7fffffff),
  skip: count,
  limit: count,
  maxRecordBytes: wholeNumber(1, 0x10000000),
  onBadRecord: oneOf('fail', 'emit'),
  compress: oneOf('gzip', 'zstd'),
};
