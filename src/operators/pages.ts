import {
  from,
  Observable,
  type ObservableInput,
  type Subscriber,
  type Subscription,
  take,
  type Unsubscribable,
} from 'rxjs';
import { CqlError } from '../errors.js';
import { ArrayRows } from './array-rows.js';
import { Page } from './page.js';

/** What a fetch brings. A chunk without a `pagingState` is the last. */
export interface Chunk<T, S> {
  readonly rows: Iterable<T>;
  readonly pagingState?: S | undefined;
}

/**
 * A chunked source under the demand rule of rxcql: `fetch` is called for the first chunk on subscription, and for the next
 * one when the page made of the last has been *delivered* (see {@link Page}), so that whoever reads slowly is asked for
 * nothing.
 *
 * Cold: every subscription is a chain of fetches of its own. Emits one page a chunk and completes with the last; errors with
 * the error of a fetch, or with a `CqlError` `ERR_RXCQL_NO_CHUNK` if one completes without a chunk. Unsubscribing leaves the
 * fetch in flight. At most one page is undelivered at any time.
 *
 * @param fetch Given the `pagingState` of the chunk before, `undefined` for the first. Its first emission counts.
 *
 * @example
 * ```ts
 * pages<Issue, string>((cursor) => getJson(`/issues?after=${cursor ?? ''}`)).pipe(
 *   concatMap((page) => page),
 * );
 * ```
 */
export function pages<T, S>(
  fetch: (state: S | undefined) => ObservableInput<Chunk<T, S> | Page<T>>,
): Observable<Page<T>> {
  return watchedPages(fetch, undefined);
}

type Fetch<T, S> = (state: S | undefined) => ObservableInput<Chunk<T, S> | Page<T>>;

/**
 * Watches over pages that wait: called with one that others follow and that nobody read at once, counted from 0. What it
 * returns is unsubscribed when the page is delivered, or the query is left.
 */
export type Watch = (page: Page<never>, index: number) => Unsubscribable;

/** `pages()`, watched over. */
export function watchedPages<T, S>(fetch: Fetch<T, S>, watch: Watch | undefined): Observable<Page<T>> {
  return new Observable((subscriber) => {
    const chain = new PageChain(fetch, watch, subscriber);
    subscriber.add(chain);
    chain.request(undefined);
  });
}

/** One subscription: fetch, emit, wait for delivery, fetch. */
class PageChain<T, S> {
  private readonly fetch: Fetch<T, S>;
  private readonly watch: Watch | undefined;
  private readonly subscriber: Subscriber<Page<T>>;
  private fetching: Subscription | undefined;
  private watching: Unsubscribable | undefined;
  private index = 0;
  private state: S | undefined;
  private isRequested = false;
  private isRunning = false;

  constructor(fetch: Fetch<T, S>, watch: Watch | undefined, subscriber: Subscriber<Page<T>>) {
    this.fetch = fetch;
    this.watch = watch;
    this.subscriber = subscriber;
  }

  /** Fetches what follows `state`. A demand that comes while a fetch is being started waits for it: no stack grows. */
  request(state: S | undefined): void {
    this.state = state;
    this.isRequested = true;
    this.watching?.unsubscribe();
    this.watching = undefined;
    if (this.isRunning) return;
    this.isRunning = true;
    while (this.isRequested && !this.subscriber.closed) {
      this.isRequested = false;
      this.fetchOne();
    }
    this.isRunning = false;
  }

  unsubscribe(): void {
    this.fetching?.unsubscribe();
    this.watching?.unsubscribe();
  }

  private fetchOne(): void {
    const { subscriber } = this;
    let source: Observable<Chunk<T, S> | Page<T>>;
    try {
      source = from(this.fetch(this.state));
    } catch (error) {
      subscriber.error(error);
      return;
    }
    let hasEmitted = false;
    this.fetching = source.pipe(take(1)).subscribe({
      next: (chunk) => {
        hasEmitted = true;
        this.emit(chunk);
      },
      error: (error: unknown) => subscriber.error(error),
      complete: () => {
        if (!hasEmitted) subscriber.error(new CqlError('ERR_RXCQL_NO_CHUNK', 'A fetch completed without a chunk.'));
      },
    });
    // A fetch that answered while it was being subscribed may have ended the query: then there was nothing to leave yet.
    if (subscriber.closed) this.fetching.unsubscribe();
  }

  private emit(chunk: Chunk<T, S> | Page<T>): void {
    const { subscriber } = this;
    let state: S | undefined;
    let page: Page<T>;
    try {
      state = (chunk.pagingState ?? undefined) as S | undefined;
      page = chunk instanceof Page ? chunk : pageOf(chunk, state !== undefined);
    } catch (error) {
      // Only what a fetch of the caller's brings can be no chunk.
      subscriber.error(error);
      return;
    }
    subscriber.next(page);
    const index = this.index++;
    if (state === undefined) {
      subscriber.complete();
      return;
    }
    if (!page.isDelivered && !subscriber.closed) this.watching = this.watch?.(page as Page<never>, index);
    page.whenDelivered(() => this.request(state));
  }
}

function pageOf<T, S>({ rows, pagingState }: Chunk<T, S>, hasMorePages: boolean): Page<T> {
  return new Page(ArrayRows.from(rows), {
    hasMorePages,
    pagingState: Buffer.isBuffer(pagingState) ? pagingState : undefined,
  });
}
