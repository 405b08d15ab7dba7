import type { Observable } from 'rxjs';
import type { Page } from '../operators/page.js';
import { RowReader } from './row-reader.js';
import type { Waiting } from './iterate-pages.js';

/**
 * The rows of a query for `for await`, decoded and fetched as they are asked for: a page when a row of it is, and the one
 * before has been used up.
 *
 * Nothing is sent before the first row is asked for. An error of the query, or a row that cannot be read, rejects once, then
 * there is no more. Leaving the loop unsubscribes at once and asks for nothing more.
 *
 * A loop costs a promise for each row, and waits for each page: where it matters, take {@link iteratePages} and read whole
 * pages, or work with `mergeRows`.
 *
 * @example
 * ```ts
 * for await (const user of iterateRows(session.query('SELECT id, name FROM users'))) {
 *   if (user.name === 'Ada') break; // the rest is not fetched
 * }
 * ```
 */
export function iterateRows<T>(source: Observable<Page<T>>): AsyncIterableIterator<T> {
  return new RowIterator(new RowReader(source, 'iterateRows'));
}

type Result<T> = IteratorResult<T, undefined>;

class RowIterator<T> implements AsyncIterableIterator<T> {
  private readonly rows: RowReader<T>;
  private readonly waiting: Waiting<T>[] = [];

  constructor(rows: RowReader<T>) {
    this.rows = rows;
  }

  next(): Promise<Result<T>> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      // Those before are served when their page has come.
      if (this.waiting.length === 1) this.serve();
    });
  }

  return(): Promise<Result<T>> {
    this.rows.leave();
    this.serve();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private serve(): void {
    for (let head = this.waiting[0]; head !== undefined; head = this.waiting[0]) {
      let result: Result<T> | undefined;
      try {
        result = this.rows.take();
      } catch (error) {
        this.waiting.shift();
        head.reject(error);
        continue;
      }
      if (result === undefined) {
        this.rows.ask(() => this.serve());
        return;
      }
      this.waiting.shift();
      head.resolve(result);
    }
  }
}
