import * as zlib from 'node:zlib';
import { concat, defer, EMPTY, Observable, of } from 'rxjs';
import { ConfigurationError } from '../../errors.js';
import type { FileCompression } from './file-sink.js';

/** A stream of node:zlib, as far as it is used here. */
type ZlibStream = ReturnType<typeof zlib.createGzip>;

/** What node:zlib has: zstd since 22.15 and 23.8. */
export interface Zlib {
  readonly createGzip: () => ZlibStream;
  readonly createZstdCompress?: () => ZlibStream;
}

/**
 * Compresses what is put in, in order, outside of the program's own thread. All of it is one member, or frame: there are readers that stop
 * behind the first.
 */
export class Compressor {
  private readonly stream: ZlibStream;
  private readonly made: Buffer[] = [];

  /** @throws ConfigurationError if Node has no such compression. */
  constructor(compression: FileCompression, { createGzip, createZstdCompress }: Zlib = zlib) {
    if (compression === 'zstd' && createZstdCompress === undefined) throw noZstd();
    this.stream = compression === 'gzip' ? createGzip() : createZstdCompress!();
    // Nobody is told any more when it has been left.
    this.stream.on('error', () => undefined);
    this.stream.on('data', (chunk: Buffer) => this.made.push(chunk));
  }

  /** Emits what there is more, when these bytes have been taken, and completes. */
  add(bytes: Uint8Array): Observable<Uint8Array> {
    return concat(this.done((taken) => this.stream.write(bytes, taken)), defer(() => this.take())); // prettier-ignore
  }

  /** Emits the rest, and completes. */
  end(): Observable<Uint8Array> {
    return concat(
      this.done((ended) => {
        this.stream.once('end', ended);
        this.stream.end();
      }),
      defer(() => this.take()),
    );
  }

  discard(): void {
    this.stream.destroy();
  }

  private done(run: (done: (error?: Error | null) => void) => void): Observable<never> {
    return new Observable((subscriber) => {
      // What is wrong with the stream ends it, and not the call.
      const fail = (error: Error): void => subscriber.error(error);
      this.stream.on('error', fail);
      subscriber.add(() => this.stream.off('error', fail));
      run((error) => {
        if (error === null || error === undefined) subscriber.complete();
        else subscriber.error(error);
      });
    });
  }

  private take(): Observable<Uint8Array> {
    const made = this.made.splice(0);
    return made.length === 0 ? EMPTY : of(Buffer.concat(made));
  }
}

/** @throws ConfigurationError if Node has no such compression. */
export function checkCompression(compression: FileCompression | undefined, { createZstdCompress }: Zlib = zlib): void {
  if (compression === 'zstd' && createZstdCompress === undefined) throw noZstd();
}

function noZstd(): ConfigurationError {
  return new ConfigurationError(
    `Node ${process.versions.node} cannot compress with zstd: use 22.15, 23.8 or newer, or gzip.`,
  );
}
