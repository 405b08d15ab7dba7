import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ConfigurationError } from '../../errors.js';
import { has } from '../../operators/pull.js';
import { fileInputs } from '../files/file-source.js';
import { unreadable } from './parquet-file.js';

type Chunks = AsyncIterable<Uint8Array>;

/** Where Parquet files are: a path, several, a folder; or what has the bytes of one, or makes what has them at each subscription. */
export type ParquetSource = string | readonly string[] | Chunks | (() => Chunks);

/** A file, and what it is called in errors. */
export interface NamedFile {
  readonly path: string;
  readonly name: string;
  /** How many bytes the files before it have. */
  readonly before: number;
  /** How many bytes all of them have; undefined of a stream. */
  readonly size: number | undefined;
}

/** The files of a source, one after another. @throws FileError, ConfigurationError */
export async function* parquetFilesOf(
  source: ParquetSource,
  leaving: AbortSignal,
): AsyncGenerator<NamedFile, void, undefined> {
  if (typeof source === 'string' || Array.isArray(source)) {
    const files = fileInputs(source, 'parquet', undefined);
    const size = files.reduce((sum, file) => sum + file.size!, 0);
    let before = 0;
    for (const { name, size: own } of files) {
      yield { path: name, name, before, size };
      before += own!;
    }
  } else {
    const chunks = typeof source === 'function' ? source() : (source as Chunks);
    if (!has(chunks, Symbol.asyncIterator)) throw new ConfigurationError(NO_SOURCE);
    yield* spooled(chunks, leaving);
  }
}

const NO_SOURCE =
  'Parquet files are read from a path, several, a Readable or another async iterable, or a function that makes one.';

const STREAM = '(stream)';

/** A Parquet file says at its end what it has. */
async function* spooled(bytes: Chunks, signal: AbortSignal): AsyncGenerator<NamedFile, void, undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'rxcql-parquet-'));
  try {
    const path = join(folder, 'stream.parquet');
    const readable = bytes instanceof Readable ? bytes : Readable.from(bytes, { objectMode: false });
    await pipeline(readable, createWriteStream(path, { mode: 0o600 }), { signal });
    yield { path, name: STREAM, before: 0, size: undefined };
  } catch (error) {
    throw unreadable(STREAM, error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
