import * as zlib from 'node:zlib';

// The two checksums of a segment (v5, section 2.1).

const CRC24_INITIAL = 0x875060;
const CRC24_POLYNOMIAL = 0x1974f0b;

/** CRC24 of a segment's header: `length` bytes from `start`, most significant bit first. */
export function crc24(buffer: Uint8Array, start: number, length: number): number {
  let crc = CRC24_INITIAL;
  for (let i = start; i < start + length; i++) {
    crc ^= buffer[i]! << 16;
    for (let bit = 0; bit < 8; bit++) {
      crc <<= 1;
      if (crc & 0x1000000) crc ^= CRC24_POLYNOMIAL;
    }
  }
  return crc;
}

/** The state of zlib's CRC32 after the four bytes FA 2D 55 CA, which precede every payload. */
const CRC32_SEED = 0x44777ed3;

const TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32Table(buffer: Uint8Array, start: number, end: number, seed: number): number {
  let crc = ~seed;
  for (let i = start; i < end; i++) crc = TABLE[(crc ^ buffer[i]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** Below this length the call into native code costs more than the loop. */
const SHORT = 64;

// Node has it from 20.15 and 22.2 on.
const native = (zlib as { crc32?: (data: Uint8Array, value?: number) => number }).crc32;

/** CRC32 of a segment's payload, from `start` to `end`. */
export function crc32(buffer: Uint8Array, start: number, end: number): number {
  if (native === undefined || end - start < SHORT) return crc32Table(buffer, start, end, CRC32_SEED);
  return native(buffer.subarray(start, end), CRC32_SEED);
}
