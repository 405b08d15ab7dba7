import { Readable } from 'node:stream';
import type { Observable } from 'rxjs';
import { ConfigurationError } from '../errors.js';
import type { Page } from '../operators/page.js';
import { RowReader } from './row-reader.js';

/**
 * The rows of a query as a `Readable` of Node.js, in object mode, for `pipeline()`. Rows are decoded, and pages fetched, as
 * they are read. It keeps none of its own (its `highWaterMark` is 0), so that what is read ahead is what the streams behind it
 * keep.
 *
 * Nothing is sent before it is read. It is destroyed by an error of the query, or by a row that cannot be read; destroying it
 * unsubscribes at once and asks for nothing more.
 *
 * @example
 * ```ts
 * await pipeline(
 *   toReadable(session.query('SELECT * FROM events')),
 *   async function* (rows) {
 *     for await (const row of rows) yield JSON.stringify(row) + '\n';
 *   },
 *   createWriteStream('events.ndjson'),
 * );
 * ```
 */
export function toReadable<T>(source: Observable<Page<T>>): Readable {
  return new RowReadable(new RowReader(source, 'toReadable'));
}

class RowReadable<T> extends Readable {
  private readonly rows: RowReader<T>;

  constructor(rows: RowReader<T>) {
    super({ objectMode: true, highWaterMark: 0 });
    this.rows = rows;
  }

  override _read(): void {
    let result: IteratorResult<T, undefined> | undefined;
    try {
      result = this.rows.take();
    } catch (error) {
      this.destroy(error as Error);
      return;
    }
    if (result === undefined) this.rows.ask(() => this._read());
    else if (result.done === true) this.push(null);
    else if (result.value === null) this.destroy(nullRow());
    else this.push(result.value);
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.rows.leave();
    callback(error);
  }
}

function nullRow(): ConfigurationError {
  return new ConfigurationError('A Readable cannot have a row that is null, which is its end: use iterateRows().');
}
