import { createHash } from 'node:crypto';
import type { Queue } from 'bullmq';
import { concat, concatMap, defer, map, type Observable, throwIfEmpty } from 'rxjs';
import { CqlError } from '../../errors.js';
import type { CheckpointHeader } from '../checkpoint-store.js';
import { TokenIntervals } from '../token-intervals.js';
import { rangeId, type TokenRange } from '../token-range.js';
import { redis, redisCommand, withQueue } from './open-queue.js';
import type { RangeQueue } from './range-queue.js';

/** The ranges of a queue, and what they are for. */
export interface RangePlan {
  /** Of the header and all ranges. The job of each range has it. */
  readonly digest: string;
  readonly ranges: readonly TokenRange[];
}

/** A range in Redis. Tokens are texts, as JSON has no numbers of 64 bits. */
export interface StoredRange {
  readonly start: string;
  readonly end: string;
  readonly replicas: readonly string[];
  readonly fraction: number;
  readonly bytes?: number;
}

/** A plan in Redis. */
interface StoredPlan {
  readonly digest: string;
  readonly header: CheckpointHeader;
  readonly ranges: readonly StoredRange[];
}

/** The only job of the second queue. It is never done; what has been added once is not added again. */
const PLAN = 'plan';

type PlanQueue = Queue<StoredPlan>;

/** What the second queue is called. */
export function planQueueName({ name }: RangeQueue): string {
  return `${name}-plan`;
}

/**
 * Emits the plan that a queue has, if it has one. Errors with a `CqlError` `ERR_RXCQL_QUEUE` if it is one of other work.
 */
export function planOf(queue: RangeQueue): Observable<RangePlan | undefined> {
  return withQueue(queue, planQueueName(queue), (plans: PlanQueue) => read(queue, plans));
}

/**
 * The first plan of a queue is the one that counts, whoever comes with another cut of the same tokens. Emits it. Errors with a `CqlError`
 * `ERR_RXCQL_QUEUE` if it is of other work, or of other tokens.
 */
export function agreeOnPlan(queue: RangeQueue, plan: Observable<readonly TokenRange[]>): Observable<RangePlan> {
  return withQueue(queue, planQueueName(queue), (plans: PlanQueue) =>
    // A program for other work is refused before it plans.
    read(queue, plans).pipe(
      concatMap(() => plan),
      concatMap((ranges) => {
        const stored = storedPlan(queue.header ?? {}, ranges);
        const options = { jobId: PLAN, removeOnComplete: false, removeOnFail: false };
        const agreed = defer(() => read(queue, plans)).pipe(
          concatMap((found) => (found === undefined ? [] : [found])),
          throwIfEmpty(() => plansGone(queue)),
        );
        const added = redisCommand(() => plans.add(PLAN, stored, options));
        return concat(added, agreed).pipe(
          map((agreedOn) => {
            if (!haveSameTokens(ranges, agreedOn.ranges)) throw otherTokens(queue);
            return agreedOn;
          }),
        );
      }),
    ),
  );
}

function read(queue: RangeQueue, plans: PlanQueue): Observable<RangePlan | undefined> {
  return redis(() => plans.getJob(PLAN)).pipe(
    map((job) => {
      if (job === undefined) return undefined;
      const { header, digest, ranges } = job.data;
      refuseOther(queue, header);
      return { digest, ranges: ranges.map(rangeIn) };
    }),
  );
}

function storedPlan(header: CheckpointHeader, ranges: readonly TokenRange[]): StoredPlan {
  const stored = ranges.map(storedRange);
  const parts = [Object.entries(header).sort(), stored.map(({ start, end }) => [start, end])];
  return { header, ranges: stored, digest: createHash('sha256').update(JSON.stringify(parts)).digest('hex') };
}

/** A range as it is in Redis. */
export function storedRange({ start, end, replicas, fraction, bytes }: TokenRange): StoredRange {
  return { start: String(start), end: String(end), replicas, fraction, ...(bytes !== undefined && { bytes }) };
}

/** A range that is in Redis, which may be done more than once. */
export function rangeIn({ start: from, end: to, replicas, fraction, bytes }: StoredRange): TokenRange {
  const [start, end] = [BigInt(from), BigInt(to)];
  const of = { id: rangeId(start, end), start, end, replicas, fraction, delivery: 'at-least-once' } as const;
  return bytes === undefined ? of : { ...of, bytes };
}

function haveSameTokens(some: readonly TokenRange[], others: readonly TokenRange[]): boolean {
  const [a, b] = [some, others].map((ranges) => {
    const tokens = new TokenIntervals();
    for (const { start, end } of ranges) tokens.add(start, end);
    return tokens.ranges.map(({ start, end }) => rangeId(start, end)).join();
  });
  return a === b;
}

function refuseOther({ name, header = {} }: RangeQueue, before: CheckpointHeader): void {
  const names = new Set([...Object.keys(before), ...Object.keys(header)]);
  const other = [...names].filter((part) => before[part] !== header[part]);
  if (other.length === 0) return;
  throw new CqlError(
    'ERR_RXCQL_QUEUE',
    `The queue ${JSON.stringify(name)} is of other work: ${other.join(', ')} differ. Take another name, or remove what is there by removeRanges().`,
  );
}

function otherTokens({ name }: RangeQueue): CqlError {
  return new CqlError(
    'ERR_RXCQL_QUEUE',
    `The queue ${JSON.stringify(name)} has a plan of other tokens. Take another name, or remove what is there by removeRanges().`,
  );
}

/** The error for a queue that has been removed in between. */
export function plansGone({ name }: RangeQueue): CqlError {
  return new CqlError(
    'ERR_RXCQL_QUEUE',
    `The ranges of the queue ${JSON.stringify(name)} have gone: somebody has removed them, or Redis has lost them. Add them again.`,
  );
}
