import { type FileHandle, open } from 'node:fs/promises';
import type { AsyncPull } from '../../operators/pull.js';

/**
 * The bytes of a file, piece by piece, one of which is read ahead. They lie in the same two places always, so **a piece is there until the next one is
 * asked for**: the stream of Node.js has new memory for each, to be collected.
 *
 * The file is opened when the first piece is asked for, and closed at its end, when it cannot be read, or when it is left.
 */
export class FileBytes implements AsyncPull<Uint8Array> {
  readonly isAsync = true;
  /** How many bytes have been given out. */
  bytesRead = 0;
  private readonly path: string;
  private readonly places: readonly Buffer[];
  private place = 0;
  private handle: PromiseLike<FileHandle> | undefined;
  private ahead: PromiseLike<Buffer> | undefined;
  private isLeft = false;

  constructor(path: string, pieceBytes: number) {
    this.path = path;
    this.places = [Buffer.allocUnsafeSlow(pieceBytes), Buffer.allocUnsafeSlow(pieceBytes)];
  }

  next(): PromiseLike<IteratorResult<Uint8Array, undefined>> {
    return this.take();
  }

  leave(): void {
    this.isLeft = true;
    const { handle } = this;
    this.handle = undefined;
    // It waits for what is being read. Of a file that is only read, nothing can be lost.
    void handle?.then((file) => file.close()).then(undefined, nobodyIsToldAnyMore);
  }

  private async take() {
    const bytes = await (this.ahead ?? this.read()).then(undefined, (error: unknown) => {
      this.leave();
      throw error;
    });
    if (bytes.length === 0 || this.isLeft) {
      this.leave();
      return { done: true, value: undefined } as const;
    }
    this.bytesRead += bytes.length;
    this.ahead = this.read();
    // Whoever asks for it is told.
    this.ahead.then(undefined, nobodyIsToldAnyMore);
    return { done: false, value: bytes } as const;
  }

  private async read() {
    this.handle ??= open(this.path);
    const place = this.places[this.place]!;
    this.place = 1 - this.place;
    const { bytesRead } = await (await this.handle).read(place, 0, place.length);
    return place.subarray(0, bytesRead);
  }
}

function nobodyIsToldAnyMore(): void {
  // Nobody waits for it.
}
