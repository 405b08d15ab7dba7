import { filter, map, Observable } from 'rxjs';
import { type Checks, checkOptions, list, wholeNumber } from '../../check.js';
import type { Page, Row } from '../../operators/page.js';
import { type Chunk, pages } from '../../operators/pages.js';
import { type AsyncPull, pullFrom } from '../../operators/pull.js';
import { FileError } from '../files/file-error.js';
import { openParquet, unreadable } from './parquet-file.js';
import { ParquetPage } from './parquet-page.js';
import { parquetFilesOf, type ParquetSource } from './parquet-source.js';

/** How Parquet files are read. */
export interface ParquetReadOptions {
  /** Rows a page; default 5,000. A page has rows of one row group. */
  pageSize?: number;
  /** Which columns, in this order; default: all. */
  columns?: readonly string[];
}

const CHECKS: Checks<ParquetReadOptions> = { pageSize: wholeNumber(1, 10_000_000), columns: list };

/**
 * Reads Parquet files: pages of rows, whose values are those that rows of a session have. Files of `toParquet()` give back every value as
 * it was; those of others are read by their logical types, as docs/etl.md says.
 *
 * A row group is read when the page before it has been delivered (see {@link Page}), and is in memory until its last page has been: how many rows it
 * has was decided when the file was written. Unsubscribing closes the file.
 *
 * Errors with a `FileError` for a file that is not there, is no Parquet file, ends too early or is damaged; a page errors with one at a value that
 * cannot be read. With a `ConfigurationError` for an option that does not exist or is out of range.
 *
 * @param source A path, several, or a folder, of which all `.parquet` files are read in the order of their names; or the bytes of one file
 * as a stream, which are put into a temporary file first, since a Parquet file is read from its end.
 *
 * @example
 * ```ts
 * fromParquet('orders.parquet').pipe(writeTo(session, 'INSERT INTO shop.orders (id, total) VALUES (:id, :total)'));
 * ```
 */
export function fromParquet<T = Row>(source: ParquetSource, options: ParquetReadOptions = {}): Observable<Page<T>> {
  return new Observable((subscriber) => {
    try {
      checkOptions<ParquetReadOptions>(options, CHECKS, 'options of fromParquet()');
    } catch (error) {
      subscriber.error(error);
      return;
    }
    const leaving = new AbortController();
    const pull = pullFrom(pagesOf<T>(source, options, leaving.signal)) as AsyncPull<Page<T>>;
    subscriber.add(() => {
      // A generator is left when it does not wait: what it waits for may be a stream that never ends.
      leaving.abort();
      pull.leave();
    });
    pages(() => pull.next().then(chunkOf))
      // Whether a page was the last shows only when another is asked for: what ends the pages then is empty.
      .pipe(
        filter((pulled) => pulled.rowCount > 0),
        map((pulled) => {
          const page = pulled.rows.cursor().next();
          page.whenDelivered(() => pulled.skip());
          return page;
        }),
      )
      .subscribe(subscriber);
  });
}

function chunkOf<T>({ done, value }: IteratorResult<T, unknown>): Chunk<T, true> {
  return done === true ? { rows: [] } : { rows: [value], pagingState: true };
}

async function* pagesOf<T>(
  source: ParquetSource,
  { pageSize = 5_000, columns }: ParquetReadOptions,
  leaving: AbortSignal,
) {
  for await (const { path, name, before, size } of parquetFilesOf(source, leaving)) {
    try {
      const file = await openParquet(path, columns);
      try {
        for (let group = 0; group < file.groups; group++) {
          const rows = await file.rowsOf(group);
          for (let start = 0; start < rows.count; start += pageSize) {
            const end = Math.min(start + pageSize, rows.count);
            const part = rows.part(start, end, (row, column, error) => {
              const message = `The column ${JSON.stringify(column)} of row ${row + 1} of ${JSON.stringify(name)} cannot be read: it is damaged.`;
              return new FileError(name, message, { cause: error, line: row + 1 });
            });
            // Columns lie one behind another: which part of the bytes rows are is told by how many they are.
            const offset = before + Math.round((file.size * (rows.first + end)) / file.count);
            yield new ParquetPage<T>(part as never, file.columns, name, rows.first + start, { offset, size });
          }
        }
      } finally {
        await file.close();
      }
    } catch (error) {
      throw unreadable(name, error);
    }
  }
}
