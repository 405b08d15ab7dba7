import type { DefaultJobOptions } from 'bullmq';
import {
  bufferCount,
  concat,
  concatMap,
  defer,
  from,
  ignoreElements,
  type Observable,
  type ObservableInput,
  of,
  toArray,
} from 'rxjs';
import { anything, type Checks, checkOptions, wholeNumber } from '../../check.js';
import type { TokenRange } from '../token-range.js';
import { redisCommand, withQueue } from './open-queue.js';
import { JOB_NAME, type RangeJobs } from './range-job.js';
import { agreeOnPlan, type RangePlan, storedRange } from './range-plan.js';
import { checkQueue, type RangeQueue } from './range-queue.js';

/** How often a range is tried. */
export interface AddRangesOptions {
  /** How often a range is begun until it is given up, if it fails each time; default 3. */
  attempts?: number;
  /** How long is waited before it is tried again, as BullMQ takes it; default exponential, from a second. */
  backoff?: DefaultJobOptions['backoff'];
}

const CHECKS: Checks<AddRangesOptions> = { attempts: wholeNumber(1, 0x7fffffff), backoff: anything };

const ATTEMPTS = 3;
const BACKOFF = { type: 'exponential', delay: 1_000 };

/** So many in one transaction of Redis, which does nothing else meanwhile. */
const AT_A_TIME = 1_000;

/**
 * Puts the ranges of a plan into a queue, once: whoever adds them again, at the same time or after a crash, adds what is missing. The
 * first plan counts. One that is cut otherwise, for the ring or the sizes have changed, is not looked at any further, if it is of the same tokens.
 *
 * Cold. Emits how many ranges the queue has, and completes, when all of them are there. Errors with a `CqlError`: `ERR_RXCQL_QUEUE` if the queue has other
 * work, or other tokens, and `ERR_RXCQL_REDIS` if Redis cannot be used; a `ConfigurationError` for options that are wrong.
 *
 * @example
 * ```ts
 * addRanges(queue, tokenRanges(session, 'shop.orders')).subscribe((count) => console.log(`${count} ranges`));
 * ```
 */
export function addRanges(
  queue: RangeQueue,
  ranges: ObservableInput<TokenRange>,
  options: AddRangesOptions = {},
): Observable<number> {
  return defer(() => {
    checkQueue(queue);
    checkOptions<AddRangesOptions>(options, CHECKS, 'options of addRanges()');
    return agreeOnPlan(queue, from(ranges).pipe(toArray())).pipe(concatMap((plan) => add(queue, plan, options)));
  });
}

function add(queue: RangeQueue, plan: RangePlan, options: AddRangesOptions): Observable<number> {
  const { attempts = ATTEMPTS, backoff = BACKOFF } = options;
  // All are kept: they say which ranges are done, and that none of them is added again.
  const opts = { attempts, backoff, removeOnComplete: false, removeOnFail: false };
  return withQueue(queue, queue.name, (jobs: RangeJobs) => {
    const added = from(plan.ranges).pipe(
      bufferCount(AT_A_TIME),
      concatMap((some) =>
        redisCommand(() =>
          jobs.addBulk(
            some.map((range) => ({
              name: JOB_NAME,
              data: { ...storedRange(range), plan: plan.digest },
              opts: { ...opts, jobId: range.id },
            })),
          ),
        ),
      ),
      ignoreElements(),
    );
    return concat(added, of(plan.ranges.length));
  });
}
