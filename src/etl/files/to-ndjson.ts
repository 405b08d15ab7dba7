import type { OperatorFunction } from 'rxjs';
import type { Page } from '../../operators/page.js';
import type { FileSink, FileWritten } from './file-sink.js';
import { ndjsonFormat } from './ndjson-format.js';
import { type FilesOptions, toFiles } from './to-files.js';

/**
 * Writes pages into files of a JSON object a line, as {@link toFiles} does. What values look like is in docs/etl.md.
 *
 * @param sink A path, `orders.ndjson` or `orders.ndjson.gz`; a folder for a file for each range of a table; or a stream.
 *
 * @example
 * ```ts
 * session.query('SELECT * FROM shop.orders').pipe(toNdjson(process.stdout)).subscribe();
 * ```
 */
export function toNdjson(sink: FileSink, options: FilesOptions = {}): OperatorFunction<Page<unknown>, FileWritten> {
  return toFiles(ndjsonFormat(), sink, options);
}
