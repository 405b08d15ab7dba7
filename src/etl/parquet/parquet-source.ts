import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { unreadable } from './parquet-file.js';

/** Where Parquet files are: a path, several, a folder; or the bytes of one. */
export type ParquetSource = string | readonly string[] | AsyncIterable<Uint8Array>;

/** A file, and what it is called in errors. */
export interface NamedFile {
  readonly path: string;
  readonly name: string;
}

/** The files of a source, one after another. */
export async function* parquetFilesOf(source: ParquetSource): AsyncGenerator<NamedFile, void, undefined> {
  if (typeof source === 'string') {
    yield* filesAt(source);
  } else if (Symbol.asyncIterator in source) {
    yield* spooled(source);
  } else {
    for (const path of source) yield* filesAt(path);
  }
}

async function* filesAt(path: string): AsyncGenerator<NamedFile, void, undefined> {
  try {
    if (!(await stat(path)).isDirectory()) {
      yield { path, name: path };
      return;
    }
    const names = (await readdir(path)).filter((name) => name.endsWith('.parquet')).sort();
    for (const name of names) yield { path: join(path, name), name: join(path, name) };
  } catch (error) {
    throw unreadable(path, error);
  }
}

const STREAM = '(a stream)';

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
