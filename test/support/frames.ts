import { putCompressedBody } from '../../src/codec/compressed-body.js';
import type { Compression } from '../../src/codec/compression.js';
import { EnvelopeFlag, HEADER_LENGTH, putHeader } from '../../src/codec/envelope.js';
import { sealCompressedSegment, sealSegment } from '../../src/codec/segment.js';
import { COMPRESSED_HEADER_LENGTH } from '../../src/codec/segment-header.js';

// What a server sends, as bytes, for tests of what a driver makes of them.

/** An envelope of a response. */
export function envelope(version: number, streamId: number, opcode: number, body: Buffer): Buffer {
  const header = Buffer.alloc(HEADER_LENGTH);
  putHeader(header, 0, 5, 0, streamId, opcode, body.length);
  header[0] = version | 0x80;
  return Buffer.concat([header, body]);
}

/** An envelope of v4 with its body compressed, where that is smaller. */
export function compressed(whole: Buffer, compression: Compression): Buffer {
  const target = Buffer.from(whole);
  const length = putCompressedBody(whole, HEADER_LENGTH, whole.length, target, HEADER_LENGTH, compression);
  if (length === 0) return whole;
  target[1]! |= EnvelopeFlag.COMPRESSION;
  target.writeInt32BE(length, 5);
  return target.subarray(0, HEADER_LENGTH + length);
}

/** A self-contained segment of v5. */
export function segment(payload: Buffer, compression?: Compression): Buffer {
  if (compression !== undefined) {
    const compressible = Buffer.concat([Buffer.alloc(COMPRESSED_HEADER_LENGTH), payload, Buffer.alloc(4)]);
    return compressible.subarray(0, sealCompressedSegment(compressible, 0, payload.length, true, compression));
  }
  const bytes = Buffer.concat([Buffer.alloc(6), payload, Buffer.alloc(4)]);
  sealSegment(bytes, 0, payload.length, true);
  return bytes;
}

/** The body of a Void. */
export const VOID: Buffer = Buffer.from([0, 0, 0, 1]);
