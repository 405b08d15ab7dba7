import { concatMap, defer, EMPTY, exhaustMap, filter, map, type Observable, of, repeat, take, timer } from 'rxjs';
import { redis } from './open-queue.js';
import type { RangeJobs } from './range-job.js';
import { planOf, plansGone, type RangePlan, rangeIn } from './range-plan.js';
import type { RangeQueue } from './range-queue.js';
import { type RangeFailure, RangesError } from './ranges-error.js';

/** How many ranges are where. */
export interface RangeCounts {
  readonly waiting: number;
  readonly active: number;
  readonly completed: number;
  readonly failed: number;
}

/** Waits until a queue has a plan. */
export function whenPlanned(queue: RangeQueue, every: number): Observable<RangePlan> {
  return planOf(queue).pipe(
    repeat({ delay: every }),
    filter((plan) => plan !== undefined),
    take(1),
  );
}

/** Asks again and again how many ranges are where. Errors if they have gone. */
export function countRanges(queue: RangeQueue, jobs: RangeJobs, every: number): Observable<RangeCounts> {
  return defer(() => {
    let most = 0;
    return timer(0, every).pipe(
      exhaustMap(() => redis(() => jobs.getJobCounts('wait', 'paused', 'delayed', 'prioritized', 'active', 'completed', 'failed'))), // prettier-ignore
      map((counts) => {
        const { wait = 0, paused = 0, delayed = 0, prioritized = 0, active = 0, completed = 0, failed = 0 } = counts;
        const waiting = wait + paused + delayed + prioritized;
        const all = waiting + active + completed + failed;
        if (all < most) throw plansGone(queue);
        most = all;
        return { waiting, active, completed, failed };
      }),
    );
  });
}

/** Whether no range is left to be done. */
export function isAtEnd({ ranges }: RangePlan, { completed, failed }: RangeCounts): boolean {
  return completed + failed >= ranges.length;
}

/** Emits `true` if no range is left to be done, and nothing if one is. Errors with a {@link RangesError} if some were given up. */
export function endOf(queue: RangeQueue, jobs: RangeJobs, plan: RangePlan, counts: RangeCounts): Observable<true> {
  const { failed } = counts;
  if (!isAtEnd(plan, counts)) return EMPTY;
  if (failed === 0) return of(true);
  return redis(() => jobs.getFailed()).pipe(
    concatMap((found) => {
      // Somebody has put them back by now.
      if (found.length < failed) return EMPTY;
      const failures = found.map(({ data, failedReason, attemptsMade }): RangeFailure => {
        return { range: rangeIn(data), reason: failedReason, attempts: attemptsMade };
      });
      throw rangesError(queue, failures);
    }),
  );
}

function rangesError({ name }: RangeQueue, failures: readonly RangeFailure[]): RangesError {
  const what = failures.length === 1 ? 'One range' : `${failures.length} ranges`;
  return new RangesError(
    `${what} of the queue ${JSON.stringify(name)} failed and ${failures.length === 1 ? 'was' : 'were'} given up; all others are done. ` +
      `Have them done again by retryRanges(). The first failed with: ${failures[0]!.reason}`,
    failures,
  );
}
