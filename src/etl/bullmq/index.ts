/// <reference types="node" preserve="true" />
/**
 * The ranges of one table for any number of machines, by a queue of BullMQ on Redis. Needs the package `bullmq`.
 *
 * @packageDocumentation
 */
export type { RangeQueue } from './range-queue.js';
export { addRanges, type AddRangesOptions } from './add-ranges.js';
export { processRanges } from './process-ranges.js';
export type { ProcessRangesOptions } from './process-settings.js';
export type { CompletedRange, FailedRange, LostRange, RangeOutcome, RangeResult } from './range-outcome.js';
export { queueProgress, type QueueProgress } from './queue-progress.js';
export { RangesError, type RangeFailure } from './ranges-error.js';
export { retryRanges } from './retry-ranges.js';
export { removeRanges } from './remove-ranges.js';
