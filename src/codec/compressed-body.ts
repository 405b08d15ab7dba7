import { ProtocolError } from '../errors.js';
import type { Compression } from './compression.js';
import { type Envelope, EnvelopeFlag } from './envelope.js';
import { getI32 } from './reader.js';
import { putI32 } from './writer.js';

// Protocol v4 compresses envelopes one by one; v5 compresses segments instead.

const LENGTH_LENGTH = 4;

/**
 * Writes a body compressed to `at` in `target`, where there is room for as much as it has. Returns its new length; 0 if that
 * would not be less.
 *
 * ```
 * <plain length int> <compressed>   the envelope has the flag COMPRESSION
 * ```
 *
 * Native protocol v4, section 5.
 */
export function putCompressedBody(
  body: Buffer,
  start: number,
  end: number,
  target: Buffer,
  at: number,
  compression: Compression,
): number {
  const room = end - start - LENGTH_LENGTH - 1;
  if (room <= 0) return 0;
  const from = at + LENGTH_LENGTH;
  const length = compression.compress(body, start, end, target.subarray(from, from + room));
  if (length === 0) return 0;
  putI32(target, at, end - start);
  return LENGTH_LENGTH + length;
}

/**
 * The envelope itself, or if it is compressed, the same with a plain body. In v5 the flag means nothing.
 *
 * @throws ProtocolError if nothing of the kind was agreed on, the body would be larger than `maxBodyLength`, or it is damaged.
 */
export function decompressEnvelope(
  envelope: Envelope,
  compression: Compression | undefined,
  maxBodyLength: number,
): Envelope {
  if ((envelope.flags & EnvelopeFlag.COMPRESSION) === 0 || envelope.version >= 5) return envelope;
  const { version, streamId, opcode, buffer, start, end } = envelope;
  if (compression === undefined) {
    throw new ProtocolError('An envelope is compressed, though no compression was agreed on.');
  }
  if (end - start < LENGTH_LENGTH) throw new ProtocolError('A compressed body ends before its length.');
  const length = getI32(buffer, start);
  if (length < 0 || length > maxBodyLength) {
    throw new ProtocolError(
      `A compressed envelope announces a body of ${length} bytes; ${maxBodyLength} is the most that is accepted.`,
    );
  }
  // Some servers compress what is empty.
  const plain = length === 0 ? EMPTY : compression.decompress(buffer, start + LENGTH_LENGTH, end, length);
  const flags = envelope.flags & ~EnvelopeFlag.COMPRESSION;
  return { version, flags, streamId, opcode, buffer: plain, start: 0, end: length };
}

const EMPTY: Buffer = Buffer.alloc(0);
