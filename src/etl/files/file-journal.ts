import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CqlError } from '../../errors.js';
import type { Column } from '../../operators/page.js';
import { type CheckpointRecord, type CheckpointStore, FILES_HEADER } from '../checkpoint-store.js';
import { makeFolder } from '../make-folder.js';
import { TokenIntervals } from '../token-intervals.js';
import { RING_SIZE, tokensIn } from '../token-range.js';
import { columnsText } from './file-columns.js';
import { FileError } from './file-error.js';
import { fileFailure } from './file-failure.js';
import type { FileWritten } from './file-sink.js';
import { FolderLock } from './folder-lock.js';
import { type FileWork, fileWork } from './file-work.js';
import { type ManifestFile, writeManifest } from './manifest.js';
import { rangeFilePattern } from './range-file-name.js';
import type { RangeJournal } from './range-journal.js';

/** The record of a range that is in a file. */
interface FileRecord extends CheckpointRecord, Omit<ManifestFile, 'start' | 'end'> {}

interface Span {
  readonly start: bigint;
  readonly end: bigint;
}

/** What a folder is for. */
export interface FileJournalOptions extends Pick<FileWork, 'name' | 'extension' | 'compress' | 'settings'> {
  readonly folder: string;
  readonly store: CheckpointStore;
  readonly manifest: string;
  readonly overwrite: boolean;
}

/**
 * ```
 *  .tmp --rename--> file --record--> committed
 *    '--- killed ----'--- removed, when it is gone on with
 * ```
 *
 * Which ranges of a folder are done. A file is what its name says only if the journal has it.
 */
export class FileJournal implements RangeJournal {
  private readonly options: FileJournalOptions;
  private readonly records: FileRecord[] = [];
  private readonly done = new TokenIntervals();
  /** Done, or begun. */
  private readonly taken = new TokenIntervals();
  private readonly lock: FolderLock;
  private work: FileWork | undefined;

  constructor(options: FileJournalOptions) {
    this.options = options;
    this.lock = new FolderLock(join(options.folder, `.${options.name}.lock`));
  }

  /**
   * Looks at what is there, removes what was not committed, and says in the journal what files are to come.
   *
   * @param columns Undefined if there are none to come.
   * @throws CqlError `ERR_RXCQL_CHECKPOINT` if what is there is of something else, or is not what it was; FileError
   */
  open(columns: readonly Column[] | undefined): void {
    const { folder, store, overwrite } = this.options;
    makeTarget(folder);
    this.lock.take();
    const [found, others] = this.filesThere();
    const { header, records } = store.read();
    const before = header?.[FILES_HEADER] === undefined ? undefined : (JSON.parse(header[FILES_HEADER]) as FileWork);
    this.work = columns === undefined ? before : fileWork(this.options, columns);
    // Those of another kind would be taken for parts of this, too.
    if (before === undefined) found.push(...others);
    if (before === undefined && found.length > 0 && !overwrite) throw strangers(folder, found);
    if (before !== undefined && this.work !== undefined) refuseOther(folder, before, this.work);
    for (const record of records) {
      for (const tokens of [this.done, this.taken]) tokens.add(BigInt(record.start), BigInt(record.upto));
      if (isFileRecord(record)) this.records.push(this.stillThere(record));
    }
    const committed = new Set(this.records.map(({ file }) => file));
    const stale = [...found.filter((file) => !committed.has(file)), basename(this.options.manifest)];
    for (const file of stale) this.remove(file);
    if (before === undefined && this.work !== undefined) {
      store.rewrite({ ...header, [FILES_HEADER]: JSON.stringify(this.work) }, records);
    }
  }

  /** Begins a range; says whether none of it had been begun before. */
  begin({ start, end }: Span): boolean {
    const isFree = tokensOf(this.taken.missing(start, end)) === tokensIn(start, end);
    this.taken.add(start, end);
    return isFree;
  }

  /** A range is done: its file has its name, or it has no rows. */
  commit({ start, end }: Span, written: FileWritten | undefined): void {
    const span = { start: String(start), upto: String(end), end: String(end) };
    if (written === undefined) {
      this.options.store.append([span]);
    } else {
      const { file, rows, bytes, sha256 } = written;
      const record: FileRecord = { ...span, rows, file: basename(file), sha256, bytes };
      this.options.store.append([record]);
      this.records.push(record);
    }
    this.done.add(start, end);
  }

  /** All is done. @throws FileError if it cannot be said. */
  finish(): void {
    const { manifest, store, extension, compress } = this.options;
    const said = Object.entries(store.read().header ?? {}).filter(([part]) => part !== FILES_HEADER);
    const files = this.records
      .map(({ file, rows, bytes, sha256, start, end }) => ({ file, rows, bytes, sha256, start, end }))
      .sort((a, b) => (a.file < b.file ? -1 : 1));
    try {
      writeManifest(manifest, {
        version: 1,
        format: extension,
        compress,
        columns: this.work?.columns ?? [],
        header: Object.fromEntries(said),
        fraction: Number(tokensOf(this.done.ranges)) / Number(RING_SIZE),
        rows: files.reduce((sum, { rows }) => sum + rows, 0),
        bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
        files,
      });
    } catch (error) {
      throw fileFailure(manifest, 'written', error);
    }
  }

  close(): void {
    this.options.store.close();
    this.lock.release();
  }

  /** The files of ranges that are there: of this kind, and of others. */
  private filesThere(): [own: string[], others: string[]] {
    const { folder, name, extension, compress } = this.options;
    const own = rangeFilePattern(name, fileExtension(extension, compress));
    const kinds = KINDS.map((kind) => rangeFilePattern(name, kind));
    const files = readdirSync(folder);
    const others = files.filter((file) => !own.test(file) && kinds.some((kind) => kind.test(file)));
    return [files.filter((file) => own.test(file)), others];
  }

  private stillThere(record: FileRecord): FileRecord {
    const path = join(this.options.folder, record.file);
    if (existsSync(path) && statSync(path).size === record.bytes) return record;
    throw new CqlError(
      'ERR_RXCQL_CHECKPOINT',
      `The file ${JSON.stringify(path)} is not there any more as it was written. Put it back, or begin anew without the journal and its files.`,
    );
  }

  private remove(file: string): void {
    const path = join(this.options.folder, file);
    try {
      rmSync(path, { force: true });
    } catch (error) {
      throw fileFailure(path, 'removed', error);
    }
  }
}

/** @throws FileError */
export function makeTarget(folder: string): void {
  try {
    makeFolder(folder);
  } catch (error) {
    throw fileFailure(folder, 'made', error);
  }
}

const KINDS = ['csv', 'ndjson'].flatMap((text) => [text, `${text}.gz`, `${text}.zst`]).concat('parquet');

/** What the files of a kind end in, without the first dot. */
export function fileExtension(extension: string, compress: string | null): string {
  if (compress === null) return extension;
  return `${extension}.${compress === 'gzip' ? 'gz' : 'zst'}`;
}

function tokensOf(spans: readonly Span[]): bigint {
  return spans.reduce((sum, { start, end }) => sum + tokensIn(start, end), 0n);
}

function isFileRecord(record: CheckpointRecord): record is FileRecord {
  return 'file' in record;
}

function strangers(folder: string, found: readonly string[]): FileError {
  return new FileError(
    folder,
    `The folder ${JSON.stringify(folder)} has files that no journal knows, such as ${found[0]!}. Write into another one, or ` +
      'have them removed by the option "overwrite".',
  );
}

function refuseOther(folder: string, before: FileWork, now: FileWork): void {
  const [was, is] = [before, now].map(
    (work) =>
      `${work.name}-*.${fileExtension(work.extension, work.compress)} of ${columnsText(work.columns)} (${work.digest.slice(0, 8)})${work.settings === undefined ? '' : `, ${work.settings}`}`,
  );
  if (was === is) return;
  throw new CqlError(
    'ERR_RXCQL_CHECKPOINT',
    `The files in ${JSON.stringify(folder)} were begun as ${was!}; now they would be ${is!}. Go on with what it was, or ` +
      'write into another folder.',
  );
}
