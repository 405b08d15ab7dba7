import { createReadStream, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { ConfigurationError } from '../../errors.js';
import { type AsyncPull, has, pullFrom } from '../../operators/pull.js';
import { type Compression, compressionOf, decompressing } from './decompressor.js';
import { FileBytes } from './file-bytes.js';
import { FileError, unreadable } from './file-error.js';

/** What has the bytes of a file, or its text, and comes in pieces: a `Readable` of Node.js, the body of a response, a generator. */
export type Chunks = AsyncIterable<Uint8Array | string>;

/**
 * What is read: a file, several, or all of a folder that have the extension, compressed or not, in the order of their names; or what has the
 * bytes, or makes what has them at each subscription.
 */
export type FileSource = string | readonly string[] | Chunks | (() => Chunks);

/** A file that can be read. */
export interface FileInput {
  /** The path, or what stands for it. */
  readonly name: string;
  /** In bytes, as it lies there; undefined if that is not known. */
  readonly size: number | undefined;
  /** @throws FileError */
  open(): OpenFile;
}

/** A file that is being read. */
export interface OpenFile {
  readonly chunks: AsyncPull<Uint8Array | string>;
  /** How much has been read of what `size` is the size of. */
  bytesRead(): number;
}

/** Large enough that chunks cost nothing, small enough for what is made of one to be gone before it counts as old. */
const CHUNK = 16 * 1_024;

/** What something without a path is called. */
const NAMELESS = '(stream)';

/**
 * The files that a source is.
 *
 * @param extension Without a dot: of those of a folder that are meant.
 * @throws FileError, ConfigurationError
 */
export function fileInputs(source: FileSource, extension: string, compress: Compression | undefined): FileInput[] {
  if (typeof source === 'string') return inputsAt(source, extension, compress);
  if (Array.isArray(source)) return (source as readonly string[]).flatMap((path) => inputsAt(path, extension, compress)); // prettier-ignore
  return [streamInput(source as Chunks | (() => Chunks), compress)];
}

function inputsAt(path: string, extension: string, compress: Compression | undefined): FileInput[] {
  let files: string[];
  try {
    if (!statSync(path).isDirectory()) return [pathInput(path, compress)];
    files = readdirSync(path);
  } catch (error) {
    throw unreadable(path, undefined, error);
  }
  const wanted = files.filter((name) => hasExtension(name, extension));
  if (wanted.length === 0) {
    throw new FileError(path, `The folder ${path} has no files *.${extension}${othersAmong(files)}.`);
  }
  return wanted.sort().map((name) => pathInput(join(path, name), compress));
}

function hasExtension(name: string, extension: string): boolean {
  // Parquet is compressed by itself, and read from its end.
  const endings = extension === 'parquet' ? [''] : ['', '.gz', '.zst'];
  return endings.some((end) => name.endsWith(`.${extension}${end}`));
}

/** What else a folder has that can be read: it may have been meant. */
function othersAmong(files: readonly string[]): string {
  const found = ['csv', 'ndjson', 'parquet'].flatMap((extension) => {
    const { length } = files.filter((name) => hasExtension(name, extension));
    return length === 0 ? [] : [`${length} *.${extension}`];
  });
  return found.length === 0 ? '' : `, but ${found.join(' and ')}`;
}

function pathInput(path: string, compress: Compression | undefined): FileInput {
  return {
    name: path,
    size: statSync(path).size,
    open: () => {
      const compression = compress ?? compressionOf(path);
      if (compression === undefined) {
        const bytes = new FileBytes(path, CHUNK);
        return { chunks: bytes, bytesRead: () => bytes.bytesRead };
      }
      const file = createReadStream(path, { highWaterMark: CHUNK });
      return { chunks: decompressed(file, path, compression), bytesRead: () => file.bytesRead };
    },
  };
}

function streamInput(source: Chunks | (() => Chunks), compress: Compression | undefined): FileInput {
  return {
    name: NAMELESS,
    size: undefined,
    open: () => {
      const chunks = typeof source === 'function' ? source() : source;
      if (!has(chunks, Symbol.asyncIterator)) throw new ConfigurationError(NO_SOURCE);
      const pull = compress === undefined ? pullOf(chunks) : decompressed(chunks, NAMELESS, compress);
      return { chunks: pull, bytesRead: () => 0 };
    },
  };
}

const NO_SOURCE =
  'What is read is a path, several, a Readable or another async iterable, or a function that makes one.';

/** What fails before fails what comes behind, which is what is read. Node closes a file when its stream is destroyed. */
function decompressed(chunks: Chunks, name: string, compression: Compression): OpenFile['chunks'] {
  const readable = chunks instanceof Readable ? chunks : Readable.from(chunks);
  return pullOf(pipeline([readable, ...decompressing(compression, name, CHUNK)], () => undefined) as unknown as Chunks);
}

function pullOf(chunks: Chunks): OpenFile['chunks'] {
  return pullFrom(chunks) as OpenFile['chunks'];
}
