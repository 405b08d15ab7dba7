import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { EMPTY, Observable } from 'rxjs';
import { fileFailure } from './file-failure.js';
import type { FileTarget } from './file-target.js';

/** A stream that belongs to somebody else: what is in it is, and it is not ended. */
export function streamTarget(stream: Writable): FileTarget {
  return new StreamTarget(stream, '-', false);
}

/** What is there already and is no file: a pipe with a name, a terminal. It cannot have another name for a while. */
export function deviceTarget(path: string): FileTarget {
  return new StreamTarget(createWriteStream(path), path, true);
}

class StreamTarget implements FileTarget {
  readonly file: string;
  private readonly stream: Writable;
  private readonly isOwn: boolean;
  private isBusy = false;
  private isLeft = false;
  /** What fails is told to who writes. Without this, the process would be told, too, and end. */
  private readonly onError = (): void => undefined;

  constructor(stream: Writable, file: string, isOwn: boolean) {
    this.stream = stream;
    this.file = file;
    this.isOwn = isOwn;
    stream.on('error', this.onError);
  }

  write(bytes: Uint8Array): Observable<never> {
    // Who reads it may keep what it is given, and the encoder will use its bytes again.
    return this.operation((done) => this.stream.write(Uint8Array.from(bytes), done));
  }

  flush(): Observable<never> {
    return this.isOwn ? this.operation((done) => this.stream.end(done)) : EMPTY;
  }

  publish(): void {
    this.leave();
  }

  discard(): void {
    this.leave();
    if (this.isOwn) this.stream.destroy();
  }

  private operation(run: (done: (error?: Error | null) => void) => void): Observable<never> {
    return new Observable((subscriber) => {
      this.isBusy = true;
      run((error) => {
        // A stream that has failed says so itself, too, after it has told the writer.
        this.isBusy = error !== null && error !== undefined;
        if (this.isBusy) subscriber.error(fileFailure(this.file, 'written', error));
        else subscriber.complete();
        if (this.isLeft) this.leave();
      });
    });
  }

  private leave(): void {
    this.isLeft = true;
    if (!this.isBusy && !this.isOwn) this.stream.off('error', this.onError);
  }
}
