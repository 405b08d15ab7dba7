import { fileURLToPath } from 'node:url';
import { ConfigurationError } from '../../errors.js';
import type { CliOption } from './cli-option.js';
import type { Options } from './options.js';

const group = 'Files:';

export const FILE_OPTIONS: readonly CliOption[] = [
  { flags: '--url <place>', description: 'a folder, a file, or "-" for the standard streams (-)', group, isPath: true },
  {
    flags: '-c, --format <format>',
    description: 'csv, ndjson (json) or parquet (by the name of the file; csv)',
    group,
  },
  { flags: '--compress <how>', description: 'gzip or zstd (by the name of the file; not)', group },
  { flags: '-m, --mapping <pairs>', description: 'field=column,… or column,… in the order of the fields', group },
  { flags: '--delimiter <character>', description: 'what stands between fields of CSV (,)', group },
  { flags: '--quote <character>', description: 'what stands around fields of CSV (")', group },
  { flags: '--header', description: 'whether CSV begins with the names of the fields: --no-header if not', group },
  { flags: '--null <text>', description: 'what null is in CSV, without quotes (nothing)', group },
];

export const READ_OPTIONS: readonly CliOption[] = [
  { flags: '--escape <character>', description: 'what stands before a quote in a field of CSV (the quote)', group },
  { flags: '--comment <text>', description: 'what lines begin with that are left out of CSV', group },
  { flags: '--skip <n>', description: 'how many records are left out at the beginning (0)', group },
  { flags: '--limit <n>', description: 'how many records are read at most', group },
  { flags: '--tombstones', description: 'a null deletes what is in its column (it leaves that as it is)', group },
];

export type FormatName = 'csv' | 'ndjson' | 'parquet';

/** Where files are: `-` for the standard streams. @throws ConfigurationError */
export function placeOf(options: Options): string {
  const url = options.text('url') ?? '-';
  if (url === 'stdin:/' || url === 'stdout:/') return '-';
  if (url.startsWith('file:')) return fileURLToPath(url);
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(url)) return url;
  throw new ConfigurationError(`Files are read and written on this machine, and not at ${url}.`);
}

const FORMATS = ['csv', 'json', 'ndjson', 'parquet'] as const;

/** As it is said; or as the place is called. */
export function formatOf(options: Options, place: string): FormatName {
  const said = options.oneOf('format', FORMATS);
  if (said !== undefined) return said === 'json' ? 'ndjson' : said;
  const extension = /\.(csv|ndjson|jsonl|json|parquet)(\.gz|\.zst)?$/.exec(place)?.[1];
  if (extension === 'parquet') return 'parquet';
  return extension?.startsWith('json') === true || extension === 'ndjson' ? 'ndjson' : 'csv';
}

export function compressionOf(options: Options): 'gzip' | 'zstd' | undefined {
  return options.oneOf('compress', ['gzip', 'zstd'] as const);
}

/** A tab can be written as `\t`, as shells make it hard to say. */
export function characterOf(options: Options, name: string): string | undefined {
  const text = options.text(name);
  return text === '\\t' ? '\t' : text;
}
