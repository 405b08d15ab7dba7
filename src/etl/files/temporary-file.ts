import { randomBytes } from 'node:crypto';
import { closeSync, fsync, openSync, renameSync, rmSync, write } from 'node:fs';
import { dirname } from 'node:path';
import { concat, defer, EMPTY, Observable } from 'rxjs';
import { syncFolder } from '../sync-folder.js';
import { fileFailure } from './file-failure.js';
import type { FileTarget } from './file-target.js';

/**
 * A file that has another name until it is whole: `<name>.tmp`, in the same folder; or, where others may be writing the same file,
 * `<name>.<16 hexadecimal digits>.tmp`. Whoever is the last to rename has written the file, and nobody a part of it.
 *
 * ```
 * open --write*--> written --flush--> on the disk --publish--> renamed, and the folder is on the disk, too
 *   '--- discard ----'-------------------'                     (then discard does nothing)
 * ```
 *
 * Bytes are written, and flushed, while the program goes on. Names change in one turn, so that nobody can leave in between.
 */
export class TemporaryFile implements FileTarget {
  readonly file: string;
  private readonly temporary: string;
  private descriptor: number | undefined;
  private isBusy = false;
  private isDiscarded = false;

  /** @throws FileError if it cannot be made. */
  constructor(file: string, isShared = false) {
    this.file = file;
    this.temporary = isShared ? `${file}.${randomBytes(8).toString('hex')}.tmp` : `${file}.tmp`;
    this.descriptor = this.attempt('made', () => openSync(this.temporary, 'w'));
  }

  write(bytes: Uint8Array, from = 0): Observable<never> {
    if (from === bytes.length) return EMPTY;
    let taken = 0;
    const some = this.operation((descriptor, done) => {
      write(descriptor, bytes, from, bytes.length - from, null, (error, count) => {
        taken = count;
        done(error);
      });
    });
    return concat(some, defer(() => this.write(bytes, from + taken))); // prettier-ignore
  }

  flush(): Observable<never> {
    return this.operation((descriptor, done) => fsync(descriptor, done));
  }

  publish(): void {
    this.attempt('finished', () => {
      this.close();
      renameSync(this.temporary, this.file);
      syncFolder(dirname(this.file));
    });
  }

  discard(): void {
    if (this.descriptor === undefined || this.isDiscarded) return;
    this.isDiscarded = true;
    // Its number may be that of another file as soon as it is closed: not while somebody writes by it.
    if (!this.isBusy) this.close();
    try {
      rmSync(this.temporary, { force: true });
    } catch {
      // It stays, under a name that says what it is. What led here is what the program is told.
    }
  }

  private operation(run: (descriptor: number, done: (error: Error | null) => void) => void): Observable<never> {
    return new Observable((subscriber) => {
      this.isBusy = true;
      run(this.descriptor!, (error) => {
        this.isBusy = false;
        if (this.isDiscarded) this.close();
        if (error === null) subscriber.complete();
        else subscriber.error(fileFailure(this.file, 'written', error));
      });
    });
  }

  private close(): void {
    const { descriptor } = this;
    this.descriptor = undefined;
    if (descriptor !== undefined) closeSync(descriptor);
  }

  private attempt<T>(what: string, action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw fileFailure(this.file, what, error);
    }
  }
}
