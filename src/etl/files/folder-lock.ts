import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { CqlError } from '../../errors.js';
import { fileFailure } from './file-failure.js';

/** Who has a lock: a process of a machine. */
interface Holder {
  readonly host: string;
  readonly pid: number;
  /** When it was started, where the system says that: numbers of processes are used again. */
  readonly started?: string | undefined;
}

/**
 * ```
 * {"host":"db1","pid":4711,"started":"123456"}
 * ```
 *
 * Keeps a second program from a folder in which one is writing under the same name: each would remove what the other has not committed. It is a file
 * with the process that has made it; one that was killed leaves it, and has it no more. Of another machine nobody can tell whether its
 * process is there: its lock counts for nothing.
 */
export class FolderLock {
  private readonly path: string;
  private isTaken = false;

  constructor(path: string) {
    this.path = path;
  }

  /** @throws CqlError `ERR_RXCQL_CHECKPOINT` if a process has it; FileError */
  take(): void {
    if (this.isTaken) return;
    try {
      if (!this.make()) this.takeOver();
    } catch (error) {
      throw error instanceof CqlError ? error : fileFailure(this.path, 'made', error);
    }
    this.isTaken = true;
  }

  release(): void {
    if (this.isTaken) rmSync(this.path, { force: true });
    this.isTaken = false;
  }

  /** Says whether there was none. */
  private make(): boolean {
    const holder: Holder = { host: hostname(), pid: process.pid, started: startOf(process.pid) };
    try {
      writeFileSync(this.path, JSON.stringify(holder), { flag: 'wx' });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  }

  private takeOver(): void {
    const left = readFileSync(this.path, 'utf8');
    const holder = holderIn(left);
    if (holder !== undefined && isRunning(holder)) throw this.inUse(holder.pid);
    // Another one may do the same at this moment: what is moved away has to be what was looked at.
    const aside = `${this.path}.${process.pid}`;
    renameSync(this.path, aside);
    const isSame = readFileSync(aside, 'utf8') === left;
    if (!isSame) renameSync(aside, this.path);
    else rmSync(aside);
    if (!isSame || !this.make()) throw this.inUse(undefined);
  }

  private inUse(pid: number | undefined): CqlError {
    const who = pid === undefined ? 'Another program' : `The process ${pid}`;
    return new CqlError(
      'ERR_RXCQL_CHECKPOINT',
      `${who} is writing these files at the moment, as ${JSON.stringify(this.path)} says. Wait until it has ended, or write into another folder.`,
    );
  }
}

function holderIn(text: string): Holder | undefined {
  try {
    const { host, pid, started } = JSON.parse(text) as Partial<Holder>;
    if (typeof host === 'string' && Number.isSafeInteger(pid)) return { host, pid: pid!, started };
  } catch {
    // It was killed while it wrote it.
  }
  return undefined;
}

function isRunning({ host, pid, started }: Holder): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // It is there, and somebody else's.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = startOf(pid);
  return now === undefined || started === undefined || now === started;
}

/** As Linux has it: the 22nd field, the second of which is a name in parentheses. */
function startOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ')[19];
  } catch {
    return undefined;
  }
}
