import { defer, type OperatorFunction } from 'rxjs';
import { type Check, type Checks, checkOptions, flag, oneOf } from '../../check.js';
import { ConfigurationError } from '../../errors.js';
import type { Page } from '../../operators/page.js';
import { csvFormat, type CsvWriteOptions } from './csv-format.js';
import type { FileSink, FileWritten } from './file-sink.js';
import { FILES_CHECKS, type FilesOptions, toFiles } from './to-files.js';

/** How CSV files are written. */
export interface ToCsvOptions extends CsvWriteOptions, FilesOptions {}

const character: Check = (value, name) => {
  if (typeof value === 'string' && /^[^\r\n\uFEFF]$/.test(value)) return;
  throw new ConfigurationError(`The option ${JSON.stringify(name)} must be one character, and none that ends a line.`);
};

const nullText: Check = (value, name) => {
  if (typeof value === 'string' && !/[\r\n\uFEFF]/.test(value)) return;
  throw new ConfigurationError(`The option ${JSON.stringify(name)} must be a string without the end of a line.`);
};

const CSV_CHECKS: Checks<CsvWriteOptions> = {
  delimiter: character,
  quote: character,
  header: flag,
  nullText,
  eol: oneOf('\n', '\r\n'),
};

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
      checkOptions<ToCsvOptions>(options, { ...CSV_CHECKS, ...FILES_CHECKS }, 'options of toCsv()');
      const { columns, overwrite, ...csv } = options;
      refuseAmbiguous(csv);
      return source.pipe(toFiles(csvFormat(csv), sink, { ...(columns && { columns }), ...(overwrite !== undefined && { overwrite }) })); // prettier-ignore
    });
}

/** What would be read as something else than it was. */
function refuseAmbiguous({ delimiter = ',', quote = '"', nullText: missing = '' }: CsvWriteOptions): void {
  if (delimiter === quote) throw new ConfigurationError('The options "delimiter" and "quote" must not be the same.');
  if (!missing.includes(delimiter) && !missing.includes(quote)) return;
  throw new ConfigurationError('The option "nullText" must have neither the delimiter nor the quote in it.');
}
