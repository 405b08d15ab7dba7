import { defer, type Observable, type ObservableInput, switchMap } from 'rxjs';
import type { TokenRange } from '../token-range.js';
import { withQueue } from './open-queue.js';
import { type ProcessRangesOptions, processSettings } from './process-settings.js';
import { whenPlanned } from './queue-end.js';
import type { RangeJobs } from './range-job.js';
import type { RangeOutcome, RangeResult } from './range-outcome.js';
import { checkQueue, type RangeQueue } from './range-queue.js';
import { rangeOutcomes } from './range-worker.js';

/**
 * Works on the ranges of a queue, with any number of other programs, until all of them are done; waits until it has some. Of a program that ends, or
 * stands still, others take over the ranges: **each is done at least once**, so to do it twice must do no harm.
 *
 * Cold. Emits what became of each range that was begun here, which may be none, and completes when those of all programs are done. A range that fails is tried again
 * later, here or elsewhere, and given up after `attempts` (see {@link addRanges}). **A range that was given up is never a success**: then it errors
 * with a {@link RangesError}, when all others are done.
 *
 * Unsubscribing leaves the projections and gives their ranges back, for others to begin at once. The same happens before it errors: with what no range would
 * fare better with here, which does not count as an attempt (a `ConfigurationError`, a session that is closed or may not read, a `FileError`); with a
 * `CqlError` `ERR_RXCQL_QUEUE` if the queue has other work, or its ranges have gone, or `ERR_RXCQL_REDIS` if Redis cannot be used.
 *
 * @param project Does the work of one range. It is left, by unsubscribing, if the range belongs to somebody else by now.
 *
 * @example
 * ```ts
 * processRanges(queue, (range) =>
 *   scan(session, 'shop.orders', { ranges: [range] }).pipe(toCsv({ folder: '/shared/orders', checkpoint: false })),
 * ).subscribe((outcome) => console.log(outcome.kind, outcome.range.id));
 * ```
 */
export function processRanges<T extends RangeResult>(
  queue: RangeQueue,
  project: (range: TokenRange) => ObservableInput<T>,
  options: ProcessRangesOptions = {},
): Observable<RangeOutcome<T>> {
  return defer(() => {
    checkQueue(queue);
    const settings = processSettings(options);
    return whenPlanned(queue, settings.every).pipe(
      switchMap((plan) =>
        withQueue(queue, queue.name, (jobs: RangeJobs) => rangeOutcomes({ queue, jobs, plan, project, settings })),
      ),
    );
  });
}
