import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { CqlError } from '../errors.js';
import { makeFolder } from './make-folder.js';
import { syncFolder } from './sync-folder.js';
import { appendWhole, writeWhole } from './write-whole.js';

/**
 * How far a range has come. Tokens are texts, as JSON has no numbers of 64 bits. Of a range that is in a file there is more: `rows`, `file`,
 * `sha256` and `bytes`.
 */
export interface CheckpointRecord {
  /** Behind this token, */
  readonly start: string;
  /** up to this one, all rows are done. */
  readonly upto: string;
  /** Where the range ends, which is done when `upto` is there. */
  readonly end: string;
}

/** What a journal is of: where it is anything else, it is not the journal of the same work. */
export type CheckpointHeader = Readonly<Record<string, string>>;

/** @internal What files there are to be, in the header beside what the program says: `resume()` leaves it there. */
export const FILES_HEADER = '(files)';

/** What a journal has. */
export interface Checkpoints {
  /** Undefined if there is no journal yet. */
  readonly header: CheckpointHeader | undefined;
  readonly records: readonly CheckpointRecord[];
}

/** Where it is kept how far something has come. What is appended is there, whatever happens then, when the method returns. */
export interface CheckpointStore {
  read(): Checkpoints;
  /** Begins anew: with this header and these records, or, if it does not come to that, as it was. */
  rewrite(header: CheckpointHeader, records: readonly CheckpointRecord[]): void;
  append(records: readonly CheckpointRecord[]): void;
  close(): void;
}

/**
 * A journal in a file, of a line of JSON for each record. It is only ever added to, and flushed to the disk each time; begun anew, it is written
 * beside the old one, which it then replaces. A line that was being written when the process was killed is cut off.
 *
 * @example
 * ```ts
 * const store = checkpointFile('copy.journal');
 * ```
 */
export function checkpointFile(path: string): CheckpointStore {
  return new CheckpointFile(path);
}

class CheckpointFile implements CheckpointStore {
  private readonly path: string;
  private file: number | undefined;

  constructor(path: string) {
    this.path = path;
  }

  read(): Checkpoints {
    if (!existsSync(this.path)) return { header: undefined, records: [] };
    const text = this.whole();
    const [header, ...records] = text.split('\n').filter((line) => line !== '').map((line) => this.parsed(line)); // prettier-ignore
    return { header: header as CheckpointHeader | undefined, records: records as CheckpointRecord[] };
  }

  rewrite(header: CheckpointHeader, records: readonly CheckpointRecord[]): void {
    this.writing(() => this.replace(header, records));
  }

  append(records: readonly CheckpointRecord[]): void {
    this.writing(() => {
      this.file ??= openSync(this.path, 'a');
      appendWhole(this.file, linesOf(records));
      fsyncSync(this.file);
    });
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }

  private replace(header: CheckpointHeader, records: readonly CheckpointRecord[]): void {
    this.close();
    const folder = dirname(this.path);
    makeFolder(folder);
    const temporary = `${this.path}.tmp`;
    const file = openSync(temporary, 'w');
    try {
      writeWhole(file, linesOf([header, ...records]));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, this.path);
    syncFolder(folder);
  }

  private writing(action: () => void): void {
    try {
      action();
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'no reason was given';
      throw new CqlError('ERR_RXCQL_CHECKPOINT', `The journal ${this.path} could not be written: ${reason}.`, {
        cause: error,
      });
    }
  }

  /** Without what was not written whole, which is taken out of the file too: what is added later would stand behind it. */
  private whole(): string {
    const bytes = readFileSync(this.path);
    const length = bytes.lastIndexOf(0x0a) + 1;
    if (length < bytes.length) {
      const file = openSync(this.path, 'r+');
      try {
        ftruncateSync(file, length);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    }
    return bytes.toString('utf8', 0, length);
  }

  private parsed(line: string): unknown {
    try {
      const value: unknown = JSON.parse(line);
      if (typeof value === 'object' && value !== null) return value;
    } catch {
      // Said below.
    }
    throw new CqlError('ERR_RXCQL_CHECKPOINT', `The journal ${this.path} has a line that is none of a journal.`);
  }
}

function linesOf(values: readonly object[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}
