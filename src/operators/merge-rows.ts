import {
  from,
  Observable,
  type ObservableInput,
  type ObservedValueOf,
  type OperatorFunction,
  Subscriber,
  type Subscription,
} from 'rxjs';
import { ConfigurationError } from '../errors.js';
import type { Page } from './page.js';

export interface MergeRowsOptions {
  /** Errors only after everything that was read has been worked off, with the first error. Default false: at once. */
  delayError?: boolean;
  /** Emits what the rows project to in the order of the rows. Default false: as it comes. */
  ordered?: boolean;
}

/**
 * Works on rows, up to `concurrent` at a time, kept full across the borders of pages: unlike
 * `concatMap((page) => page.pipe(mergeMap(project, n)))` it does not wait for the last straggler of a page before it begins
 * the next. A row is decoded when its turn has come. At most two pages and `concurrent` rows are held.
 *
 * Emits what the inner Observables emit. Completes when the source and all inners have. Errors with the first error of the
 * source, of a row, of `project` or of an inner; unsubscribing leaves the source and all inners.
 *
 * @param project Called with each row and its index over all pages.
 * @param concurrent At least 1, default unlimited. With `ordered`, results that wait for their turn count.
 *
 * @example
 * ```ts
 * session.query('SELECT id FROM users').pipe(
 *   mergeRows((row) => session.execute('DELETE FROM sessions WHERE user = ?', [row.id]), 64),
 * );
 * ```
 */
export function mergeRows<T, O extends ObservableInput<unknown>>(
  project: (row: T, index: number) => O,
  concurrent: number = Infinity,
  options: MergeRowsOptions = {},
): OperatorFunction<Page<T>, ObservedValueOf<O>> {
  return (source) =>
    new Observable((subscriber) => {
      if (typeof concurrent !== 'number' || !(concurrent >= 1) || (concurrent % 1 !== 0 && concurrent !== Infinity)) {
        subscriber.error(new ConfigurationError('The concurrency of mergeRows is a whole number, 1 or more.'));
        return;
      }
      const merge = new RowMerge(project, concurrent, options, subscriber);
      // Before it starts: whatever it emits meanwhile may already be enough.
      subscriber.add(merge);
      merge.start(source);
    });
}

class RowMerge<T, R> implements Merge<R> {
  private readonly subscriber: Subscriber<R>;
  private readonly project: (row: T, index: number) => ObservableInput<R>;
  private readonly concurrent: number;
  private readonly delayError: boolean;

  private source: Subscription | undefined;
  private isSourceDone = false;
  private readonly waiting: Page<T>[] = [];
  private rows: Iterator<T> | undefined;
  private index = 0;
  private readonly inners = new Set<Inner<R>>();
  /** In ordered mode: the inners that have not been emitted whole, oldest first. They fill the places. */
  private readonly queue: Inner<R>[] | undefined;
  private failure: { readonly error: unknown } | undefined;
  private isDraining = false;

  constructor(
    project: (row: T, index: number) => ObservableInput<unknown>,
    concurrent: number,
    options: MergeRowsOptions,
    subscriber: Subscriber<R>,
  ) {
    this.project = project as (row: T, index: number) => ObservableInput<R>;
    this.concurrent = concurrent;
    this.delayError = options.delayError ?? false;
    this.queue = options.ordered === true ? [] : undefined;
    this.subscriber = subscriber;
  }

  start(source: Observable<Page<T>>): void {
    this.source = source.subscribe({
      next: (page) => {
        this.waiting.push(page);
        this.drain();
      },
      error: (error: unknown) => this.fail(error),
      complete: () => {
        this.isSourceDone = true;
        this.drain();
      },
    });
    // A source that emitted while it was being subscribed may have been the end of it.
    if (this.isSourceDone || this.subscriber.closed) this.source.unsubscribe();
  }

  unsubscribe(): void {
    this.source?.unsubscribe();
    for (const inner of this.inners) inner.unsubscribe();
    this.inners.clear();
    this.waiting.length = 0;
    this.rows = undefined;
  }

  emit(inner: Inner<R>, value: R): void {
    if (this.queue === undefined || this.queue[0] === inner) this.subscriber.next(value);
    else (inner.values ??= []).push(value);
  }

  finish(inner: Inner<R>): void {
    this.close(inner);
    this.drain();
  }

  finishWith(inner: Inner<R>, error: unknown): void {
    this.close(inner);
    this.fail(error);
  }

  private close(inner: Inner<R>): void {
    inner.isDone = true;
    this.inners.delete(inner);
    this.advance();
  }

  /** With `delayError`, what was read is worked off, but nothing more is asked for. */
  fail(error: unknown): void {
    if (!this.delayError) {
      this.subscriber.error(error);
      return;
    }
    this.failure ??= { error };
    this.isSourceDone = true;
    this.source?.unsubscribe();
    this.drain();
  }

  /** Starts work while there is room and there are rows. Inners that end at once only make room: no stack grows. */
  private drain(): void {
    if (this.isDraining) return;
    this.isDraining = true;
    while (!this.subscriber.closed && this.active < this.concurrent) {
      const row = this.nextRow();
      if (row === undefined) break;
      this.begin(row.value);
    }
    this.isDraining = false;
    if (this.isSourceDone && this.active === 0 && !this.subscriber.closed) this.end();
  }

  private get active(): number {
    return this.queue?.length ?? this.inners.size;
  }

  /** The next row there is. A page is delivered when its first row is taken, so that the next is fetched meanwhile. */
  private nextRow(): IteratorYieldResult<T> | undefined {
    for (;;) {
      if (this.rows === undefined) {
        const page = this.waiting.shift();
        if (page === undefined) return undefined;
        this.rows = page[Symbol.iterator]();
        page.skip();
      }
      try {
        const result = this.rows.next();
        if (result.done !== true) return result;
        this.rows = undefined;
      } catch (error) {
        this.rows = undefined;
        this.fail(error);
        if (this.subscriber.closed) return undefined;
      }
    }
  }

  private begin(row: T): void {
    let source: Observable<R>;
    try {
      source = from(this.project(row, this.index++));
    } catch (error) {
      this.fail(error);
      return;
    }
    const inner = new Inner(this);
    this.inners.add(inner);
    this.queue?.push(inner);
    source.subscribe(inner);
  }

  /** In ordered mode: emits what was only waiting for its turn. */
  private advance(): void {
    const { queue } = this;
    let head = queue?.[0];
    while (head?.isDone === true) {
      queue!.shift();
      head = queue![0];
      for (const value of head?.values?.splice(0) ?? []) this.subscriber.next(value);
    }
  }

  private end(): void {
    if (this.failure !== undefined) this.subscriber.error(this.failure.error);
    else this.subscriber.complete();
  }
}

/** What an inner reports to. */
interface Merge<R> {
  emit(inner: Inner<R>, value: R): void;
  finish(inner: Inner<R>): void;
  finishWith(inner: Inner<R>, error: unknown): void;
}

/** The subscriber of one inner; in ordered mode it keeps what is emitted before its turn. */
class Inner<R> extends Subscriber<R> {
  values: R[] | undefined = undefined;
  isDone = false;
  private readonly merge: Merge<R>;

  constructor(merge: Merge<R>) {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- a plain observer could not be left while it is being subscribed
    super();
    this.merge = merge;
  }

  protected override _next(value: R): void {
    this.merge.emit(this, value);
  }

  protected override _error(error: unknown): void {
    this.unsubscribe();
    this.merge.finishWith(this, error);
  }

  protected override _complete(): void {
    this.unsubscribe();
    this.merge.finish(this);
  }
}
