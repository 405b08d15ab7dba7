import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ConfigurationError } from '../../errors.js';
import { has } from '../../operators/pull.js';
import { FileError } from '../files/file-error.js';
import { unreadable } from './parquet-file.js';

type Chunks = AsyncIterable<Uint8Array>;

/** Where Parquet files are: a path, several, a folder; or what has the bytes of one, or makes what has them at each subscription. */
export type ParquetSource = string | readonly string[] | Chunks | (() => Chunks);

/** A file, and what it is called in errors. */
export interface NamedFile {
  readonly path: string;
  readonly name: string;
}

/** The files of a source, one after another. */
export async function* parquetFilesOf(source: ParquetSource): AsyncGenerator<NamedFile, void, undefined> {
  if (typeof source === 'string') {
    yield* filesAt(source);
  } else if (Array.isArray(source)) {
    for (const path of source as readonly string[]) yield* filesAt(path);
  } else {
    const chunks = typeof source === 'function' ? source() : (source as Chunks);
    if (!has(chunks, Symbol.asyncIterator)) throw new ConfigurationError(NO_SOURCE);
    yield* spooled(chunks);
  }
}

const NO_SOURCE =
  'Parquet files are read from a path, several, a Readable or another async iterable, or a function that makes one.';

async function* filesAt(path: string): AsyncGenerator<NamedFile, void, undefined> {
  let names: string[];
  try {
    if (!(await stat(path)).isDirectory()) {
      yield { path, name: path };
      return;
    }
    names = (await readdir(path)).filter((name) => name.endsWith('.parquet')).sort();
  } catch (error) {
    throw unreadable(path, error);
  }
  if (names.length === 0) throw new FileError(path, `The folder ${JSON.stringify(path)} has no files *.parquet.`);
  for (const name of names) yield { path: join(path, name), name: join(path, name) };
}

const STREAM = '(stream)';

/** A Parquet file says at its end what it has. */
async function* spooled(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<NamedFile, void, undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'rxcql-parquet-'));
  try {
    const path = join(folder, 'stream.parquet');
    const readable = bytes instanceof Readable ? bytes : Readable.from(bytes, { objectMode: false });
    await pipeline(readable, createWriteStream(path, { mode: 0o600 }));
    yield { path, name: STREAM };
  } catch (error) {
    throw unreadable(STREAM, error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
