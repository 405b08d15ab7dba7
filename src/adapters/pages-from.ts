import { filter, Observable, type ObservableInput } from 'rxjs';
import { ConfigurationError } from '../errors.js';
import type { Page } from '../operators/page.js';
import { type Chunk, pages } from '../operators/pages.js';
import { type AsyncPull, type Pull, pullFrom, type SyncPull } from '../operators/pull.js';

/** What can be pulled: arrays and generators, and with them files, HTTP bodies and web streams, which are async iterables. */
export type Pullable<T> = Iterable<T> | AsyncIterable<T>;

export interface PagesFromOptions {
  /** How many values make a page; the last may have fewer. Default 1: a page is there as soon as a value is. */
  pageSize?: number;
}

/**
 * Anything that can be pulled, under the demand rule of rxcql: an iterable or async iterable, a `Readable` of Node.js, a
 * `ReadableStream` of the web. Values are pulled for a page when the one before has been *delivered* (see {@link Page}), so
 * that a file is read, and a generator run, only as fast as the work goes. (`from()` pulls all at once, and what follows it
 * keeps what it cannot work on yet.)
 *
 * Completes when the source has ended, without a page if it was empty. Errors with the error of the source, after a page of
 * what was pulled before; with a `ConfigurationError` if it cannot be pulled. Unsubscribing destroys a stream, even one that
 * does not answer, and returns an iterator.
 *
 * @param source Or a function that makes it, at each subscription: a stream and a generator can be read only once.
 *
 * @example
 * ```ts
 * async function* linesOf(path: string) {
 *   const file = await open(path); // of node:fs/promises
 *   try {
 *     yield* file.readLines();
 *   } finally {
 *     await file.close();
 *   }
 * }
 *
 * pagesFrom(() => linesOf('ids.txt'), { pageSize: 100 }).pipe(
 *   mergeRows((id) => session.execute('DELETE FROM users WHERE id = ?', [id]), 64),
 * );
 * ```
 */
export function pagesFrom<T>(
  source: Pullable<T> | (() => Pullable<T>),
  options: PagesFromOptions = {},
): Observable<Page<T>> {
  return new Observable((subscriber) => {
    const { pageSize = 1 } = options;
    let pull: Pull<T> | undefined;
    try {
      checkOptions(options, pageSize);
      pull = pullFrom(typeof source === 'function' ? source() : source);
      if (pull === undefined) throw new ConfigurationError(NOT_PULLABLE);
    } catch (error) {
      subscriber.error(error);
      return;
    }
    const chunks = new Chunks(pull, pageSize);
    subscriber.add(() => chunks.leave());
    pages(() => chunks.next())
      // Whether a page was the last shows only when another is asked for: what ends the pages then is empty.
      .pipe(filter((page) => page.rowCount > 0))
      .subscribe(subscriber);
  });
}

const NOT_PULLABLE = 'pagesFrom takes an iterable or async iterable, or a function that makes one.';

function checkOptions(options: object, pageSize: unknown): void {
  if (!Number.isInteger(pageSize) || (pageSize as number) < 1) {
    throw new ConfigurationError('The page size of pagesFrom is a whole number, 1 or more.');
  }
  const unknown = Object.keys(options).find((name) => name !== 'pageSize');
  if (unknown === undefined) return;
  throw new ConfigurationError(`pagesFrom has no option ${JSON.stringify(unknown)}; there is "pageSize".`);
}

/** Fetches for `pages()`: as many values as make a page, and that more may follow unless the source has ended. */
class Chunks<T> {
  private readonly pull: Pull<T>;
  private readonly size: number;
  private isEnded = false;
  private failure: { readonly error: unknown } | undefined;

  constructor(pull: Pull<T>, size: number) {
    this.pull = pull;
    this.size = size;
  }

  next(): ObservableInput<Chunk<T, true>> {
    if (this.failure !== undefined) throw this.failure.error;
    return this.pull.isAsync ? this.gatherLater(this.pull) : [this.gather(this.pull)];
  }

  leave(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.pull.leave();
  }

  private gather(pull: SyncPull<T>): Chunk<T, true> {
    const rows: T[] = [];
    try {
      while (rows.length < this.size && this.add(pull.next(), rows));
    } catch (error) {
      this.fail(error);
    }
    return this.chunkOf(rows);
  }

  private async gatherLater(pull: AsyncPull<T>): Promise<Chunk<T, true>> {
    const rows: T[] = [];
    try {
      while (rows.length < this.size && this.add(await pull.next(), rows));
    } catch (error) {
      this.fail(error);
    }
    return this.chunkOf(rows);
  }

  /** Says whether more may be pulled. */
  private add(result: IteratorResult<T, unknown>, rows: T[]): boolean {
    if (result.done === true) this.isEnded = true;
    else rows.push(result.value);
    return !this.isEnded;
  }

  /** What came before is emitted before the error is. */
  private fail(error: unknown): void {
    this.isEnded = true;
    this.failure = { error };
  }

  private chunkOf(rows: T[]): Chunk<T, true> {
    const { failure, isEnded } = this;
    if (failure !== undefined && rows.length === 0) throw failure.error;
    return failure === undefined && isEnded ? { rows } : { rows, pagingState: true };
  }
}
