import { concat, concatMap, defer, EMPTY, filter, map, type Observable, of, switchMap, takeWhile } from 'rxjs';
import { type Checks, checkOptions, wholeNumber } from '../../check.js';
import { redis, withQueue } from './open-queue.js';
import { countRanges, endOf, type RangeCounts, whenPlanned } from './queue-end.js';
import type { RangeJob, RangeJobs } from './range-job.js';
import type { RangePlan } from './range-plan.js';
import { checkQueue, type RangeQueue } from './range-queue.js';

/** How far all programs together are. */
export interface QueueProgress {
  /** How many ranges there are. */
  readonly ranges: number;
  /** Not begun; or failed, and to be tried again. */
  readonly waiting: number;
  /** Being worked on; or begun by a program that has ended, which nobody knows yet. */
  readonly active: number;
  readonly completed: number;
  /** Given up. */
  readonly failed: number;
  /** The rows of the completed ones. */
  readonly rows: number;
  /** Which part of the tokens the completed ones are, from 0 to 1. */
  readonly fraction: number;
}

const EVERY = 1_000;

const CHECKS: Checks<{ every?: number }> = { every: wholeNumber(1, 0x7fffffff) };

/**
 * Follows a queue, whoever works on it. Waits until it has ranges.
 *
 * Cold. Emits how far they are, in the beginning and when that has changed, and completes when all of them are done. **A range that was given up
 * is never a success**: then it errors with a {@link RangesError}, when all others are done. Errors with a `CqlError`, too: `ERR_RXCQL_QUEUE` if the queue has
 * other work, or its ranges have gone; `ERR_RXCQL_REDIS` if Redis cannot be used.
 *
 * @param options `every`: how often the queue is looked at, in milliseconds; default 1,000.
 *
 * @example
 * ```ts
 * queueProgress(queue).subscribe(({ completed, ranges, rows }) => console.log(`${completed} of ${ranges}, ${rows} rows`));
 * ```
 */
export function queueProgress(queue: RangeQueue, options: { every?: number } = {}): Observable<QueueProgress> {
  return defer(() => {
    checkQueue(queue);
    checkOptions<{ every?: number }>(options, CHECKS, 'options of queueProgress()');
    const { every = EVERY } = options;
    return whenPlanned(queue, every).pipe(
      switchMap((plan) => withQueue(queue, queue.name, (jobs: RangeJobs) => follow(queue, jobs, plan, every))),
    );
  });
}

function follow(queue: RangeQueue, jobs: RangeJobs, plan: RangePlan, every: number): Observable<QueueProgress> {
  const done = new CompletedRanges(jobs, plan);
  let before: string | undefined;
  return countRanges(queue, jobs, every).pipe(
    concatMap((counts) => {
      const told = done.update(counts.completed).pipe(
        map((sums): QueueProgress => ({ ranges: plan.ranges.length, ...counts, ...sums })),
        filter((progress) => before !== (before = JSON.stringify(progress))),
      );
      return concat(told, endOf(queue, jobs, plan, counts));
    }),
    takeWhile((told): told is QueueProgress => told !== true),
  );
}

/** Adds up what the completed ranges say, each of which is read once. */
class CompletedRanges {
  private readonly jobs: RangeJobs;
  private readonly fractions: ReadonlyMap<string, number>;
  private readonly all: number;
  private readonly seen = new Set<string>();
  private rows = 0;
  private fraction = 0;

  constructor(jobs: RangeJobs, { ranges }: RangePlan) {
    this.jobs = jobs;
    this.fractions = new Map(ranges.map(({ id, fraction }) => [id, fraction]));
    this.all = ranges.reduce((sum, { fraction }) => sum + fraction, 0);
  }

  update(completed: RangeCounts['completed']): Observable<Pick<QueueProgress, 'rows' | 'fraction'>> {
    const missing = completed - this.seen.size;
    const read = missing <= 0 ? EMPTY : this.newest(missing, completed);
    return concat(read, defer(() => of({ rows: this.rows, fraction: this.all === 0 ? 1 : Math.min(1, this.fraction / this.all) }))); // prettier-ignore
  }

  /** Those of one millisecond are in no order of time, so that what is new may stand behind what is not: then more are read. */
  private newest(count: number, completed: number): Observable<never> {
    return redis(() => this.jobs.getCompleted(0, count - 1)).pipe(
      concatMap((found) => {
        for (const job of found) this.add(job, completed);
        return this.seen.size < completed && count < completed ? this.newest(2 * count, completed) : EMPTY;
      }),
    );
  }

  /** No more than were counted: the figures of one moment belong together. */
  private add({ id, returnvalue }: RangeJob, completed: number): void {
    if (id === undefined || this.seen.has(id) || this.seen.size === completed) return;
    this.seen.add(id);
    this.rows += returnvalue.rows;
    this.fraction += this.fractions.get(id) ?? 0;
  }
}
