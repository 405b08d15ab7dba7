import { BadRecord } from './bad-record.js';
import { badRecordError } from './file-error.js';

/** What is done at a record that cannot be read: `'fail'`, the default, errors; `'emit'` has a `BadRecord` in its place. */
export type OnBadRecord = 'fail' | 'emit';

/** Records of a file that have been found, and the lines that they begin in, until they are taken. */
export class Records<T> {
  readonly file: string;
  private readonly onBadRecord: OnBadRecord;
  private values: (T | BadRecord)[] = [];
  private lines: number[] = [];
  /** How many of them have been taken. */
  private taken = 0;

  constructor(file: string, onBadRecord: OnBadRecord) {
    this.file = file;
    this.onBadRecord = onBadRecord;
  }

  get count(): number {
    return this.values.length - this.taken;
  }

  add(record: T, line: number): void {
    this.values.push(record);
    this.lines.push(line);
  }

  /** @throws FileError unless bad ones are wanted. */
  refuse(reason: string, line: number, text: string): void {
    const bad = new BadRecord(reason, { file: this.file, line }, text);
    if (this.onBadRecord === 'fail') throw badRecordError(bad);
    this.values.push(bad);
    this.lines.push(line);
  }

  /** Takes so many of the first ones out, or as many as there are. */
  take(count: number): { readonly values: (T | BadRecord)[]; readonly lines: number[] } {
    const end = this.taken + count;
    const values = this.values.slice(this.taken, end);
    const lines = this.lines.slice(this.taken, end);
    this.skip(count);
    return { values, lines };
  }

  /** Forgets so many of the first ones, or as many as there are. Returns how many. */
  skip(count: number): number {
    const skipped = Math.min(count, this.count);
    this.taken += skipped;
    // Seldom enough that moving the rest costs nothing.
    if (this.taken * 2 >= this.values.length) {
      this.values = this.values.slice(this.taken);
      this.lines = this.lines.slice(this.taken);
      this.taken = 0;
    }
    return skipped;
  }
}

/** Finds the records in the text of a file, which comes in pieces. */
export interface RecordParser {
  /** Where the text begins that has not been understood yet. */
  readonly line: number;
  /** @throws FileError at what cannot be read; what was before is among the records. */
  push(text: string): void;
  /** No more comes. @throws FileError as `push()` does. */
  end(): void;
}
