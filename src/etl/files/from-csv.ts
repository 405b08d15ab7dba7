import { defer, type Observable } from 'rxjs';
import { checkOptions } from '../../check.js';
import type { BadRecord } from './bad-record.js';
import { CsvParser } from './csv-parser.js';
import { CSV_CHECKS, type CsvReadOptions, csvSettings } from './csv-settings.js';
import type { FilePage } from './file-page.js';
import { filePages } from './file-pages.js';
import { fileInputs, type FileSource } from './file-source.js';

/** A record of a CSV file: its fields by the names of the header. */
export type CsvRecord = Readonly<Record<string, string | null>>;

/**
 * The records of CSV files, as pages: the fields by the names of the header, all of them texts. `writeTo()` makes values of them by its
 * option `convert: fromText()`. A field without anything in it is null; `""` is an empty text.
 *
 * RFC 4180, in UTF-8, with or without a mark at its beginning; lines end in LF or CR LF. Lines without anything are left out, where there is more
 * than one column.
 *
 * Cold. What comes next is read when the page before has been read or skipped. Errors, after what came before, with a {@link FileError} if a
 * file cannot be read, or at a record that cannot be; `onBadRecord: 'emit'` has a {@link BadRecord} in its place, and reads on. Unsubscribing
 * closes the file.
 *
 * @example
 * ```ts
 * fromCsv('orders.csv.gz').pipe(writeTo(session, insert, { convert: fromText() }));
 * ```
 */
export function fromCsv<T = CsvRecord>(
  source: FileSource,
  options: CsvReadOptions & { readonly onBadRecord: 'emit' },
): Observable<FilePage<T | BadRecord>>;
export function fromCsv<T = CsvRecord>(source: FileSource, options?: CsvReadOptions): Observable<FilePage<T>>;
export function fromCsv<T>(source: FileSource, options: CsvReadOptions = {}): Observable<FilePage<T | BadRecord>> {
  return defer(() => {
    checkOptions<CsvReadOptions>(options, CSV_CHECKS, 'options of fromCsv()');
    const settings = csvSettings(options);
    const inputs = fileInputs(source, 'csv', options.compress);
    return filePages<T>(inputs, (text, records) => new CsvParser(settings, text, records), options);
  });
}
