import { type Observable, Subscriber } from 'rxjs';
import { ThrottleError } from '../../errors.js';
import { Fifo } from '../../operators/fifo.js';
import { Page } from '../../operators/page.js';
import type { Elements, Taker } from './elements.js';

/** How far an Observable, which cannot be asked to wait, may be ahead of the work. */
const MAX_AHEAD = 10_000;

const OVER: IteratorResult<never, unknown> = { done: true, value: undefined };

/**
 * What an Observable has emitted and nobody has taken yet. Of a page the rows are taken, one by one; it is delivered when the first
 * of them is, so that the next page is fetched meanwhile.
 */
// A Subscriber rather than a plain observer: that could not be left while it is being subscribed.
/* eslint-disable @typescript-eslint/no-deprecated -- there is no other way to make one */
export class ObservedElements<T> extends Subscriber<T | Page<T>> implements Elements<T> {
  private readonly source: Observable<T | Page<T>>;
  private readonly taker: Taker;
  private readonly waiting = new Fifo<T | Page<T>>();
  private rows: Iterator<T> | undefined;
  private failure: { readonly error: unknown } | undefined;
  private isOver = false;

  constructor(source: Observable<T | Page<T>>, taker: Taker) {
    super();
    this.source = source;
    this.taker = taker;
  }

  start(): void {
    this.source.subscribe(this);
  }

  take(): IteratorResult<T, unknown> | undefined {
    for (;;) {
      const row = this.rows?.next();
      if (row?.done === false) return row;
      this.rows = undefined;
      if (this.waiting.length === 0) {
        if (this.failure !== undefined) throw this.failure.error;
        return this.isOver ? OVER : undefined;
      }
      const next = this.waiting.shift() as T | Page<T>;
      if (!(next instanceof Page)) return { done: false, value: next };
      this.rows = next[Symbol.iterator]();
      next.skip();
    }
  }

  leave(): void {
    this.isOver = true;
    this.unsubscribe();
    this.waiting.clear();
    this.rows = undefined;
  }

  protected override _next(element: T | Page<T>): void {
    if (this.isOver) return;
    // For an empty page no query waits: any number of them may come.
    if (element instanceof Page && element.rowCount === 0) return;
    if (this.waiting.length === MAX_AHEAD) {
      this._error(
        new ThrottleError(
          `The source of executeConcurrent is an Observable that is ${MAX_AHEAD} elements ahead of the work, and an Observable ` +
            'cannot be asked to wait: give an iterable, or the pages of a query.',
        ),
      );
      return;
    }
    this.waiting.push(element);
    this.taker.wake();
  }

  protected override _error(error: unknown): void {
    this.isOver = true;
    this.failure = { error };
    this.unsubscribe();
    this.taker.sourceFailed(error);
  }

  protected override _complete(): void {
    this.isOver = true;
    this.unsubscribe();
    this.taker.wake();
  }
}
