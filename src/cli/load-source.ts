import type { Observable } from 'rxjs';
import type { BadRecord } from '../etl/files/bad-record.js';
import type { FilePage } from '../etl/files/file-page.js';
import { type FileInput, fileInputs, type FileSource } from '../etl/files/file-source.js';
import { fromCsv } from '../etl/files/from-csv.js';
import { fromNdjson } from '../etl/files/from-ndjson.js';
import { fromJson } from '../etl/values/from-json.js';
import { fromText } from '../etl/values/from-text.js';
import type { Convert } from '../etl/convert.js';
import type { Host } from './host.js';
import { characterOf, compressionOf, formatOf, placeOf } from './options/files.js';
import type { Options } from './options/options.js';

/** A record of a file, or what stands in the place of one that cannot be read. */
export type LoadRecord = Readonly<Record<string, unknown>> | BadRecord;

/** Records, and what makes values of theirs. */
export interface LoadSource {
  readonly pages: Observable<FilePage<LoadRecord>>;
  readonly convert: Convert | undefined;
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

/** @param fields The names of the fields in a file that has none. */
export function loadSource(options: Options, { stdin }: Host, fields: readonly string[]): LoadSource {
  const place = placeOf(options);
  const source: FileSource = place === '-' ? stdin : place;
  const skip = options.whole('skip', 0);
  const limit = options.whole('limit', 0);
  const compress = compressionOf(options);
  const common = {
    onBadRecord: 'emit',
    pageSize: options.whole('page-size', 1, 1_000_000) ?? PAGE_SIZE,
    ...(skip !== undefined && { skip }),
    ...(limit !== undefined && { limit }),
    ...(compress && { compress }),
  } as const;
  if (formatOf(options, place) === 'ndjson')
    return { pages: fromNdjson(source, common), convert: fromJson(), isUniform: false };
  const one = (name: string): object => {
    const character = characterOf(options, name);
    return character === undefined ? {} : { [name]: character };
  };
  const nulls = options.text('null');
  const csv = {
    ...common,
    ...one('delimiter'),
    ...one('quote'),
    ...one('escape'),
    ...one('comment'),
    ...(nulls !== undefined && { nulls: nulls.split(',') }),
    header: (options.flag('header') ?? true) ? true : fields,
  };
  return { pages: fromCsv(source, csv), convert: fromText(), isUniform: true };
}
