import type { Observable, Subscription } from 'rxjs';
import { notAPage } from '../operators/not-a-page.js';
import type { Page } from '../operators/page.js';

/**
 * The pages of a query for `for await`, fetched as they are asked for. Asking for a page delivers the one before, read or
 * not (see {@link Page}): a loop that is slow is sent at most one page ahead, and only if it has read the page that it has.
 *
 * Nothing is sent before the first is asked for. An error of the query rejects once, then there is no more. Leaving the loop
 * unsubscribes at once: a fetch in flight is left, and whoever still waits for a page is told that there is none.
 *
 * What a source emits without waiting to be asked, as `from()` does, is kept until somebody asks. Of pages without rows, for
 * which no query waits, only the newest is.
 *
 * @example
 * ```ts
 * for await (const page of iteratePages(session.query('SELECT * FROM events'))) {
 *   await save(page.toArray()); // and meanwhile the next page is fetched, since this one has been read
 * }
 * ```
 */
export function iteratePages<T>(source: Observable<Page<T>>): AsyncIterableIterator<Page<T>> {
  return new PageReader(source, 'iteratePages');
}

type Result<T> = IteratorResult<T, undefined>;

/** Who waits for a page, or a row. */
export interface Waiting<T> {
  readonly resolve: (result: Result<T>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * ```
 *  source ──▶ arrived ──▶ current ──▶ delivered when the next one is asked for
 *             before it    handed
 *             was asked    out last
 *             for
 * ```
 */
export class PageReader<T> implements AsyncIterableIterator<Page<T>> {
  private readonly source: Observable<Page<T>>;
  private readonly name: string;
  private subscription: Subscription | undefined;
  private readonly arrived: Page<T>[] = [];
  private current: Page<T> | undefined;
  private readonly waiting: Waiting<Page<T>>[] = [];
  private isEnded = false;
  /** What the source ended in, until somebody is told. */
  private failure: { readonly error: unknown } | undefined;

  constructor(source: Observable<Page<T>>, name: string) {
    this.source = source;
    this.name = name;
  }

  next(): Promise<Result<Page<T>>> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.deliver();
      this.serve();
      if (this.subscription === undefined && !this.isEnded) this.start();
    });
  }

  return(): Promise<Result<Page<T>>> {
    this.leave();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The query is left first: then the page that is given up asks it for nothing. */
  leave(): void {
    this.subscription?.unsubscribe();
    this.arrived.length = 0;
    this.failure = undefined;
    this.end();
    this.deliver();
  }

  private start(): void {
    this.subscription = this.source.subscribe({
      next: (page) => this.take(page),
      error: (error: unknown) => this.fail(error),
      complete: () => this.end(),
    });
    // It may have been left while it was being subscribed to.
    if (this.isEnded) this.subscription.unsubscribe();
  }

  private take(page: Page<T>): void {
    if (this.isEnded) return;
    const mistake = notAPage(page, this.name);
    if (mistake !== undefined) {
      this.fail(mistake);
      return;
    }
    const last = this.arrived.at(-1);
    if (last?.rowCount === 0 && last.hasMorePages) this.arrived.pop();
    this.arrived.push(page);
    this.serve();
  }

  private fail(error: unknown): void {
    this.subscription?.unsubscribe();
    this.failure = { error };
    this.end();
  }

  private end(): void {
    this.isEnded = true;
    this.serve();
  }

  private deliver(): void {
    const { current } = this;
    this.current = undefined;
    current?.skip();
  }

  private serve(): void {
    while (this.waiting.length > 0 && this.arrived.length > 0) {
      const value = (this.current = this.arrived.shift()!);
      this.waiting.shift()!.resolve({ done: false, value });
      // They did not wait for each other: the second has asked for what comes after the first.
      if (this.waiting.length > 0) this.deliver();
    }
    if (!this.isEnded || this.arrived.length > 0) return;
    for (const { resolve, reject } of this.waiting.splice(0)) {
      const { failure } = this;
      this.failure = undefined;
      if (failure === undefined) resolve({ done: true, value: undefined });
      else reject(failure.error);
    }
  }
}
