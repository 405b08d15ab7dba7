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
export { checkpoint, resume } from './checkpoint.js';
export type { Advanced } from './checkpoint-notes.js';
export {
  checkpointFile,
  type CheckpointHeader,
  type CheckpointRecord,
  type Checkpoints,
  type CheckpointStore,
} from './checkpoint-store.js';
export { mapRows } from './map-rows.js';
export { rateLimit, type RateLimitOptions } from '../operators/rate-limit.js';
export { ScanError } from './scan-error.js';
export { copy, type CopyOptions } from './copy.js';
export type { TableRef } from './table-ref.js';
export { verify, type VerifyOptions } from './verify.js';
export type { Diff } from './diff.js';
export { toCsv, type ToCsvOptions } from './files/to-csv.js';
export { toNdjson } from './files/to-ndjson.js';
export { toFiles, type FilesOptions } from './files/to-files.js';
export { csvFormat, type CsvWriteOptions } from './files/csv-format.js';
export { ndjsonFormat } from './files/ndjson-format.js';
export type { ColumnTypes } from './files/file-columns.js';
export type { FileEncoder, FileFormat } from './files/file-format.js';
export type { FileCompression, FileSink, FileWritten, FolderSink } from './files/file-sink.js';
export { FileError } from './files/file-error.js';
export { fromCsv, type CsvRecord } from './files/from-csv.js';
export type { CsvOptions, CsvReadOptions } from './files/csv-settings.js';
export { fromNdjson } from './files/from-ndjson.js';
export type { FileReadOptions } from './files/file-read-options.js';
export type { Chunks, FileSource } from './files/file-source.js';
export type { FilePage, FilePlace } from './files/file-page.js';
export { BadRecord } from './files/bad-record.js';
export type { Convert } from './convert.js';
export { fromText, type FromTextOptions } from './values/from-text.js';
export { fromJson } from './values/from-json.js';
export { fromParquet, type ParquetReadOptions } from './parquet/from-parquet.js';
export type { ParquetSource } from './parquet/parquet-source.js';
export { toParquet, type ToParquetOptions } from './parquet/to-parquet.js';
export { parquetFormat, type ParquetFormatOptions } from './parquet/parquet-format.js';
export type { ParquetCompression } from './parquet/parquet-compression.js';
