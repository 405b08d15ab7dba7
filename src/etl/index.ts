/// <reference types="node" preserve="true" />
/**
 * Moving tables: read them range by range, write them, copy and compare them, with backpressure from end to end.
 *
 * @packageDocumentation
 */
export { tokenRanges, type TokenRangesOptions } from './token-ranges.js';
export type { TokenRange } from './token-range.js';
export { scan, type ScanOptions } from './scan.js';
export { ScanPage, type RowPlace } from './scan-page.js';
export { countRows, type CountOptions, type CountStats, type RangeCount } from './count-rows.js';
export type { PartitionCount } from './largest-partitions.js';
export { writeTo, type WriteOptions } from './write-to.js';
export type { FailedOutcome, Outcome, WrittenOutcome } from './outcome.js';
export { groupBatch, type GroupBatchOptions } from './group-batch.js';
export { adaptiveLimit, type AdaptiveLimitOptions } from './adaptive-limit.js';
export type { Limiter, LimitSample } from './limiter.js';
export { errorThreshold } from './error-threshold.js';
export { deadLetter, type DeadLetterSink } from './dead-letter.js';
export { progress, type Progress, type ProgressOptions } from './progress.js';
export { checkpoint, resume, type Advanced } from './checkpoint.js';
export {
  checkpointFile,
  type CheckpointHeader,
  type CheckpointRecord,
  type Checkpoints,
  type CheckpointStore,
} from './checkpoint-store.js';
export { rateLimit, type RateLimitOptions } from '../operators/rate-limit.js';
export { ScanError } from './scan-error.js';
export { fromCsv, type CsvRecord } from './files/from-csv.js';
export type { CsvOptions, CsvReadOptions } from './files/csv-settings.js';
export { fromNdjson } from './files/from-ndjson.js';
export type { FileReadOptions } from './files/file-read-options.js';
export type { Chunks, FileSource } from './files/file-source.js';
export type { FilePage, FilePlace } from './files/file-page.js';
export { BadRecord } from './files/bad-record.js';
export { FileError } from './files/file-error.js';
export type { Convert } from './convert.js';
export { fromText, type FromTextOptions } from './values/from-text.js';
export { fromJson } from './values/from-json.js';
