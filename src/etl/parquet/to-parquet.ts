import { defer, type OperatorFunction } from 'rxjs';
import { checkOptions } from '../../check.js';
import type { Page } from '../../operators/page.js';
import type { FileSink, FileWritten } from '../files/file-sink.js';
import { FILES_CHECKS, type FilesOptions, toFiles } from '../files/to-files.js';
import { PARQUET_CHECKS, parquetFormat, type ParquetFormatOptions } from './parquet-format.js';

/** How Parquet files are written. */
export interface ToParquetOptions extends ParquetFormatOptions, FilesOptions {}

/**
 * Writes pages into Parquet files, as {@link toFiles} does, with the types that are nearest to those of CQL: see {@link parquetFormat}.
 * `fromParquet()` gives every value back as it was.
 *
 * @param sink A path, `orders.parquet`; a folder for a file for each range of a table; or a stream. They are compressed in themselves, and never
 * as a whole.
 *
 * @example
 * ```ts
 * scan(session, 'shop.orders').pipe(toParquet({ folder: 'orders' })).subscribe(({ file, rows }) => console.log(file, rows));
 * ```
 */
export function toParquet<T>(sink: FileSink, options: ToParquetOptions = {}): OperatorFunction<Page<T>, FileWritten> {
  return (source) =>
    defer(() => {
      checkOptions<ToParquetOptions>(options, { ...PARQUET_CHECKS, ...FILES_CHECKS }, 'options of toParquet()');
      const { columns, overwrite, ...format } = options;
      const files = { ...(columns && { columns }), ...(overwrite !== undefined && { overwrite }) };
      return source.pipe(toFiles(parquetFormat(format), sink, files));
    });
}
