import { from, type Observable, type ObservableInput, Subscriber, type Subscription } from 'rxjs';
import { ConfigurationError } from '../errors.js';
import { Fifo } from './fifo.js';
import { InnerReceiver } from './inner-receiver.js';
import { notAPage } from './not-a-page.js';
import type { Page } from './page.js';
import { type Placed, Subscriptions } from './subscriptions.js';
import { putOff, type PutOff } from '../together.js';

/** One subscription of `mergeRows()`. */
export class RowMerge<T, R> implements Merge<T, R>, PutOff {
  /** @internal */
  isPutOff = false;
  private readonly subscriber: Subscriber<R>;
  private readonly project: (row: T, index: number) => ObservableInput<R>;
  private concurrent: number;
  private readonly delayError: boolean;

  private readonly source = new Source<T, R>(this);
  private limits: Subscription | undefined;
  private isSourceDone = false;
  private readonly waiting = new Fifo<Page<T>>();
  private rows: Iterator<T> | undefined;
  private index = 0;
  private readonly inners = new Subscriptions<Inner<T, R>>();
  /** In ordered mode: the inners that have not been emitted whole, oldest first. They fill the places. */
  private readonly queue: Fifo<Inner<T, R>> | undefined;
  private failure: { readonly error: unknown } | undefined;
  private isDraining = false;
  private isAdvancing = false;

  constructor(
    project: (row: T, index: number) => ObservableInput<unknown>,
    concurrent: number,
    options: { readonly delayError?: boolean; readonly ordered?: boolean },
    subscriber: Subscriber<R>,
  ) {
    this.project = project as (row: T, index: number) => ObservableInput<R>;
    this.concurrent = concurrent;
    this.delayError = options.delayError ?? false;
    this.queue = options.ordered === true ? new Fifo() : undefined;
    this.subscriber = subscriber;
  }

  start(source: Observable<Page<T>>): void {
    source.subscribe(this.source);
  }

  /** Has at most as many inners as an Observable says; fewer than there are only when some of them have ended. */
  follow(limits: Observable<number>): void {
    this.limits = limits.subscribe({
      next: (limit) => {
        if (limit > 0) {
          this.concurrent = Math.max(1, Math.floor(limit));
          this.proceed();
        } else {
          this.subscriber.error(new ConfigurationError('The concurrency of mergeRows is a number, 1 or more.'));
        }
      },
      error: (error: unknown) => this.subscriber.error(error),
    });
  }

  unsubscribe(): void {
    this.source.unsubscribe();
    this.limits?.unsubscribe();
    this.inners.unsubscribe();
    this.waiting.clear();
    this.rows = undefined;
  }

  take(page: Page<T>): void {
    const mistake = notAPage(page, 'mergeRows');
    if (mistake !== undefined) {
      this.fail(mistake);
      return;
    }
    // For an empty page no query waits: any number of them may come while the one before is being worked off.
    if (page.rowCount === 0) return;
    this.waiting.push(page);
    this.proceed();
  }

  sourceDone(): void {
    this.isSourceDone = true;
    this.proceed();
  }

  emit(inner: Inner<T, R>, value: R): void {
    if (this.queue === undefined) {
      this.subscriber.next(value);
    } else {
      inner.values.push(value);
      // Whatever the value set off may have ended inners: that made room.
      if (this.advance()) this.proceed();
    }
  }

  finish(inner: Inner<T, R>): void {
    this.close(inner);
    putOff(this);
  }

  finishWith(inner: Inner<T, R>, error: unknown): void {
    this.close(inner);
    this.fail(error);
  }

  private close(inner: Inner<T, R>): void {
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
    this.source.unsubscribe();
    this.proceed();
  }

  /** Starts work while there is room and there are rows. Inners that end at once only make room: no stack grows. */
  proceed(): void {
    if (this.isDraining) return;
    this.isDraining = true;
    while (!this.subscriber.closed && this.active < this.concurrent) {
      const row = this.nextRow();
      if (row === undefined) break;
      this.begin(row.value);
    }
    this.isDraining = false;
    if (this.isSourceDone && this.active === 0 && this.isEmpty && !this.subscriber.closed) this.end();
  }

  /** Rows are left only as long as nothing may be begun: nobody has said how much yet. */
  private get isEmpty(): boolean {
    return this.rows === undefined && this.waiting.length === 0;
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
    // `project` may have been what made somebody leave.
    if (this.subscriber.closed) return;
    const inner = new Inner(this, this.queue === undefined ? NONE : []);
    this.inners.add(inner);
    this.queue?.push(inner);
    inner.begin(source);
  }

  /**
   * In ordered mode: emits what has its turn; what is emitted meanwhile, by whatever that sets off, comes behind it. Says
   * whether it has come to the end of an inner.
   */
  private advance(): boolean {
    const { queue } = this;
    if (queue === undefined || this.isAdvancing) return false;
    this.isAdvancing = true;
    const before = queue.length;
    for (let head = queue.first; head !== undefined && !this.subscriber.closed; head = queue.first) {
      const { values } = head;
      // By index, since emitting one may bring others.
      for (let next = 0; next < values.length; next++) this.subscriber.next(values[next]!);
      values.length = 0;
      if (!head.isDone) break;
      queue.shift();
    }
    this.isAdvancing = false;
    return queue.length < before;
  }

  private end(): void {
    if (this.failure !== undefined) this.subscriber.error(this.failure.error);
    else this.subscriber.complete();
  }
}

/** What the source and the inners report to. */
interface Merge<T, R> {
  take(page: Page<T>): void;
  sourceDone(): void;
  emit(inner: Inner<T, R>, value: R): void;
  finish(inner: Inner<T, R>): void;
  finishWith(inner: Inner<T, R>, error: unknown): void;
  fail(error: unknown): void;
}

/** The values of inners that keep none. */
const NONE: never[] = [];

/** A Subscriber rather than a plain observer, which could not be left while it is being subscribed. */
class Source<T, R> extends Subscriber<Page<T>> {
  private readonly merge: Merge<T, R>;

  constructor(merge: Merge<T, R>) {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- there is no other way to make a Subscriber
    super();
    this.merge = merge;
  }

  protected override _next(page: Page<T>): void {
    this.merge.take(page);
  }

  protected override _error(error: unknown): void {
    this.unsubscribe();
    this.merge.fail(error);
  }

  protected override _complete(): void {
    this.unsubscribe();
    this.merge.sourceDone();
  }
}

class Inner<T, R> extends InnerReceiver<R> implements Placed {
  place = -1;
  /** In ordered mode: what was emitted before its turn. */
  readonly values: R[];
  isDone = false;
  private readonly merge: Merge<T, R>;

  constructor(merge: Merge<T, R>, values: R[]) {
    super();
    this.merge = merge;
    this.values = values;
  }

  protected onNext(value: R): void {
    this.merge.emit(this, value);
  }

  protected onError(error: unknown): void {
    this.merge.finishWith(this, error);
  }

  protected onComplete(): void {
    this.merge.finish(this);
  }
}
