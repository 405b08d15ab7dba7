import { defer, type Observable } from 'rxjs';
import { checkOptions } from '../../check.js';
import type { BadRecord } from './bad-record.js';
import type { FilePage } from './file-page.js';
import { filePages } from './file-pages.js';
import { type FileReadOptions, MAX_RECORD, READ_CHECKS } from './file-read-options.js';
import { fileInputs, type FileSource } from './file-source.js';
import { NdjsonParser } from './ndjson-parser.js';

/**
 * The records of NDJSON files, an object or an array of JSON a line, as pages. `writeTo()` makes values of them by its option
 * `convert: fromJson()`. Lines without anything are left out.
 *
 * Cold. What comes next is read when the page before has been read or skipped. Errors, after what came before, with a {@link FileError} if a
 * file cannot be read, or at a line that cannot be; `onBadRecord: 'emit'` has a {@link BadRecord} in its place, and reads on. Unsubscribing
 * closes the file.
 *
 * @example
 * ```ts
 * fromNdjson('orders.ndjson').pipe(writeTo(session, insert, { convert: fromJson() }));
 * ```
 */
export function fromNdjson<T = Readonly<Record<string, unknown>>>(
  source: FileSource,
  options: FileReadOptions & { readonly onBadRecord: 'emit' },
): Observable<FilePage<T | BadRecord>>;
export function fromNdjson<T = Readonly<Record<string, unknown>>>(
  source: FileSource,
  options?: FileReadOptions,
): Observable<FilePage<T>>;
export function fromNdjson<T>(source: FileSource, options: FileReadOptions = {}): Observable<FilePage<T | BadRecord>> {
  return defer(() => {
    checkOptions<FileReadOptions>(options, READ_CHECKS, 'options of fromNdjson()');
    const { maxRecordBytes = MAX_RECORD, compress } = options;
    const inputs = fileInputs(source, 'ndjson', compress);
    return filePages<T>(inputs, (text, records) => new NdjsonParser(maxRecordBytes, text, records), options);
  });
}
