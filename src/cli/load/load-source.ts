import { map, type Observable, switchMap } from 'rxjs';
import type { BadRecord } from '../../etl/files/bad-record.js';
import type { FilePlace } from '../../etl/files/file-page.js';
import { type FileInput, fileInputs } from '../../etl/files/file-source.js';
import { fromCsv } from '../../etl/files/from-csv.js';
import { fromNdjson } from '../../etl/files/from-ndjson.js';
import { fromJson } from '../../etl/values/from-json.js';
import { fromText } from '../../etl/values/from-text.js';
import type { CsvReadOptions } from '../../etl/files/csv-settings.js';
import type { FileReadOptions } from '../../etl/files/file-read-options.js';
import type { Page } from '../../operators/page.js';
import { ConfigurationError } from '../../errors.js';
import type { Convert } from '../../etl/convert.js';
import type { Host } from '../host.js';
import { onlyKnownFields } from './known-fields.js';
import { characterOf, compressionOf, formatOf, placeOf } from '../options/files.js';
import type { Options } from '../options/options.js';
import { parquetReading } from '../parquet.js';

/** A record of a file, or what stands in the place of one that cannot be read. */
export type LoadRecord = Readonly<Record<string, unknown>> | BadRecord;

/** A page of a file. */
export type LoadPage = Page<LoadRecord> & { positionOf(row: number): Pick<FilePlace, 'file' | 'line'> };

/** Records, and what makes values of theirs. */
export interface LoadSource {
  readonly pages: Observable<LoadPage>;
  readonly convert: Convert;
  /** Whether all records of a file have the same fields. */
  readonly isUniform: boolean;
}

export const PAGE_SIZE = 1_000;

/** The files that are read; none of a stream. @throws FileError */
export function filesOf(options: Options): Pick<FileInput, 'name' | 'size'>[] {
  const place = placeOf(options);
  if (place === '-') return [{ name: 'the standard input', size: undefined }];
  return fileInputs(place, formatOf(options, place), compressionOf(options));
}

/**
 * Opens what is to be loaded.
 *
 * @param fields The names of the fields in a file that has none.
 * @throws ConfigurationError
 */
export function loadSource(options: Options, { stdin }: Host, fields: readonly string[]): LoadSource {
  const place = placeOf(options);
  const source = place === '-' ? stdin : place;
  const format = formatOf(options, place);
  const pageSize = options.whole('page-size', 1, 1_000_000) ?? PAGE_SIZE;
  const tombstones = options.flag('tombstones') === true;
  if (format === 'parquet') {
    const other = ['skip', 'limit', 'compress'].find((name) => options.text(name) !== undefined);
    if (other !== undefined) throw new ConfigurationError(`Parquet files are read whole: --${other} is not for them.`);
    const pages = parquetReading().pipe(
      switchMap(({ fromParquet }) => fromParquet<LoadRecord>(source, { pageSize }) as Observable<LoadPage>),
    );
    return { pages, convert: tombstones ? (value) => value : (value) => value ?? undefined, isUniform: true };
  }
  const common = { onBadRecord: 'emit', pageSize, ...readOptions(options) } as const;
  if (format === 'csv') {
    const pages: Observable<LoadPage> = fromCsv(source, { ...common, ...csvOptions(options, fields) });
    return { pages, convert: fromText({ tombstones }), isUniform: true };
  }
  const json = fromJson();
  const convert: Convert = tombstones ? json : (value, column) => json(value, column) ?? undefined;
  const pages = fromNdjson(source, common);
  // A mapping and a statement say themselves which fields they take.
  const isSaid = ['mapping', 'query'].some((name) => options.text(name) !== undefined);
  const known = isSaid ? undefined : new Set(fields);
  return { pages: pages.pipe(map((page) => onlyKnownFields(page, known))), convert, isUniform: false };
}

function readOptions(options: Options): Pick<FileReadOptions, 'skip' | 'limit' | 'compress'> {
  const skip = options.whole('skip', 0);
  const limit = options.whole('limit', 0);
  const compress = compressionOf(options);
  return { ...(skip !== undefined && { skip }), ...(limit !== undefined && { limit }), ...(compress && { compress }) };
}

function csvOptions(options: Options, fields: readonly string[]): CsvReadOptions {
  const characters = ['delimiter', 'quote', 'escape', 'comment'].flatMap((name) => {
    const character = characterOf(options, name);
    return character === undefined ? [] : [[name, character] as const];
  });
  const nulls = options.text('null');
  return {
    ...Object.fromEntries(characters),
    ...(nulls !== undefined && { nulls: nulls.split(',') }),
    header: (options.flag('header') ?? true) ? true : fields,
  };
}
