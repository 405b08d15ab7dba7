import { ProtocolError } from '../errors.js';
import { crc24, crc32 } from './crc.js';

/** The most that the payload of one segment holds: 2^17 - 1 bytes. */
export const MAX_PAYLOAD = 0x1ffff;

/** Bytes before and after a payload. */
export const SEGMENT_HEADER_LENGTH = 6;
export const SEGMENT_TRAILER_LENGTH = 4;
export const SEGMENT_OVERHEAD: number = SEGMENT_HEADER_LENGTH + SEGMENT_TRAILER_LENGTH;

const SELF_CONTAINED = 0x20000;

/**
 * Writes header and trailer around a payload that already lies at `at + SEGMENT_HEADER_LENGTH`.
 *
 * ```
 * <payload length, 17 bits> <self-contained, 1 bit> <padding, 6 bits>   little-endian, 3 bytes
 * <crc24 of these 3 bytes>                                              little-endian
 * <payload>
 * <crc32 of the payload>                                                little-endian
 * ```
 *
 * Native protocol v5, section 2.1.
 */
export function sealSegment(buffer: Buffer, at: number, payloadLength: number, selfContained: boolean): void {
  const bits = payloadLength | (selfContained ? SELF_CONTAINED : 0);
  buffer.writeUIntLE(bits, at, 3);
  buffer.writeUIntLE(crc24(buffer, at, 3), at + 3, 3);
  const payload = at + SEGMENT_HEADER_LENGTH;
  buffer.writeUInt32LE(crc32(buffer, payload, payload + payloadLength), payload + payloadLength);
}

/** What receives the payloads of a {@link SegmentDecoder}. */
export type PayloadHandler = (buffer: Buffer, start: number, end: number, selfContained: boolean) => void;

/**
 * Cuts a sequence of bytes, however chunked, into segments, and verifies both checksums of each before anything of it is
 * passed on. A segment that arrives whole is not copied. A checksum that does not match is fatal: framing is lost.
 */
export class SegmentDecoder {
  /** A segment that arrives in pieces: `filled` of `wanted` bytes. */
  private readonly header: Buffer = Buffer.alloc(SEGMENT_HEADER_LENGTH);
  private partial: Buffer = this.header;
  private filled = 0;

  /** Reads at most one segment from `chunk`, starting at `at`; `emit` gets its payload. Returns how far it read. */
  read(chunk: Buffer, at: number, end: number, emit: PayloadHandler): number {
    if (this.filled === 0 && end - at >= SEGMENT_HEADER_LENGTH) {
      const bits = headerAt(chunk, at);
      const length = SEGMENT_OVERHEAD + (bits & MAX_PAYLOAD);
      if (end - at >= length) {
        emitPayload(chunk, at, bits, emit);
        return at + length;
      }
      this.partial = Buffer.allocUnsafeSlow(length);
    }
    return this.collect(chunk, at, end, emit);
  }

  private collect(chunk: Buffer, at: number, end: number, emit: PayloadHandler): number {
    const until = Math.min(end, at + this.partial.length - this.filled);
    chunk.copy(this.partial, this.filled, at, until);
    this.filled += until - at;
    if (this.filled < this.partial.length) return until;
    const bits = headerAt(this.partial, 0);
    if (this.partial === this.header) {
      this.partial = Buffer.allocUnsafeSlow(SEGMENT_OVERHEAD + (bits & MAX_PAYLOAD));
      this.header.copy(this.partial);
      return until;
    }
    const whole = this.partial;
    this.partial = this.header;
    this.filled = 0;
    emitPayload(whole, 0, bits, emit);
    return until;
  }
}

/** The 18 meaningful bits of a header, once its checksum has been verified. */
function headerAt(buffer: Buffer, at: number): number {
  if (buffer.readUIntLE(at + 3, 3) !== crc24(buffer, at, 3)) {
    throw new ProtocolError('The checksum of a segment header does not match: the connection carries damaged data.');
  }
  return buffer.readUIntLE(at, 3) & (SELF_CONTAINED | MAX_PAYLOAD);
}

function emitPayload(buffer: Buffer, at: number, bits: number, emit: PayloadHandler): void {
  const start = at + SEGMENT_HEADER_LENGTH;
  const end = start + (bits & MAX_PAYLOAD);
  if (buffer.readUInt32LE(end) !== crc32(buffer, start, end)) {
    throw new ProtocolError('The checksum of a segment payload does not match: the connection carries damaged data.');
  }
  emit(buffer, start, end, (bits & SELF_CONTAINED) !== 0);
}
