import { Worker } from 'bullmq';
import {
  catchError,
  concat,
  concatMap,
  defer,
  EMPTY,
  filter,
  from,
  ignoreElements,
  lastValueFrom,
  map,
  merge,
  NEVER,
  Observable,
  type ObservableInput,
  of,
  ReplaySubject,
  Subject,
  type Subscriber,
  take,
  takeUntil,
  tap,
  throwError,
  timeout,
} from 'rxjs';
import type { TokenRange } from '../token-range.js';
import { asError, isOfThisProgram, notARangeResult } from './program-failure.js';
import { isClient, redis, redisCommand, retrying, withOptions } from './open-queue.js';
import type { ProcessSettings } from './process-settings.js';
import { countRanges, endOf, isAtEnd, type RangeCounts } from './queue-end.js';
import type { RangeJob, RangeJobData, RangeJobs, RangeReturn } from './range-job.js';
import type { RangeOutcome, RangeResult } from './range-outcome.js';
import { plansGone, rangeIn, type RangePlan } from './range-plan.js';
import type { RangeQueue } from './range-queue.js';

/** What a worker works with. */
export interface RangeWork<T> {
  readonly queue: RangeQueue;
  readonly jobs: RangeJobs;
  readonly plan: RangePlan;
  readonly project: (range: TokenRange) => ObservableInput<T>;
  readonly settings: ProcessSettings;
}

/** What has been begun here. */
interface Begun<T> {
  readonly range: TokenRange;
  readonly results: T[];
  rows: number;
}

/** What takes longer is left to others, who take the range when its lock has run out. */
const GIVE_BACK_WITHIN = 5_000;

/** Takes ranges until all are done, those of others too, and emits what became of each. */
export function rangeOutcomes<T extends RangeResult>(work: RangeWork<T>): Observable<RangeOutcome<T>> {
  return new Observable((subscriber) => {
    const worker = new RangeWorker(work, subscriber);
    subscriber.add(worker);
    worker.run();
  });
}

/**
 * ```
 * taken --> project --> lock renewed --> Redis --> completed       told when Redis has it
 *              |---- error ------------> Redis --> failed
 *              |---- lock not renewed -----------> lost            not touched any more
 *              '---- unsubscribed ---------------> given back
 * ```
 *
 * One subscription of taking ranges from a queue.
 */
class RangeWorker<T extends RangeResult> {
  private readonly work: RangeWork<T>;
  private readonly subscriber: Subscriber<RangeOutcome<T>>;
  private readonly worker: Worker<RangeJobData, RangeReturn>;
  /** What was begun and is not told, by the ids of the ranges. */
  private readonly begun = new Map<string, Begun<T>>();
  private readonly lost = new Subject<string>();
  private readonly stopped = new ReplaySubject<void>(1);
  private isLastLook = false;
  private isStopped = false;

  constructor(work: RangeWork<T>, subscriber: Subscriber<RangeOutcome<T>>) {
    this.work = work;
    this.subscriber = subscriber;
    const { connection, prefix, name } = work.queue;
    const { concurrency, lockDuration, stalledInterval, maxStalledCount } = work.settings;
    const retryStrategy = retrying(connection, () => !this.isStopped);
    this.worker = new Worker(name, (job: RangeJob, token = '') => lastValueFrom(this.process(job, token)), {
      // A worker waits for its Redis, as long as calls of the queue do.
      connection: withOptions(connection, { maxRetriesPerRequest: null, retryStrategy }),
      ...(prefix !== undefined && { prefix }),
      ...{ concurrency, lockDuration, stalledInterval, maxStalledCount, autorun: false },
    });
    // A connection that is lost is made again by itself. If that takes too long, it is told by looking for the end.
    this.worker.on('error', () => undefined);
    this.worker.on('lockRenewalFailed', (ids) => ids.forEach((id) => this.lost.next(id)));
    this.worker.on('completed', ({ id }) => this.completed(id!));
    this.worker.on('failed', (job, error) => {
      if (job !== undefined) this.failed(job, error);
    });
  }

  run(): void {
    const { queue, jobs, plan, settings } = this.work;
    const end = countRanges(queue, jobs, settings.every).pipe(
      concatMap((counts) => (this.isEarly(counts) ? EMPTY : endOf(queue, jobs, plan, counts))),
      take(1),
    );
    this.subscriber.add(
      end.subscribe({
        error: (error: unknown) => this.subscriber.error(error),
        complete: () => this.subscriber.complete(),
      }),
    );
    this.subscriber.add(
      this.ready()
        .pipe(concatMap(() => redis(() => this.worker.run())))
        .subscribe({ error: (error) => this.subscriber.error(error) }),
    );
  }

  unsubscribe(): void {
    this.isStopped = true;
    this.stopped.next();
    // A worker that is closed before it is ready complains of that to nobody.
    const closed = this.ready().pipe(
      concatMap(() => this.worker.close()),
      timeout(2 * GIVE_BACK_WITHIN),
      catchError(() => this.cutOff()),
    );
    closed.subscribe({ error: () => undefined });
  }

  private ready(): Observable<unknown> {
    return redis(() => this.worker.waitUntilReady());
  }

  /** To say goodbye to a Redis that does not answer would keep the program from ending. */
  private cutOff(): Observable<unknown> {
    return isClient(this.work.queue.connection) ? EMPTY : from(this.worker.disconnect());
  }

  /** What Redis has already may still have to be told here. What is not told by the next look is not ours any more. */
  private isEarly(counts: RangeCounts): boolean {
    const isToBeTold = isAtEnd(this.work.plan, counts) && this.begun.size > 0;
    const isFirstLook = !this.isLastLook;
    this.isLastLook = isToBeTold;
    if (!isToBeTold || isFirstLook) return isToBeTold;
    for (const [id, { range }] of this.begun) {
      this.lost.next(id);
      if (this.begun.has(id)) this.tell({ kind: 'lost', range });
    }
    return false;
  }

  private process(job: RangeJob, token: string): Observable<RangeReturn> {
    const id = job.id!;
    const begun: Begun<T> = { range: rangeIn(job.data), results: [], rows: 0 };
    const lost = this.lost.pipe(
      filter((other) => other === id),
      map(() => this.leave(begun)),
    );
    const stopped = this.stopped.pipe(map(() => this.giveBack(job, token)));
    const left = merge(lost, stopped).pipe(take(1));
    const done = defer(() => {
      if (job.data.plan !== this.work.plan.digest) throw plansGone(this.work.queue);
      this.begun.set(id, begun);
      const ended = defer(() => of({ rows: begun.rows }));
      return concat(this.projected(begun), this.renewed(job, token), ended);
    }).pipe(
      catchError((error: unknown) => {
        if (!isOfThisProgram(error)) throw asError(error);
        // Another program may do it: this one gives it back, with all that it has.
        this.subscriber.error(error);
        return NEVER;
      }),
    );
    // What is left is left before anything else is done with it.
    return merge(done.pipe(takeUntil(left)), left.pipe(concatMap((leaving) => leaving))).pipe(take(1));
  }

  private projected(begun: Begun<T>): Observable<never> {
    return from(this.work.project(begun.range)).pipe(
      tap((result) => {
        const { rows } = Object(result) as Partial<RangeResult>;
        if (typeof rows !== 'number') throw notARangeResult();
        begun.rows += rows;
        begun.results.push(result);
      }),
      ignoreElements(),
    );
  }

  /** Whoever stood still does not know that somebody else has the range now. */
  private renewed(job: RangeJob, token: string): Observable<never> {
    return redis(() => job.extendLock(token, this.work.settings.lockDuration)).pipe(
      concatMap((isOurs) => {
        if (isOurs === 0) this.lost.next(job.id!);
        return EMPTY;
      }),
    );
  }

  private leave({ range }: Begun<T>): Observable<never> {
    return defer(() => {
      this.tell({ kind: 'lost', range });
      return notOurs();
    });
  }

  private giveBack(job: RangeJob, token: string): Observable<never> {
    const given = redisCommand(() => job.moveToWait(token)).pipe(
      timeout(GIVE_BACK_WITHIN),
      catchError(() => EMPTY),
    );
    return concat(given, notOurs());
  }

  private completed(id: string): void {
    const begun = this.begun.get(id);
    if (begun === undefined) return;
    const { range, rows, results } = begun;
    this.tell({ kind: 'completed', range, rows, results });
  }

  private failed({ data, attemptsMade: attempts, finishedOn }: RangeJob, error: Error): void {
    this.tell({ kind: 'failed', range: rangeIn(data), error, attempts, isFinal: finishedOn !== undefined });
  }

  private tell(outcome: RangeOutcome<T>): void {
    this.begun.delete(outcome.range.id);
    this.subscriber.next(outcome);
  }
}

/** By this name BullMQ knows that there is nothing to be done with a job that was left. */
function notOurs(): Observable<never> {
  return throwError(() =>
    Object.assign(new Error('The range is not worked on here any more.'), { name: 'WaitingError' }),
  );
}
