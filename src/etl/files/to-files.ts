import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { defer, type Observable, type OperatorFunction } from 'rxjs';
import { type Check, type Checks, checkOptions, flag, oneOf, text } from '../../check.js';
import { ConfigurationError } from '../../errors.js';
import type { Page } from '../../operators/page.js';
import { has } from '../../operators/pull.js';
import { checkpointFile, type CheckpointStore } from '../checkpoint-store.js';
import { checkCompression, Compressor } from './compressor.js';
import { type ColumnTypes, FileColumns } from './file-columns.js';
import type { FileFormat } from './file-format.js';
import { FileJournal, type FileJournalOptions } from './file-journal.js';
import type { FileCompression, FileSink, FileWritten, FolderSink } from './file-sink.js';
import type { FileTarget } from './file-target.js';
import { NoJournal } from './no-journal.js';
import { OutputFile } from './output-file.js';
import { RangeFiles } from './range-files.js';
import { pathTarget, writeSingleFile } from './single-file.js';
import { streamTarget } from './stream-target.js';
import { TemporaryFile } from './temporary-file.js';

/** How files are written, whatever is in them. */
export interface FilesOptions {
  /**
   * Which columns are written, in their order, with their types in CQL; default: those of the pages. Those of `pagesFrom()` have none, so
   * that they have to be given.
   */
  columns?: ColumnTypes;
  /** Whether files that are there already may be replaced; default false: that is an error. What a journal has is never replaced. */
  overwrite?: boolean;
}

const columnTypes: Check = (value, name) => {
  const types = Object.values(value ?? {}) as unknown[];
  if (typeof value === 'object' && types.length > 0 && types.every((type) => typeof type === 'string')) return;
  throw new ConfigurationError(
    `The option ${JSON.stringify(name)} must be an object of the types of columns by their names, such as { id: 'int' }.`,
  );
};

/** @internal Of all operators that write files. */
export const FILES_CHECKS: Checks<FilesOptions> = { columns: columnTypes, overwrite: flag };

const aStore: Check = (value, name) => {
  if (value === false || ['read', 'rewrite', 'append', 'close'].every((method) => has(value, method))) return;
  throw new ConfigurationError(
    `The option ${JSON.stringify(name)} must be a store, such as checkpointFile() makes, or false.`,
  );
};

const fileName: Check = (value, name) => {
  text(value, name);
  if (/^[\w.-]+$/.test(value as string) && !(value as string).startsWith('.')) return;
  throw new ConfigurationError(`The option ${JSON.stringify(name)} must be the beginning of a file name: letters, digits, "-", "_" and ".".`); // prettier-ignore
};

const FOLDER_CHECKS: Checks<FolderSink> = {
  folder: text,
  name: fileName,
  compress: oneOf('gzip', 'zstd'),
  checkpoint: aStore,
};

const NAME = 'part';

/**
 * Writes pages into files of a format: what `toCsv()`, `toNdjson()` and `toParquet()` are made of, and formats of your own.
 *
 * Cold. Emits each file when it is whole and on the disk; completes when all are. A page is delivered when it has been written, so that what
 * is read is never more than can be written: see {@link Page}. Until a file is whole its name ends in `.tmp`; an error removes it, and so does
 * unsubscribing.
 *
 * In a folder there is a file for each range of a {@link scan}, and none for one without rows. When the file of a range has been flushed to
 * the disk and got its name, a journal notes it; with `resume()` the scan has what is left. What the journal does not have, after a crash, is
 * removed when the first page comes. **So each row is in one of the files once, whatever happens.** In the end there is a `manifest.json`
 * that has all of them.
 *
 * Errors with the error of the source, or of a row; a {@link FileError} where the disk is full or a file is there already; a `CqlError`
 * `ERR_RXCQL_CHECKPOINT` where the folder is of something else; a {@link ScanError} with all ranges that have no file, when all others have; a
 * `ConfigurationError` for options that are wrong.
 *
 * @example
 * ```ts
 * session.query('SELECT id, total FROM shop.orders').pipe(toFiles(csvFormat(), 'orders.csv.gz'));
 * ```
 */
export function toFiles(
  format: FileFormat,
  sink: FileSink,
  options: FilesOptions = {},
): OperatorFunction<Page<unknown>, FileWritten> {
  return (source) =>
    defer(() => {
      checkOptions<FilesOptions>(options, FILES_CHECKS, 'options of toFiles()');
      if (isStream(sink)) return toTarget(source, format, () => streamTarget(sink), undefined, options);
      if (typeof sink !== 'string') return toFolder(source, format, sink, options);
      return toTarget(source, format, () => pathTarget(sink, options.overwrite === true), compressionOf(sink), options);
    });
}

function isStream(sink: FileSink): sink is Writable {
  return has(sink, 'write') && has(sink, 'on');
}

/** By the name of a file. */
function compressionOf(path: string): FileCompression | undefined {
  if (path.endsWith('.gz')) return 'gzip';
  return path.endsWith('.zst') ? 'zstd' : undefined;
}

function toTarget(
  pages: Observable<Page<unknown>>,
  format: FileFormat,
  target: () => FileTarget,
  compress: FileCompression | undefined,
  options: FilesOptions,
): Observable<FileWritten> {
  const compressor = compressing(format, compress);
  return writeSingleFile(pages, () => {
    const opened = target();
    return new OutputFile(format, new FileColumns(opened.file, options.columns), opened, compressor());
  });
}

function toFolder(
  pages: Observable<Page<unknown>>,
  format: FileFormat,
  sink: FolderSink,
  options: FilesOptions,
): Observable<FileWritten> {
  checkOptions<FolderSink>(sink, FOLDER_CHECKS, 'parts of a folder to write to');
  const { folder, name = NAME, compress, checkpoint } = sink;
  text(folder, 'folder');
  const compressor = compressing(format, compress);
  const { extension, settings } = format;
  const names = { folder, name, extension, compress: compress ?? null, settings };
  const columns = new FileColumns(folder, options.columns);
  const isShared = checkpoint === false;
  const files = new RangeFiles({
    journal: isShared ? new NoJournal(names) : fileJournal(names, checkpoint, options),
    names,
    columns,
    open: (path) => new OutputFile(format, columns, new TemporaryFile(path, isShared), compressor()),
  });
  return files.write(pages);
}

function fileJournal(
  names: Pick<FileJournalOptions, 'folder' | 'name' | 'extension' | 'compress' | 'settings'>,
  checkpoint: CheckpointStore | undefined,
  { overwrite = false }: FilesOptions,
): FileJournal {
  const { folder, name } = names;
  const [journal, manifest] =
    name === NAME ? ['rxcql.journal', 'manifest.json'] : [`${name}.journal`, `${name}.manifest.json`];
  const store = checkpoint ?? checkpointFile(join(folder, journal));
  return new FileJournal({ ...names, store, manifest: join(folder, manifest), overwrite });
}

/** Makes compressors. @throws ConfigurationError if there can be none. */
function compressing(format: FileFormat, compress: FileCompression | undefined): () => Compressor | undefined {
  if (compress === undefined) return () => undefined;
  if (!format.isCompressible) {
    throw new ConfigurationError(
      `Files of the format ${format.extension} are not compressed as a whole: leave ${compress} out.`,
    );
  }
  checkCompression(compress);
  return () => new Compressor(compress);
}
