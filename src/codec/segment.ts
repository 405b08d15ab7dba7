import { ProtocolError } from '../errors.js';
import type { Compression } from './compression.js';
import { crc32 } from './crc.js';
import {
  COMPRESSED_HEADER_LENGTH,
  putCompressedHeader,
  putSegmentHeader,
  SEGMENT_HEADER_LENGTH,
  SegmentHeader,
} from './segment-header.js';
import type { Slice } from './writer.js';

/** The bytes after a payload. */
export const TRAILER_LENGTH = 4;

/**
 * Writes header and trailer around a payload that already lies at `at + SEGMENT_HEADER_LENGTH`. Returns where the segment
 * ends.
 *
 * ```
 * <header>
 * <payload>
 * <crc32 of the payload>   little-endian
 * ```
 *
 * Native protocol v5, section 2.1.
 */
export function sealSegment(buffer: Buffer, at: number, payloadLength: number, selfContained: boolean): number {
  putSegmentHeader(buffer, at, payloadLength, selfContained);
  return putTrailer(buffer, at + SEGMENT_HEADER_LENGTH, payloadLength);
}

/**
 * Does the same on a connection with compression: makes a segment of the payload that lies at `at + COMPRESSED_HEADER_LENGTH`,
 * compressed if that makes it smaller. Returns where the segment ends.
 *
 * Native protocol v5, section 2.2.
 */
export function sealCompressedSegment(
  buffer: Buffer,
  at: number,
  payloadLength: number,
  selfContained: boolean,
  compression: Compression,
): number {
  const start = at + COMPRESSED_HEADER_LENGTH;
  let sentLength = payloadLength;
  let plainLength = 0;
  if (payloadLength >= compression.threshold) {
    const smaller = Buffer.allocUnsafe(payloadLength - 1);
    const compressedLength = compression.compress(buffer, start, start + payloadLength, smaller);
    if (compressedLength > 0) {
      smaller.copy(buffer, start, 0, compressedLength);
      sentLength = compressedLength;
      plainLength = payloadLength;
    }
  }
  putCompressedHeader(buffer, at, sentLength, plainLength, selfContained);
  return putTrailer(buffer, start, sentLength);
}

/** The checksum is that of the bytes as they are sent. Returns where the segment ends. */
function putTrailer(buffer: Buffer, start: number, length: number): number {
  return buffer.writeUInt32LE(crc32(buffer, start, start + length), start + length);
}

/** What receives the payloads of a {@link SegmentDecoder}. What is not self-contained has to be copied: its bytes are used again. */
export type PayloadHandler = (buffer: Buffer, start: number, end: number, selfContained: boolean) => void;

/** Where parts of large envelopes are put together, so that what arrives in pieces is copied once. */
export interface PartTarget {
  /** Memory for the next part, of `length` bytes, of which those of `chunk` between `at` and `end` have come already. */
  place(length: number, chunk: Buffer, at: number, end: number): Slice;
  /** The part is there, and is what was sent. */
  placed(length: number): void;
}

/**
 * Cuts a sequence of bytes, however chunked, into segments, and verifies both checksums of each before anything of it is
 * passed on. A segment that arrives whole is not copied. A checksum that does not match is fatal: framing is lost.
 */
export class SegmentDecoder {
  private readonly compression: Compression | undefined;
  private readonly header: SegmentHeader;
  /** A segment that arrives in pieces, of which `filled` bytes are there: first its header, then all of it. */
  private readonly headerBytes: Buffer;
  private partial: Buffer;
  private filled = 0;
  private fresh = true;
  /** Where those are put together that are copied from there: fresh memory for each of them would have to be cleared by the kernel. */
  private scratch: Buffer = NOTHING;
  /** Where the payload goes that comes in pieces, if it is a part of a large envelope; `filled` is then without the header. */
  private part: Slice | undefined;

  /** @param compression What was agreed on for the connection, if anything: it decides how long a header is. */
  constructor(compression?: Compression) {
    this.compression = compression;
    this.header = new SegmentHeader(compression !== undefined);
    this.headerBytes = Buffer.alloc(this.header.length);
    this.partial = this.headerBytes;
  }

  /** Whether no header has been found yet. */
  get isFresh(): boolean {
    return this.fresh;
  }

  /**
   * Reads at most one segment from `chunk`, starting at `at`; `emit` gets its payload, or `parts`, if that is a part of a large envelope which
   * comes in pieces. Returns how far it read.
   */
  read(chunk: Buffer, at: number, end: number, emit: PayloadHandler, parts?: PartTarget): number {
    if (this.part !== undefined) return this.collectPart(chunk, at, end, parts!);
    if (this.filled === 0 && end - at >= this.header.length) {
      const length = this.readHeader(chunk, at);
      if (end - at >= length) {
        this.emitPayload(chunk, at, emit);
        return at + length;
      }
      if (parts !== undefined && !this.header.isSelfContained && this.header.plainLength === 0) {
        const start = at + this.header.length;
        this.part = parts.place(this.header.payloadLength, chunk, start, end);
        return this.collectPart(chunk, start, end, parts);
      }
      this.partial = this.roomFor(length);
    }
    return this.collect(chunk, at, end, emit);
  }

  /** The payload to where it belongs, and the trailer behind it to where the header of the next segment will be. */
  private collectPart(chunk: Buffer, at: number, end: number, parts: PartTarget): number {
    const { buffer, start } = this.part!;
    const { payloadLength } = this.header;
    const until = Math.min(end, at + payloadLength + TRAILER_LENGTH - this.filled);
    const ofPayload = Math.min(until, Math.max(at, at + payloadLength - this.filled));
    chunk.copy(buffer, start + this.filled, at, ofPayload);
    if (until > ofPayload) chunk.copy(this.headerBytes, this.filled + ofPayload - at - payloadLength, ofPayload, until);
    this.filled += until - at;
    if (this.filled < payloadLength + TRAILER_LENGTH) return until;
    this.part = undefined;
    this.filled = 0;
    checkPayload(buffer, start, start + payloadLength, this.headerBytes.readUInt32LE(0));
    parts.placed(payloadLength);
    return until;
  }

  private collect(chunk: Buffer, at: number, end: number, emit: PayloadHandler): number {
    const until = Math.min(end, at + this.partial.length - this.filled);
    chunk.copy(this.partial, this.filled, at, until);
    this.filled += until - at;
    if (this.filled < this.partial.length) return until;
    if (this.partial === this.headerBytes) {
      this.partial = this.roomFor(this.readHeader(this.headerBytes, 0));
      this.headerBytes.copy(this.partial);
      return until;
    }
    const whole = this.partial;
    this.partial = this.headerBytes;
    this.filled = 0;
    this.emitPayload(whole, 0, emit);
    return until;
  }

  /** Returns the length of the segment. */
  private readHeader(buffer: Buffer, at: number): number {
    this.header.read(buffer, at);
    this.fresh = false;
    return this.header.length + this.header.payloadLength + TRAILER_LENGTH;
  }

  /** Memory for a segment that comes in pieces: its own only if what is passed on lies in it and is not copied. */
  private roomFor(length: number): Buffer {
    if (this.header.isSelfContained && this.header.plainLength === 0) return Buffer.allocUnsafeSlow(length);
    if (this.scratch.length < length) this.scratch = Buffer.allocUnsafeSlow(length);
    return this.scratch.subarray(0, length);
  }

  private emitPayload(buffer: Buffer, at: number, emit: PayloadHandler): void {
    const { length, payloadLength, plainLength, isSelfContained } = this.header;
    const start = at + length;
    const end = start + payloadLength;
    checkPayload(buffer, start, end, buffer.readUInt32LE(end));
    if (plainLength === 0 || this.compression === undefined) {
      emit(buffer, start, end, isSelfContained);
    } else {
      emit(this.compression.decompress(buffer, start, end, plainLength), 0, plainLength, isSelfContained);
    }
  }
}

const NOTHING: Buffer = Buffer.alloc(0);

function checkPayload(buffer: Buffer, start: number, end: number, checksum: number): void {
  if (checksum === crc32(buffer, start, end)) return;
  throw new ProtocolError('The checksum of a segment payload does not match: the connection carries damaged data.');
}
