import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { printable } from '../../codec/printable.js';
import { FileError, unreadable } from '../../etl/files/file-error.js';
import { type Compression, compressionOf as compressionByName } from '../../etl/files/decompressor.js';
import { compressionOf, type FormatName, formatOf, placeOf } from '../options/files.js';
import type { Options } from '../options/options.js';
import { filesOf } from './load-source.js';

/** What a file can be told to be by its first bytes. */
type Kind = 'parquet' | Compression;

const KINDS: readonly (readonly [kind: Kind, begin: Buffer])[] = [
  ['parquet', Buffer.from('PAR1')],
  ['gzip', Buffer.from([0x1f, 0x8b])],
  ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
];

/**
 * Looks at the files of a load before a cluster is: whether they are there, can be read, and begin as what they are said to be.
 *
 * @throws FileError, ConfigurationError
 */
export function checkFiles(options: Options): void {
  const format = formatOf(options, placeOf(options));
  const compress = compressionOf(options);
  if (placeOf(options) === '-') return;
  for (const { name } of filesOf(options)) {
    const expected = format === 'parquet' ? 'parquet' : (compress ?? compressionByName(name));
    const found = kindOf(name);
    if (found !== 'stream' && found !== expected) throw mistaken(name, format, expected, found);
  }
}

function kindOf(path: string): Kind | 'stream' | undefined {
  try {
    // What is read from a pipe has been read.
    if (!statSync(path).isFile()) return 'stream';
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(4);
      const begin = bytes.subarray(0, readSync(file, bytes));
      return KINDS.find(([, known]) => begin.subarray(0, known.length).equals(known))?.[0];
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw unreadable(path, undefined, error);
  }
}

const NAMES = { csv: 'CSV', ndjson: 'NDJSON', parquet: 'Parquet' } as const;

function mistaken(path: string, format: FormatName, expected: Kind | undefined, found: Kind | undefined): FileError {
  const file = printable(path);
  if (expected === 'parquet') return new FileError(path, `${file} is no Parquet file: --format says what it is.`);
  if (found === 'parquet') {
    return new FileError(
      path,
      `${file} is a Parquet file, and would be read as ${NAMES[format]}: say --format parquet.`,
    );
  }
  if (found === undefined)
    return new FileError(path, `${file} is not compressed by ${expected!}: call it by what it is.`);
  return new FileError(path, `${file} is compressed by ${found}: say --compress ${found}, or call it by what it is.`);
}
