import { Observable } from 'rxjs';
import type { Readable } from 'node:stream';
import { ConfigurationError } from '../../errors.js';
import type { Page, Row } from '../../operators/page.js';
import { abortWith } from '../abort-with.js';
import type { Params } from '../bind.js';
import { type Checks, checkOptions, flag, wholeNumber } from '../../check.js';
import { QUERY_CHECKS, type QueryOptions } from '../request-options.js';
import type { Session } from '../session.js';
import type { Statement } from '../statement-job.js';
import { ConcurrentRun } from './concurrent-run.js';
import { type ElementSource, isReadOnce } from './elements-of.js';
import type { ExecutionResult } from './execution-result.js';
import { Work } from './work.js';

/** Where the elements come from that are worked on. */
export type ConcurrentSource<T> = Iterable<T> | AsyncIterable<T> | Readable | Observable<T> | Observable<Page<T>>;

/** How `executeConcurrent()` works; the other options are those of each of its requests. */
export interface ConcurrentOptions extends Omit<QueryOptions, 'deadline'> {
  /** How many elements are worked on at a time; default 100. */
  concurrency?: number | undefined;
  /** Emits in the order of the source; default true. What has come before its turn keeps its place until then. */
  ordered?: boolean | undefined;
  /** Errors at the first failure, and begins nothing more; default true. False makes each failure a result. */
  failFast?: boolean | undefined;
}

// Each page is a request of its own, and the time of all together is what RxJS's `timeout` and `takeUntil` are for.
const OF_EACH = Object.fromEntries(Object.entries(QUERY_CHECKS).filter(([name]) => name !== 'deadline'));

const CHECKS = {
  ...OF_EACH,
  concurrency: wholeNumber(1, 0x7fffffff),
  ordered: flag,
  failFast: flag,
} as Checks<ConcurrentOptions>;

const READ_ALREADY =
  'The source of executeConcurrent has been read already, and can be read only once: give a function that makes it.';

/**
 * Executes a statement for each element of a source, up to `concurrency` at a time. The source is pulled: an element is taken when a place is
 * free for it, so that ten million of them from a generator take no more memory than a hundred. A place is free again when the
 * result has been emitted: issued − delivered ≤ `concurrency`, at every moment.
 *
 * Cold. Emits an {@link ExecutionResult} for each page of each result: those of one element share its index, come in order, and
 * are fetched one after another inside its place, without waiting to be read (with `ordered`, the later ones when its turn has
 * come). Completes when the source has ended and everything is emitted.
 *
 * With `failFast`, errors at the first failure in time, with that error itself: nothing more is taken, and what is in flight is
 * left. Without, failures are results with `ok: false`; only what the source itself fails with is the error, after everything else.
 * Unsubscribing leaves what is in flight, and returns the iterator or destroys the stream.
 *
 * @param statement With values for its markers as elements of the source; `null` if the elements are `[statement, params]`.
 * @param source Iterables and async iterables (streams are), of which no element is asked for before there is a place for it; an Observable
 * of pages, whose rows are the elements and which are fetched as they are needed; or an Observable of elements, which cannot be made to
 * wait and may be 10,000 of them ahead: one more is a `ThrottleError`. Or a function that makes one of these, for each subscription.
 * @returns Errors with a `ConfigurationError` for options that are wrong, a source that is none, and an element that is no parameters,
 * whose index it says.
 *
 * @example
 * ```ts
 * function* readings() {
 *   for (let i = 0; i < 10_000_000; i++) yield [sensor, i, Math.random()];
 * }
 *
 * executeConcurrent(session, 'INSERT INTO readings (sensor, at, value) VALUES (?, ?, ?)', readings, { concurrency: 256 })
 *   .pipe(count())
 *   .subscribe((written) => console.log(written));
 * ```
 */
export function executeConcurrent<R = Row>(
  session: Session,
  statement: Statement,
  source: ConcurrentSource<Params> | (() => ConcurrentSource<Params>),
  options?: ConcurrentOptions,
): Observable<ExecutionResult<R>>;
/** The same with a statement of its own for each element. */
export function executeConcurrent<R = Row>(
  session: Session,
  statement: null,
  source: ConcurrentSource<readonly [Statement, Params?]> | (() => ConcurrentSource<readonly [Statement, Params?]>),
  options?: ConcurrentOptions,
): Observable<ExecutionResult<R>>;
export function executeConcurrent<R>(
  session: Session,
  statement: Statement | null,
  source: ConcurrentSource<unknown> | (() => ConcurrentSource<unknown>),
  options: ConcurrentOptions = {},
): Observable<ExecutionResult<R>> {
  let isRead = false;
  return new Observable((subscriber) => {
    let run: ConcurrentRun<unknown, R>;
    try {
      checkOptions<ConcurrentOptions>(options, CHECKS, 'options of executeConcurrent');
      const { concurrency = 100, ordered = true, failFast = true, signal, ...others } = options;
      abortWith(signal, subscriber);
      if (subscriber.closed) return;
      if (isRead && isReadOnce(source)) throw new ConfigurationError(READ_ALREADY);
      isRead = true;
      const elements = (typeof source === 'function' ? source() : source) as ElementSource<unknown>;
      const settings = Object.keys(others).length === 0 ? undefined : others;
      const work = new Work<R>(session, statement, settings);
      run = new ConcurrentRun(elements, work, { concurrency, ordered, failFast }, subscriber);
    } catch (error) {
      subscriber.error(error);
      return;
    }
    // Before it starts: whatever it emits meanwhile may already be enough.
    subscriber.add(run);
    run.start();
  });
}
