import { crc32 } from '../../src/codec/crc.js';
import { EnvelopeFlag, HEADER_LENGTH } from '../../src/codec/envelope.js';
import { TRAILER_LENGTH } from '../../src/codec/segment.js';
import {
  COMPRESSED_HEADER_LENGTH,
  MAX_PAYLOAD,
  putCompressedHeader,
  putSegmentHeader,
  SEGMENT_HEADER_LENGTH,
} from '../../src/codec/segment-header.js';
import { blockOf } from '../support/lz4-package.js';
import type { Sample } from './corpus.js';
import { mutate } from './mutate.js';
import type { Random } from './random.js';

/** Segments with the right checksums, one or several, as a server would make them or not. */
export function segments(random: Random, content: Buffer, isCompressed: boolean, corpus: readonly Sample[]): Buffer {
  const parts: Buffer[] = [];
  const isWhole = random.chance(70);
  for (let at = 0; at < content.length || parts.length === 0;) {
    const length = Math.min(content.length - at, isWhole ? MAX_PAYLOAD : 1 + random.below(content.length));
    const payload = content.subarray(at, at + length);
    const isSelfContained = random.chance(95) ? isWhole : !isWhole;
    parts.push(
      isCompressed
        ? compressedSegment(random, payload, isSelfContained, corpus)
        : segment(payload, SEGMENT_HEADER_LENGTH, (target) => putSegmentHeader(target, 0, length, isSelfContained)),
    );
    at += length;
  }
  return Buffer.concat(parts);
}

function segment(payload: Buffer, headerLength: number, putHeader: (target: Buffer) => void): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(headerLength), payload, Buffer.alloc(TRAILER_LENGTH)]);
  putHeader(bytes);
  bytes.writeUInt32LE(crc32(payload, 0, payload.length), headerLength + payload.length);
  return bytes;
}

/** The checksums are right whatever was done to what is compressed: they are made by whoever does it. */
function compressedSegment(
  random: Random,
  payload: Buffer,
  isSelfContained: boolean,
  corpus: readonly Sample[],
): Buffer {
  const { sent, plainLength } = random.chance(15)
    ? { sent: payload, plainLength: 0 }
    : damagedBlock(random, payload, corpus, MAX_PAYLOAD);
  return segment(sent, COMPRESSED_HEADER_LENGTH, (target) =>
    putCompressedHeader(target, 0, sent.length, plainLength, isSelfContained),
  );
}

/** An envelope of v4 whose body is compressed, if it has a header. */
export function compressedEnvelope(random: Random, envelope: Buffer, corpus: readonly Sample[]): Buffer {
  if (envelope.length < HEADER_LENGTH || random.chance(15)) return envelope;
  const { sent, plainLength } = damagedBlock(random, envelope.subarray(HEADER_LENGTH), corpus, 0x7fffffff);
  const bytes = Buffer.concat([envelope.subarray(0, HEADER_LENGTH), Buffer.alloc(4), sent]);
  bytes[1]! |= EnvelopeFlag.COMPRESSION;
  bytes.writeInt32BE(plainLength, HEADER_LENGTH);
  if (random.chance(95)) bytes.writeInt32BE(bytes.length - HEADER_LENGTH, 5);
  return bytes;
}

/** Bytes as an LZ4 block, of which a third are damaged and a tenth lie about how long they were. */
function damagedBlock(
  random: Random,
  plain: Buffer,
  corpus: readonly Sample[],
  maxLength: number,
): { sent: Buffer; plainLength: number } {
  let sent = blockOf(plain);
  for (let left = random.chance(30) ? 1 + random.below(3) : 0; left > 0; left--)
    sent = mutate(random, sent, [], corpus);
  const lie = random.pick([0, 1, plain.length + 1, 255 * sent.length, 255 * sent.length + 64, maxLength]);
  const plainLength = random.chance(10) ? lie : plain.length;
  return { sent: sent.subarray(0, MAX_PAYLOAD), plainLength: Math.min(plainLength, maxLength) };
}
