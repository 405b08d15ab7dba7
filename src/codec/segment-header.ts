import { ProtocolError } from '../errors.js';
import { crc24 } from './crc.js';

/** The most that the payload of one segment holds, before and after it is compressed: 2^17 - 1 bytes. */
export const MAX_PAYLOAD = 0x1ffff;

/** The bytes before a payload. On a connection with compression they are always the more, whether or not it is compressed. */
export const SEGMENT_HEADER_LENGTH = 6;
export const COMPRESSED_HEADER_LENGTH = 8;

const CHECKSUM_LENGTH = 3;

const SELF_CONTAINED = 0x20000;

// The five bytes of the longer form, in two halves: bit operations have 32 bits.
const LOW_LENGTH = 3;
const PLAIN_LENGTH_SHIFT = 17;
const HIGH_PLAIN_LENGTH_SHIFT = 7;
const HIGH_PLAIN_LENGTH = 0x3ff;
const HIGH_SELF_CONTAINED = 0x400;

/**
 * Writes the header of a segment whose connection has no compression.
 *
 * ```
 * <payload length, 17 bits> <self-contained, 1 bit> <padding, 6 bits>   little-endian, 3 bytes
 * <crc24 of these 3 bytes>                                              little-endian
 * ```
 *
 * Native protocol v5, section 2.1.
 */
export function putSegmentHeader(buffer: Buffer, at: number, payloadLength: number, selfContained: boolean): void {
  buffer.writeUIntLE(payloadLength | (selfContained ? SELF_CONTAINED : 0), at, 3);
  putChecksum(buffer, at, SEGMENT_HEADER_LENGTH);
}

/**
 * Writes the header of a segment whose connection has compression.
 *
 * ```
 * <payload length, 17 bits> <plain length, 17 bits> <self-contained, 1 bit> <padding, 5 bits>   little-endian, 5 bytes
 * <crc24 of these 5 bytes>                                                                      little-endian
 * ```
 *
 * Native protocol v5, section 2.2.
 *
 * @param plainLength The length of the payload before it was compressed; 0 if it is not compressed.
 */
export function putCompressedHeader(
  buffer: Buffer,
  at: number,
  payloadLength: number,
  plainLength: number,
  selfContained: boolean,
): void {
  buffer.writeUIntLE((payloadLength | (plainLength << PLAIN_LENGTH_SHIFT)) & 0xffffff, at, LOW_LENGTH);
  const high = (plainLength >>> HIGH_PLAIN_LENGTH_SHIFT) | (selfContained ? HIGH_SELF_CONTAINED : 0);
  buffer.writeUInt16LE(high, at + LOW_LENGTH);
  putChecksum(buffer, at, COMPRESSED_HEADER_LENGTH);
}

/** Reads the headers of the segments of a connection, one after the other into itself. */
export class SegmentHeader {
  /** How many bytes a header has. */
  readonly length: number;
  /** The length of the payload as it was sent. */
  payloadLength = 0;
  /** The length of the payload before it was compressed; 0 if it was not. */
  plainLength = 0;
  /** Whether the payload holds whole envelopes, not a part of one. */
  isSelfContained = false;

  constructor(isCompressed: boolean) {
    this.length = isCompressed ? COMPRESSED_HEADER_LENGTH : SEGMENT_HEADER_LENGTH;
  }

  /** @throws ProtocolError if the checksum does not match. */
  read(buffer: Buffer, at: number): void {
    const checked = this.length - CHECKSUM_LENGTH;
    if (buffer.readUIntLE(at + checked, CHECKSUM_LENGTH) !== crc24(buffer, at, checked)) {
      throw new ProtocolError('The checksum of a segment header does not match: the connection carries damaged data.');
    }
    const low = buffer.readUIntLE(at, LOW_LENGTH);
    this.payloadLength = low & MAX_PAYLOAD;
    if (this.length === SEGMENT_HEADER_LENGTH) {
      this.isSelfContained = (low & SELF_CONTAINED) !== 0;
    } else {
      const high = buffer.readUInt16LE(at + LOW_LENGTH);
      this.plainLength = (low >>> PLAIN_LENGTH_SHIFT) | ((high & HIGH_PLAIN_LENGTH) << HIGH_PLAIN_LENGTH_SHIFT);
      this.isSelfContained = (high & HIGH_SELF_CONTAINED) !== 0;
    }
  }
}

function putChecksum(buffer: Buffer, at: number, headerLength: number): void {
  const checked = headerLength - CHECKSUM_LENGTH;
  buffer.writeUIntLE(crc24(buffer, at, checked), at + checked, CHECKSUM_LENGTH);
}
