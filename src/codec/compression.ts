/** What the two sides of a connection compress with, once they have agreed on it in STARTUP. */
export interface Compression {
  /** As SUPPORTED and STARTUP have it. */
  readonly name: string;
  /** From which length on compressing is worth it, in bytes; `Infinity` where there is nothing to compress with. */
  readonly threshold: number;
  /** Compresses `input` from `start` to `end` into `target`. Returns the compressed length, 0 if that does not fit. */
  readonly compress: (input: Buffer, start: number, end: number, target: Buffer) => number;
  /**
   * Decompresses `input` from `start` to `end`, which must yield exactly `length` bytes.
   *
   * @throws ProtocolError if it does not, before anything is allocated if it cannot.
   */
  readonly decompress: (input: Buffer, start: number, end: number, length: number) => Buffer;
}
