import { concat, concatMap, defer, from, ignoreElements, mergeMap, type Observable, of } from 'rxjs';
import { redis, redisCommand, withQueue } from './open-queue.js';
import type { RangeJobs } from './range-job.js';
import { checkQueue, type RangeQueue } from './range-queue.js';

const AT_A_TIME = 16;

/**
 * Puts all ranges that were given up back into their queue, to be tried as often again.
 *
 * Cold. Emits how many there were, and completes. Errors with a `CqlError` `ERR_RXCQL_REDIS`.
 *
 * @example
 * ```ts
 * retryRanges(queue).subscribe((count) => console.log(`${count} ranges are tried again`));
 * ```
 */
export function retryRanges(queue: RangeQueue): Observable<number> {
  return defer(() => {
    checkQueue(queue);
    return withQueue(queue, queue.name, (jobs: RangeJobs) =>
      redis(() => jobs.getFailed()).pipe(
        concatMap((failed) => {
          const again = { resetAttemptsMade: true, resetAttemptsStarted: true };
          const retried = from(failed).pipe(
            mergeMap((job) => redisCommand(() => job.retry('failed', again)), AT_A_TIME),
          );
          return concat(retried.pipe(ignoreElements()), of(failed.length));
        }),
      ),
    );
  });
}
