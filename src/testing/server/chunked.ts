import { concatMap, from, type OperatorFunction } from 'rxjs';
import { ConfigurationError } from '../../errors.js';

/**
 * Cuts every chunk of bytes into pieces of `size` bytes, the last of which may be shorter. Nothing waits for more bytes: a
 * conversation goes on.
 *
 * @throws ConfigurationError if `size` is no whole number of at least 1.
 *
 * @example
 * ```ts
 * const dribbling: Socket = (outgoing) => outgoing.pipe(chunked(3), server, chunked(1));
 * ```
 */
export function chunked(size: number): OperatorFunction<Uint8Array, Uint8Array> {
  if (!Number.isInteger(size) || size < 1)
    throw new ConfigurationError('chunked() takes a number of bytes, at least 1.');
  return (source) =>
    source.pipe(concatMap((bytes) => from(pieces(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), size))));
}

/** The pieces of some bytes, which are not copied. */
export function pieces(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) || 0 }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
}
