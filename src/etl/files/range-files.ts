import { join } from 'node:path';
import {
  BehaviorSubject,
  catchError,
  concat,
  concatMap,
  defer,
  EMPTY,
  filter,
  finalize,
  first,
  groupBy,
  ignoreElements,
  mergeMap,
  type Observable,
  of,
  tap,
} from 'rxjs';
import { ConfigurationError, CqlError } from '../../errors.js';
import { notAPage } from '../../operators/not-a-page.js';
import type { Page } from '../../operators/page.js';
import { ScanError } from '../scan-error.js';
import { ScanPage } from '../scan-page.js';
import { TokenIntervals } from '../token-intervals.js';
import type { TokenRange } from '../token-range.js';
import type { FileColumns } from './file-columns.js';
import { fileExtension, type FileJournalOptions } from './file-journal.js';
import type { FileWritten } from './file-sink.js';
import type { OutputFile } from './output-file.js';
import { rangeFileName } from './range-file-name.js';
import type { RangeJournal } from './range-journal.js';

type RangePage = ScanPage<unknown>;

/** How many files wait for the disk before no more pages are asked for. */
const MOST_WAITING = 16;

/** What the files of ranges are made with. */
export interface RangeFilesOptions {
  readonly journal: RangeJournal;
  readonly names: Pick<FileJournalOptions, 'folder' | 'name' | 'extension' | 'compress'>;
  readonly columns: FileColumns;
  /** Begins a file. @throws FileError */
  open(path: string): OutputFile;
}

/**
 * ```
 * scan --page--> groups by range --page--> its file        the page is delivered when it has been written
 *                       |
 *                       '-- the last --> flush, rename, journal --> emitted
 * ```
 *
 * One subscription of writing a file for each range.
 */
export class RangeFiles {
  private readonly options: RangeFilesOptions;
  /** Of which pages have come, but not all; and what is said to be missing, which may be parts of those. */
  private readonly begun = new Map<string, TokenRange>();
  private readonly missing: TokenRange[] = [];
  private readonly waiting = new BehaviorSubject(0);
  private isOpen = false;
  private failure: Error | undefined;

  constructor(options: RangeFilesOptions) {
    this.options = options;
  }

  write(source: Observable<Page<unknown>>): Observable<FileWritten> {
    const pages = source.pipe(
      catchError((error: unknown) => this.setAside(error)),
      filter((page): page is RangePage => this.isToBeWritten(page)),
    );
    const files = pages.pipe(
      groupBy(({ range }) => range.id, { duration: (group) => group.pipe(filter(({ lastOfRange }) => lastOfRange)) }),
      mergeMap((group) => this.writeRange(group)),
    );
    return concat(files, defer(() => this.finish())).pipe(finalize(() => this.options.journal.close())); // prettier-ignore
  }

  /** What could not be read is said when all that could be has been written. */
  private setAside(error: unknown): Observable<never> {
    if (!(error instanceof ScanError)) throw error;
    this.missing.push(...error.ranges);
    this.failure = error;
    return EMPTY;
  }

  private isToBeWritten(page: Page<unknown>): boolean {
    const mistake = notAPage(page, 'A folder');
    if (mistake !== undefined) throw mistake;
    if (!(page instanceof ScanPage)) {
      throw new ConfigurationError('A folder takes the pages of scan(), as it has a file for each range: give a path.');
    }
    const { range, error } = page as RangePage;
    if (error === undefined) return true;
    this.missing.push(range);
    this.failure ??= error;
    return false;
  }

  private writeRange(pages: Observable<RangePage>): Observable<FileWritten> {
    return defer(() => {
      let file: OutputFile | undefined;
      let next = 0;
      const add = (page: RangePage): Observable<never> => {
        if (page.seq !== next++) throw outOfOrder(page.range);
        if (page.seq === 0) this.begin(page);
        if (page.rowCount === 0) return EMPTY;
        file ??= this.openFile(page.range);
        return file.add(page);
      };
      return pages.pipe(
        concatMap((page) =>
          concat(
            defer(() => add(page)),
            page.lastOfRange ? defer(() => this.commit(page.range, file)) : EMPTY,
            this.deliver(page),
          ),
        ),
        finalize(() => file?.discard()),
      );
    });
  }

  private begin(page: RangePage): void {
    const { journal, columns, names } = this.options;
    const found = columns.of(page);
    if (!this.isOpen) journal.open(found);
    this.isOpen = true;
    this.begun.set(page.range.id, page.range);
    if (journal.begin(page.range)) return;
    throw new CqlError(
      'ERR_RXCQL_CHECKPOINT',
      `The range ${page.range.id} is in the files of ${JSON.stringify(names.folder)} already. Read what is left, by resume(), ` +
        'or write into another folder.',
    );
  }

  private openFile(range: TokenRange): OutputFile {
    const { folder, name, extension, compress } = this.options.names;
    const file = rangeFileName(name, range, fileExtension(extension, compress));
    return this.options.open(join(folder, file));
  }

  private commit(range: TokenRange, file: OutputFile | undefined): Observable<FileWritten> {
    if (file === undefined) {
      this.note(range, undefined);
      return EMPTY;
    }
    this.waiting.next(this.waiting.value + 1);
    const published = defer(() => {
      const written: FileWritten = { ...file.publish(), range };
      this.note(range, written);
      return of(written);
    });
    return concat(file.end(), published).pipe(finalize(() => this.waiting.next(this.waiting.value - 1)));
  }

  private note(range: TokenRange, written: FileWritten | undefined): void {
    this.options.journal.commit(range, written);
    this.begun.delete(range.id);
  }

  private deliver(page: RangePage): Observable<never> {
    return this.waiting.pipe(
      first((count) => count < MOST_WAITING),
      tap(() => page.skip()),
      ignoreElements(),
    );
  }

  private finish(): Observable<never> {
    const { journal } = this.options;
    if (!this.isOpen) journal.open(undefined);
    if (this.failure !== undefined) throw incomplete(this.withoutFile(), this.failure);
    // Without a failure, whoever is in front of this has had enough before the end.
    if (this.begun.size === 0) journal.finish();
    return EMPTY;
  }

  /** Whole ranges: of what has been read of them, there is nothing. */
  private withoutFile(): TokenRange[] {
    const ranges = [...this.begun.values()];
    const covered = new TokenIntervals();
    for (const { start, end } of ranges) covered.add(start, end);
    return [...ranges, ...this.missing.filter(({ start, end }) => covered.missing(start, end).length > 0)];
  }
}

function outOfOrder(range: TokenRange): ConfigurationError {
  return new ConfigurationError(
    `The pages of the range ${range.id} do not come one after another, each once: a folder takes them as scan() emits them.`,
  );
}

function incomplete(ranges: readonly TokenRange[], failure: Error): ScanError {
  const cause = failure instanceof ScanError && failure.cause instanceof Error ? failure.cause : failure;
  return new ScanError(
    `${ranges.length === 1 ? 'A range has' : `${ranges.length} ranges have`} no file, as not all of it could be read; all others have. ` +
      `Read what is missing into the same folder, by resume() or with the option "ranges" of scan(). The first failed with: ${cause.message}`,
    ranges,
    { cause },
  );
}
