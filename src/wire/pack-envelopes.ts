import { putCompressedBody } from '../codec/compressed-body.js';
import type { Compression } from '../codec/compression.js';
import { EnvelopeFlag, HEADER_LENGTH, Opcode, type ProtocolVersion, putHeader } from '../codec/envelope.js';
import { copyEnvelopes, lengthOf, type Outgoing } from './outgoing.js';

/** Bare envelopes: protocol v4, and the beginning of v5. Their bodies are compressed one by one, where it is worth it. */
export function packEnvelopes(
  entries: readonly Outgoing[],
  version: ProtocolVersion,
  compression: Compression | undefined,
): Buffer {
  const bytes = Buffer.allocUnsafe(lengthOf(entries, 0, entries.length));
  if (compression === undefined) {
    copyEnvelopes(entries, 0, entries.length, version, bytes, 0);
    return bytes;
  }
  let at = 0;
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i]!;
    const compressed = putCompressed(entry, version, compression, bytes, at);
    if (compressed === 0) copyEnvelopes(entries, i, i + 1, version, bytes, at);
    at += compressed === 0 ? entry.message.end - entry.message.start : compressed;
  }
  return bytes.subarray(0, at);
}

/** Writes an envelope with a compressed body; returns its length, 0 if the body had better stay as it is. */
function putCompressed(
  { message, opcode, flags, streamId }: Outgoing,
  version: ProtocolVersion,
  compression: Compression,
  target: Buffer,
  at: number,
): number {
  const start = message.start + HEADER_LENGTH;
  // STARTUP is what says that compression begins.
  if (opcode === Opcode.STARTUP || message.end - start < compression.threshold) return 0;
  const length = putCompressedBody(message.buffer, start, message.end, target, at + HEADER_LENGTH, compression);
  if (length === 0) return 0;
  putHeader(target, at, version, flags | EnvelopeFlag.COMPRESSION, streamId, opcode, length);
  return HEADER_LENGTH + length;
}
