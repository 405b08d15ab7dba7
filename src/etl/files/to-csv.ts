import { defer, type OperatorFunction } from 'rxjs';
import { checkOptions } from '../../check.js';
import type { Page } from '../../operators/page.js';
import { CSV_WRITE_CHECKS, csvFormat, type CsvWriteOptions } from './csv-format.js';
import type { FileSink, FileWritten } from './file-sink.js';
import { FILES_CHECKS, type FilesOptions, toFiles } from './to-files.js';

/** How CSV files are written. */
export interface ToCsvOptions extends CsvWriteOptions, FilesOptions {}

/**
 * Writes pages into CSV files, as {@link toFiles} does. What values look like is in docs/etl.md; null is an empty field, and an empty text `""`.
 *
 * @param sink A path, `orders.csv` or `orders.csv.gz`; a folder for a file for each range of a table; or a stream.
 *
 * @example
 * ```ts
 * scan(session, 'shop.orders').pipe(toCsv({ folder: 'orders', compress: 'gzip' })).subscribe(({ file, rows }) => console.log(file, rows));
 * ```
 */
export function toCsv(sink: FileSink, options: ToCsvOptions = {}): OperatorFunction<Page<unknown>, FileWritten> {
  return (source) =>
    defer(() => {
      checkOptions<ToCsvOptions>(options, { ...CSV_WRITE_CHECKS, ...FILES_CHECKS }, 'options of toCsv()');
      const { columns, overwrite, ...csv } = options;
      return source.pipe(toFiles(csvFormat(csv), sink, { ...(columns && { columns }), ...(overwrite !== undefined && { overwrite }) })); // prettier-ignore
    });
}
