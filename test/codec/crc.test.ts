import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { crc24, crc32 } from '../../src/codec/crc.js';
import { bytes } from './support.js';

const DIGITS = Buffer.from('123456789');

/** CRC32 bit by bit, as the specification words it: over the bytes FA 2D 55 CA, then over the payload. */
function crc32ByDefinition(payload: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of [0xfa, 0x2d, 0x55, 0xca, ...payload]) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

describe('crc24', () => {
  it('has the check value of the specification', () => {
    expect(crc24(DIGITS, 0, 9)).toBe(0x4b3f02);
  });

  it.each([
    ['000002', 0xc4366a],
    ['320002', 0xeeffa5],
    ['ffff03', 0x474025],
    ['ffff01', 0xfe9138],
    ['0900000004', 0x95b8c2],
    ['1400640004', 0x36e7cf],
  ])('of the segment header %s is the one other implementations write', (header, expected) => {
    const buffer = bytes(header);
    expect(crc24(buffer, 0, buffer.length)).toBe(expected);
  });

  it('covers the given bytes and no others', () => {
    expect(crc24(Buffer.from('xx123456789xx'), 2, 9)).toBe(0x4b3f02);
  });
});

describe('crc32', () => {
  afterEach(() => {
    vi.doUnmock('node:zlib');
    vi.resetModules();
  });

  it('has the check value of the specification', () => {
    expect(crc32(DIGITS, 0, 9)).toBe(0xe2a261a7);
  });

  it('is the seed alone for an empty payload', () => {
    expect(crc32(DIGITS, 4, 4)).toBe(0x44777ed3);
  });

  it('is what the definition says, for short and long payloads alike', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat({ max: 5 }), (payload, offset) => {
        const buffer = Buffer.concat([Buffer.alloc(offset, 1), payload, Buffer.alloc(3, 2)]);
        expect(crc32(buffer, offset, offset + payload.length)).toBe(crc32ByDefinition(payload));
      }),
    );
  });

  it('is the same on a Node whose zlib has no crc32', async () => {
    vi.resetModules();
    vi.doMock('node:zlib', () => ({ crc32: undefined }));
    const old = await import('../../src/codec/crc.js');
    expect(old.crc32).not.toBe(crc32);
    expect(old.crc32(DIGITS, 0, 9)).toBe(0xe2a261a7);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (payload) => {
        expect(old.crc32(Buffer.from(payload), 0, payload.length)).toBe(crc32ByDefinition(payload));
      }),
    );
  });
});
