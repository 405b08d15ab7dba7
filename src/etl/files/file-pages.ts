import { filter, map, Observable, type Subscriber } from 'rxjs';
import { type Chunk, pages } from '../../operators/pages.js';
import type { BadRecord } from './bad-record.js';
import { unreadable } from './file-error.js';
import { type FilePage, type FilePosition, PageOfFile } from './file-page.js';
import type { FileReadOptions } from './file-read-options.js';
import type { FileInput, OpenFile } from './file-source.js';
import { type RecordParser, Records } from './records.js';
import { Utf8Text } from './utf8-text.js';

/** Makes what finds the records in the text of one file. */
export type MakeParser = (text: Utf8Text, records: Records<unknown>) => RecordParser;

const PAGE_SIZE = 1_000;

/**
 * The records of files, as pages under the demand rule: what comes next is read when the page before has been delivered.
 */
export function filePages<T>(
  inputs: readonly FileInput[],
  makeParser: MakeParser,
  options: FileReadOptions,
): Observable<FilePage<T | BadRecord>> {
  return new Observable((subscriber) => {
    const reader = new FileReader<T>(inputs, makeParser, options);
    subscriber.add(() => reader.leave());
    pages(() => reader.next())
      .pipe(
        // Whether a page was the last shows only when another is asked for: what ends the pages then is empty.
        filter((page) => page.rowCount > 0),
        map((page) => {
          const placed = new PageOfFile(page.rows, page.hasMorePages, reader.position);
          placed.whenDelivered(() => page.skip());
          return placed;
        }),
      )
      .subscribe(subscriber);
  });
}

/** A file that is being read, and what has been found in it. */
interface Reading<T> {
  readonly input: FileInput;
  readonly file: OpenFile;
  readonly text: Utf8Text;
  readonly parser: RecordParser;
  readonly records: Records<T>;
}

/** One subscription: fetches for `pages()`. */
class FileReader<T> {
  /** Of the records that were fetched last. */
  position: FilePosition = { file: '', lines: [], offset: 0, size: undefined };
  private readonly waiting: FileInput[];
  private readonly makeParser: MakeParser;
  private readonly options: FileReadOptions;
  private readonly size: number | undefined;
  private reading: Reading<T> | undefined;
  /** Nothing more comes of the file that is being read. */
  private isEnded = false;
  private failure: { readonly error: unknown } | undefined;
  private isLeft = false;
  /** The size of the files that have been read. */
  private before = 0;
  private toSkip: number;
  private toRead: number;

  constructor(inputs: readonly FileInput[], makeParser: MakeParser, options: FileReadOptions) {
    this.waiting = [...inputs];
    this.makeParser = makeParser;
    this.options = options;
    this.size = inputs.reduce<number | undefined>((sum, { size }) => sum !== undefined && size !== undefined ? sum + size : undefined, 0); // prettier-ignore
    this.toSkip = options.skip ?? 0;
    this.toRead = options.limit ?? Infinity;
  }

  next(): Observable<Chunk<T | BadRecord, true>> {
    return new Observable((subscriber) => {
      this.fetch(subscriber);
    });
  }

  leave(): void {
    this.isLeft = true;
    if (!this.isEnded) this.reading?.file.chunks.leave();
    this.isEnded = true;
  }

  /** Emits what there is, or reads on until there is something. */
  private fetch(subscriber: Subscriber<Chunk<T | BadRecord, true>>): void {
    if (this.isLeft) return;
    try {
      const chunk = this.chunk();
      if (chunk !== undefined) {
        subscriber.next(chunk);
        return;
      }
      this.reading ??= this.open(this.waiting.shift()!);
      void this.reading.file.chunks.next().then(
        (result) => {
          this.take(result);
          this.fetch(subscriber);
        },
        (error: unknown) => {
          this.fail(unreadable(this.reading!.input.name, this.reading!.parser.line, error));
          this.fetch(subscriber);
        },
      );
    } catch (error) {
      subscriber.error(error);
    }
  }

  /** As many records as make a page; the rest of a file; nothing, where that was all. Undefined if there is more to be read first. */
  private chunk(): Chunk<T | BadRecord, true> | undefined {
    const { reading } = this;
    const count = Math.min(this.options.pageSize ?? PAGE_SIZE, this.toRead);
    if (count === 0) {
      this.leave();
      return { rows: [] };
    }
    if (reading !== undefined) {
      const { records, file, input } = reading;
      this.toSkip -= records.skip(this.toSkip);
      if (records.count >= count || (this.isEnded && records.count > 0)) {
        const { values, lines } = records.take(count);
        this.toRead -= values.length;
        this.position = { file: input.name, lines, offset: this.before + file.bytesRead(), size: this.size };
        if (this.toRead > 0) return { rows: values, pagingState: true };
        this.leave();
        return { rows: values };
      }
      if (!this.isEnded) return undefined;
      if (this.failure !== undefined) throw this.failure.error;
      this.before += input.size ?? 0;
      this.reading = undefined;
    }
    return this.waiting.length === 0 ? { rows: [] } : undefined;
  }

  private open(input: FileInput): Reading<T> {
    const text = new Utf8Text();
    const records = new Records<T>(input.name, this.options.onBadRecord ?? 'fail');
    const reading = { input, file: input.open(), text, parser: this.makeParser(text, records), records };
    this.isEnded = false;
    return reading;
  }

  private take({ done, value }: IteratorResult<Uint8Array | string, unknown>): void {
    const { text, parser } = this.reading!;
    try {
      if (done === true) {
        this.isEnded = true;
        parser.push(text.end());
        parser.end();
      } else {
        parser.push(text.push(value));
      }
    } catch (error) {
      this.fail(error);
    }
  }

  /** What came before is emitted before the error is. */
  private fail(error: unknown): void {
    this.failure = { error };
    if (!this.isEnded) this.reading!.file.chunks.leave();
    this.isEnded = true;
  }
}
