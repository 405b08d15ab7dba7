import { putCompressedBody } from '../../codec/compressed-body.js';
import type { Compression } from '../../codec/compression.js';
import { EnvelopeFlag, HEADER_LENGTH } from '../../codec/envelope.js';
import { sealCompressedSegment, sealSegment, TRAILER_LENGTH } from '../../codec/segment.js';
import { COMPRESSED_HEADER_LENGTH, MAX_PAYLOAD, SEGMENT_HEADER_LENGTH } from '../../codec/segment-header.js';
import { putI32 } from '../../codec/writer.js';

/** An envelope as v4 sends it, with its body compressed where that was agreed on and is worth it; in v5 as it is. */
export function bareEnvelope(envelope: Buffer, compression: Compression | undefined): Buffer {
  const isWorthIt = compression !== undefined && envelope.length - HEADER_LENGTH >= compression.threshold;
  if (!isWorthIt || (envelope[0]! & 0x7f) >= 5) return envelope;
  const target = Buffer.from(envelope);
  const length = putCompressedBody(envelope, HEADER_LENGTH, envelope.length, target, HEADER_LENGTH, compression);
  if (length === 0) return envelope;
  target[1]! |= EnvelopeFlag.COMPRESSION;
  putI32(target, 5, length);
  return target.subarray(0, HEADER_LENGTH + length);
}

/** Envelopes in segments of v5: whole ones share segments, one that is larger than a segment is spread over several. */
export function segmentsOf(envelopes: readonly Buffer[], compression: Compression | undefined): Buffer {
  const segments: Buffer[] = [];
  let shared: Buffer[] = [];
  let length = 0;
  const share = (): void => {
    if (length > 0) segments.push(segmentOf(Buffer.concat(shared), true, compression));
    shared = [];
    length = 0;
  };
  for (const envelope of envelopes) {
    if (length + envelope.length > MAX_PAYLOAD) share();
    if (envelope.length <= MAX_PAYLOAD) {
      shared.push(envelope);
      length += envelope.length;
    } else {
      for (let at = 0; at < envelope.length; at += MAX_PAYLOAD) {
        segments.push(segmentOf(envelope.subarray(at, at + MAX_PAYLOAD), false, compression));
      }
    }
  }
  share();
  return Buffer.concat(segments);
}

function segmentOf(payload: Buffer, selfContained: boolean, compression: Compression | undefined): Buffer {
  const headerLength = compression === undefined ? SEGMENT_HEADER_LENGTH : COMPRESSED_HEADER_LENGTH;
  const bytes = Buffer.alloc(headerLength + payload.length + TRAILER_LENGTH);
  payload.copy(bytes, headerLength);
  const end =
    compression === undefined
      ? sealSegment(bytes, 0, payload.length, selfContained)
      : sealCompressedSegment(bytes, 0, payload.length, selfContained, compression);
  return bytes.subarray(0, end);
}
