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
export type { Limiter, LimitSample } from './limiter.js';
export { ScanError } from './scan-error.js';
