import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { asyncScheduler } from 'rxjs';
import { CqlError } from '../../errors.js';
import { makeFolder } from '../../etl/make-folder.js';
import { appendWhole } from '../../etl/write-whole.js';

/** What must be the same for a load to be gone on with. */
export type LoadHeader = Readonly<Record<string, string>>;

/** How often it is noted how far a file has come, in milliseconds. */
const EVERY = 1_000;

/**
 * How far files have been loaded: a header, then a line of JSON for each note, all flushed to the disk. Files have their whole paths, since it may be gone on
 * with from another folder.
 *
 * ```
 * {"load":"INSERT …","pageSize":"5000","files":"…"}
 * {"file":"/data/a.csv","line":5000}
 * ```
 */
export class LoadJournal {
  /** Whether nothing was noted before. */
  readonly isNew: boolean;
  private readonly path: string;
  private readonly lines = new Map<string, number>();
  private readonly pending = new Map<string, number>();
  /** Of which nothing more is noted. */
  private readonly open = new Set<string>();
  private file: number | undefined;
  private notedAt = 0;

  /** @throws CqlError `ERR_RXCQL_CHECKPOINT` if there is a journal of something else */
  constructor(path: string, header: LoadHeader) {
    this.path = path;
    const [before, ...notes] = existsSync(path) ? this.parsed() : [];
    this.isNew = notes.length === 0;
    if (before === undefined) {
      makeFolder(dirname(path));
      this.append([header]);
      return;
    }
    const other = Object.keys({ ...header, ...before }).filter((name) => header[name] !== (before as LoadHeader)[name]);
    if (other.length > 0) throw refusal(path, `it is of another load: ${other.join(', ')} differ`);
    for (const { file, line } of notes as readonly { file: string; line: number }[]) this.lines.set(file, line);
  }

  /** Up to which line a file has been loaded; 0 if it was not begun. */
  lineOf(file: string): number {
    return this.lines.get(resolve(file)) ?? 0;
  }

  /** Notes that all up to a line is done; on the disk within a second, or when it is closed. */
  done(file: string, line: number): void {
    const path = resolve(file);
    if (this.open.has(path)) return;
    this.pending.set(path, line);
    const now = asyncScheduler.now();
    if (now - this.notedAt < EVERY) return;
    this.notedAt = now;
    this.flush();
  }

  /** Something of a file that comes now is to be done again, and what is behind it with it. */
  leaveOpen(file: string): void {
    this.open.add(resolve(file));
  }

  /** Whether there is anything to be done again. */
  get hasOpen(): boolean {
    return this.open.size > 0;
  }

  close(): void {
    this.flush();
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }

  private flush(): void {
    const notes = Array.from(this.pending, ([file, line]) => ({ file, line }));
    this.pending.clear();
    if (notes.length > 0) this.append(notes);
  }

  private append(lines: readonly object[]): void {
    this.file ??= openSync(this.path, 'a');
    appendWhole(this.file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    fsyncSync(this.file);
  }

  /** Without a last line that was being written when the process was killed; it is cut off, as what is added later would stand behind it. */
  private parsed(): object[] {
    const bytes = readFileSync(this.path);
    const length = bytes.lastIndexOf(0x0a) + 1;
    if (length < bytes.length) truncateSync(this.path, length);
    const whole = bytes.toString('utf8', 0, length).split('\n').slice(0, -1);
    try {
      return whole.map((line) => JSON.parse(line) as object);
    } catch {
      throw refusal(this.path, 'it has a line that is none of a journal');
    }
  }
}

function refusal(path: string, why: string): CqlError {
  return new CqlError('ERR_RXCQL_CHECKPOINT', `The journal ${path} cannot be gone on with: ${why}.`);
}
