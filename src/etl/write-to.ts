import {
  concatMap,
  defer,
  from,
  identity,
  map,
  mergeMap,
  type Observable,
  of,
  type OperatorFunction,
  switchMap,
} from 'rxjs';
import { callable, type Check, type Checks, checkOptions, consistency, flag, oneOf } from '../check.js';
import { fallthroughRetry, type RetryPolicy } from '../cluster/policies/retry.js';
import { RetryBudget } from '../cluster/retry-budget.js';
import {
  AuthenticationError,
  BindError,
  ConfigurationError,
  type Consistency,
  ResponseError,
  SessionClosedError,
} from '../errors.js';
import { ArrayRows } from '../operators/array-rows.js';
import { mapPage } from '../operators/map-page.js';
import { mergeRows } from '../operators/merge-rows.js';
import { notAPage } from '../operators/not-a-page.js';
import { Page } from '../operators/page.js';
import type { Session } from '../session/session.js';
import type { QueryOptions } from '../session/request-options.js';
import type { Statement } from '../session/statement-job.js';
import { BatchGroups } from './batch-groups.js';
import { binder, type Convert } from './convert.js';
import { BadRecord } from './files/bad-record.js';
import { badRecordError } from './files/file-error.js';
import { concurrency, type Limiter, limitOf } from './limiter.js';
import { type Outcome, outcomeOf, type Placed } from './outcome.js';
import { Pace } from './pace.js';
import { type Ended, type Retrying, retrying } from './retrying.js';
import type { ScanPage } from './scan-page.js';
import { textOf, type WriteTarget, writeTarget } from './write-target.js';

/** How records are written. */
export interface WriteOptions {
  /** How many requests are on their way at a time; default 64. */
  concurrency?: number | Limiter;
  /**
   * `'partition'`: records of one page and one partition go in one unlogged batch, of 32 and 5 KiB at most. `'none'`, the default, and for
   * statements with a condition in any case: each on its own.
   */
  batch?: 'partition' | 'none';
  /** How many records are written in a second at most; by default as many as can be. */
  rate?: number;
  /** Default `'LOCAL_QUORUM'`. */
  consistency?: Consistency;
  /** Whether a record may be written twice; default: what the statement looks like. */
  idempotent?: boolean;
  /**
   * Makes of what a record has for each marker a value that can be bound: {@link fromText}, {@link fromJson}, or a function of yours. A record of
   * which it throws has failed; what it was is in the outcome, as it was before. By default values are bound as they are.
   */
  convert?: Convert;
  /** What is tried again; default: whatever may go well the next time, ten times, if the statement is idempotent. */
  retry?: RetryPolicy;
}

const aRate: Check = (value, name) => {
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) {
    throw new ConfigurationError(`The option ${JSON.stringify(name)} must be a number of records a second, above 0.`);
  }
};

const CHECKS: Checks<WriteOptions> = {
  concurrency,
  batch: oneOf('partition', 'none'),
  rate: aRate,
  consistency,
  idempotent: flag,
  retry: callable,
  convert: callable,
};

const AT_A_TIME = 64;
const GROUPS = { maxItems: 32, maxBytes: 5_120, maxOpen: 1_000 };

/** A fifth of all writes may be tried again. */
const BUDGET = { percent: 20, burst: 100 };

/**
 * Writes the records of pages by a statement. A record is what the statement has for its markers: a row or another object, by name, or an
 * array, by position, and by the option `convert` the texts of a file; `:ttl` and `:writetime` behind `USING TTL` and `TIMESTAMP` are markers as any other.
 *
 * Cold. Emits what became of each record, as it comes: failures are outcomes, not errors, and writing goes on. The next page is asked for
 * when all records of the one before have been begun, so that no more than two pages are held and a slow cluster slows the source down.
 *
 * What may go well the next time is tried again after a pause that grows, as long as that is no more than a fifth of all writes.
 * Statements with a condition, counters, what adds to a list or takes its values from `now()` and the like are never sent twice, unless
 * `idempotent` says so.
 *
 * Errors with the error of the source, and where nothing more can be written: the statement cannot be prepared, the session is closed, the
 * role may not write. Errors with a `ConfigurationError`, too, if such a statement gets pages of ranges that come from a queue. Unsubscribing leaves what is in flight.
 *
 * @example
 * ```ts
 * orders.pipe(
 *   writeTo(session, 'INSERT INTO shop.orders (id, total) VALUES (:id, :total)', { concurrency: 128 }),
 *   filter(({ kind }) => kind === 'failed'),
 * );
 * ```
 */
export function writeTo<T>(
  session: Session,
  statement: Statement,
  options: WriteOptions = {},
): OperatorFunction<Page<T>, Outcome> {
  return (source) =>
    defer(() => {
      checkOptions<WriteOptions>(options, CHECKS, 'options of writeTo()');
      return session.prepare(textOf(statement)).pipe(
        switchMap((prepared) => {
          const writer = new RecordWriter(session, writeTarget(prepared), options);
          const { concurrency: given = AT_A_TIME } = options;
          return source.pipe(
            map((page) => writer.unitsOf(page)),
            mergeRows((unit) => writer.write(unit), limitOf(given)),
          );
        }),
      );
    });
}

/** Records that are sent together. */
type Unit = readonly Placed[];

/** One subscription of `writeTo()`. */
class RecordWriter {
  private readonly session: Session;
  private readonly target: WriteTarget;
  private readonly requestOptions: Pick<QueryOptions, 'idempotent' | 'retry' | 'consistency'>;
  /** Of one record, the same for all. */
  private readonly recordOptions: QueryOptions;
  private readonly isBatched: boolean;
  private readonly bind: (record: unknown) => unknown;
  private readonly pace: Pace | undefined;
  private readonly retrying: Retrying;
  private count = 0;

  constructor(session: Session, target: WriteTarget, options: WriteOptions) {
    const { batch, rate, consistency: level, idempotent = target.isIdempotent, retry, concurrency: given } = options;
    this.session = session;
    this.target = target;
    // What is tried again, and when, is not the driver's to decide here; but what reached no node goes on to the next.
    this.requestOptions = { idempotent, retry: fallthroughRetry(), ...(level && { consistency: level }) };
    this.recordOptions = Object.freeze<QueryOptions>({ ...this.requestOptions, rows: 'object' });
    this.isBatched = batch === 'partition' && !target.isConditional;
    this.bind = options.convert === undefined ? identity : binder(target.prepared, options.convert);
    this.pace = rate === undefined ? undefined : new Pace(rate);
    const limiter = typeof given === 'object' ? given : undefined;
    this.retrying = {
      budget: new RetryBudget(BUDGET),
      isIdempotent: idempotent,
      consistency: level ?? 'LOCAL_QUORUM',
      policy: retry,
      observe: (sample) => limiter?.observe?.(sample),
    };
  }

  /** A page of what is sent together. */
  unitsOf(page: Page<unknown>): Page<Unit> {
    const mistake = notAPage(page, 'writeTo');
    if (mistake !== undefined) throw mistake;
    this.refuseTwice(page);
    const first = this.count;
    this.count += page.rowCount;
    const { positionOf } = page as Partial<PositionedPage>;
    const placed = (record: unknown, row: number): Placed => {
      return this.placed(record, positionOf === undefined ? first + row : positionOf.call(page, row));
    };
    if (!this.isBatched) return mapPage(page, (record, row): Unit => [placed(record, row)]);
    const grouped = new Page<Unit>(ArrayRows.from(this.grouped(page, placed)), page);
    grouped.whenDelivered(() => page.skip());
    return grouped;
  }

  private refuseTwice(page: Page<unknown>): void {
    const { range } = page as Partial<ScanPage>;
    if (range?.delivery !== 'at-least-once' || this.retrying.isIdempotent) return;
    throw new ConfigurationError(
      'The range of a queue may be done more than once, and this statement must not be: it adds, has a condition, or takes its values ' +
        'from functions. Load from one program; or say "idempotent: true" if to write its records twice does no harm.',
    );
  }

  /** Emits what became of each record of a unit. */
  write(unit: Unit): Observable<Outcome> {
    const { failure: error } = unit[0]!;
    if (error !== undefined) return of(outcomeOf(unit[0]!, { error, attempts: 0, latency: 0 }));
    return this.pace === undefined ? this.send(unit) : this.pace.run(unit.length, () => this.send(unit));
  }

  private placed(record: unknown, position: unknown): Placed {
    try {
      if (record instanceof BadRecord) throw badRecordError(record);
      return { record, position, bound: this.bind(record) };
    } catch (error) {
      return { record, position, bound: undefined, failure: error as Error };
    }
  }

  private *grouped(page: Page<unknown>, placed: (record: unknown, row: number) => Placed): Generator<Unit> {
    const groups = new BatchGroups<Placed>(GROUPS);
    const cursor = page.rows.cursor();
    for (let row = 0; row < page.rowCount; row++) {
      const record = cursor.next();
      const item = placed(record, row);
      const key = item.failure === undefined ? this.target.keyOf(item.bound) : undefined;
      if (key === undefined) yield [item];
      else yield* groups.add(key, item, this.target.sizeOf(item.bound));
    }
    yield* groups.flush();
  }

  private send(unit: Unit): Observable<Outcome> {
    const [only] = unit;
    if (unit.length > 1) return this.sendTogether(unit);
    const request = (): Observable<Page<unknown>> =>
      this.session.execute(this.target.prepared, only!.bound as object, this.recordOptions);
    return retrying(request, this.retrying, (ended) => outcomeUnlessForAll(only!, ended));
  }

  private sendTogether(unit: Unit): Observable<Outcome> {
    const { session, target } = this;
    const items = unit.map(({ bound }) => [target.prepared, bound as object] as const);
    const options = { ...this.requestOptions, type: target.isCounter ? 'counter' : 'unlogged' } as const;
    const ended = retrying(() => session.batch(items, options), this.retrying, identity);
    return ended.pipe(
      mergeMap((ended) => {
        // One of them is to blame: the others can be written.
        if (isOfOne(ended.error)) return from(unit).pipe(concatMap((placed) => this.send([placed])));
        return from(unit.map((placed) => outcomeUnlessForAll(placed, ended)));
      }),
    );
  }
}

interface PositionedPage {
  positionOf(row: number): unknown;
}

/** @throws What no other record would fare better with. */
export function outcomeUnlessForAll(placed: Pick<Placed, 'record' | 'position'>, ended: Ended): Outcome {
  const { error } = ended;
  if (error !== undefined && isForAll(error)) throw error;
  return outcomeOf(placed, ended);
}

/** Whether no other record would fare better. */
export function isForAll(error: Error): boolean {
  if (error instanceof ResponseError) return error.kind === 'Unauthorized';
  return [AuthenticationError, SessionClosedError].some((kind) => error instanceof kind);
}

/** It was refused for what is in it, before anything of it was executed. */
function isOfOne(error: Error | undefined): boolean {
  return error instanceof BindError || (error instanceof ResponseError && error.kind === 'Invalid');
}
