import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Compression } from '../../src/codec/compression.js';
import { lz4 } from '../../src/codec/lz4.js';
import { sealCompressedSegment, SegmentDecoder } from '../../src/codec/segment.js';
import { MAX_PAYLOAD, putCompressedHeader, SegmentHeader } from '../../src/codec/segment-header.js';
import { ProtocolError } from '../../src/errors.js';
import { blockOf, notInstalled } from '../support/lz4-package.js';
import { bytes, hex, thrownBy } from './support.js';

const withPackage = lz4();
const withoutPackage = lz4(notInstalled);

/** As ours, and no payload is too short for it. */
const eager: Compression = { ...withPackage, threshold: 1 };

/** A payload in a segment of a connection with compression. */
function sealed(payload: Uint8Array, selfContained: boolean, compression: Compression): Buffer {
  const segment = Buffer.alloc(payload.length + 12, 0xee);
  segment.set(payload, 8);
  return segment.subarray(0, sealCompressedSegment(segment, 0, payload.length, selfContained, compression));
}

/** A segment that announces what a test wants it to. */
function announcing(payload: Buffer, plainLength: number): Buffer {
  // Sealed as it is, and then given another header.
  const segment = sealed(payload, true, withoutPackage);
  putCompressedHeader(segment, 0, payload.length, plainLength, true);
  return segment;
}

interface Payload {
  readonly payload: string;
  readonly selfContained: boolean;
}

const text = (payload: Uint8Array): string => Buffer.from(payload).toString('latin1');

/** What a decoder makes of chunks. */
function readAll(chunks: readonly Buffer[], compression: Compression): Payload[] {
  const decoder = new SegmentDecoder(compression);
  const payloads: Payload[] = [];
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      at = decoder.read(chunk, at, chunk.length, (buffer, start, end, selfContained) => {
        payloads.push({ payload: buffer.toString('latin1', start, end), selfContained });
      });
    }
  }
  return payloads;
}

const dribbled = (whole: Buffer): Buffer[] => Array.from(whole, (_, i) => whole.subarray(i, i + 1));

const REPETITIVE = Buffer.from('one and one and one and one and one and one and one and one');

describe('the header of a segment on a connection with compression', () => {
  it.each([
    [20, 50, true, '1400640004 cfe736'],
    [9, 0, true, '0900000004 c2b895'],
    [1, 0, true, '0100000004 06a587'],
  ])('of %i bytes that were %i, self-contained %s, is %s', (payloadLength, plainLength, isSelfContained, digits) => {
    const written = Buffer.alloc(8);
    putCompressedHeader(written, 0, payloadLength, plainLength, isSelfContained);
    expect(written.toString('hex')).toBe(hex(digits));
    const read = new SegmentHeader(true);
    read.read(bytes(digits), 0);
    expect(read).toMatchObject({ length: 8, payloadLength, plainLength, isSelfContained });
  });

  it('holds two lengths of 17 bits each, which are more bits than an operation has', () => {
    const lengths = fc.oneof(fc.nat({ max: MAX_PAYLOAD }), fc.constantFrom(0x1ffff, 0x10000, 0x7f, 0x80, 0x3ff));
    fc.assert(
      fc.property(lengths, lengths, fc.boolean(), (payloadLength, plainLength, isSelfContained) => {
        const buffer = Buffer.alloc(12, 0xee);
        putCompressedHeader(buffer, 2, payloadLength, plainLength, isSelfContained);
        const bits = BigInt(payloadLength) | (BigInt(plainLength) << 17n) | (isSelfContained ? 1n << 34n : 0n);
        const expected = Buffer.alloc(8);
        expected.writeBigUInt64LE(bits);
        expect(buffer.subarray(2, 7)).toEqual(expected.subarray(0, 5));
        const header = new SegmentHeader(true);
        header.read(buffer, 2);
        expect(header).toMatchObject({ payloadLength, plainLength, isSelfContained });
      }),
    );
  });
});

describe('sealCompressedSegment', () => {
  it.each([
    ['an OPTIONS request', '05 00 0000 05 00000000', '0900000004 c2b895', '1086284d'],
    ['one byte', '62', '0100000004 06a587', 'e91b206e'],
  ])('leaves %s as it is, behind the longer header', (_, payload, header, trailer) => {
    expect(sealed(bytes(payload), true, withPackage).toString('hex')).toBe(hex(header, payload, trailer));
  });

  it('compresses from the threshold on', () => {
    const payload = Buffer.alloc(withPackage.threshold, 'b');
    expect(sealed(payload, true, withPackage).length).toBeLessThan(40);
    expect(sealed(payload.subarray(1), true, withPackage).length).toBe(payload.length - 1 + 12);
  });

  it('leaves as it is what would not be smaller', () => {
    const payload = randomBytes(5_000);
    const segment = sealed(payload, true, withPackage);
    expect(segment.length).toBe(5_012);
    expect(readAll([segment], withPackage)).toEqual([{ payload: text(payload), selfContained: true }]);
  });

  it('leaves everything as it is where there is nothing to compress with', () => {
    expect(sealed(Buffer.alloc(100_000), true, withoutPackage).length).toBe(100_012);
  });

  it('puts the checksum over what is sent, and leaves the bytes before it alone', () => {
    const buffer = Buffer.alloc(200, 0xee);
    REPETITIVE.copy(buffer, 10 + 8);
    const end = sealCompressedSegment(buffer, 10, REPETITIVE.length, false, eager);
    expect(end).toBeLessThan(10 + 12 + REPETITIVE.length);
    expect(buffer.subarray(0, 10).every((byte) => byte === 0xee)).toBe(true);
    expect(readAll([buffer.subarray(10, end)], withPackage)).toEqual([
      { payload: text(REPETITIVE), selfContained: false },
    ]);
  });
});

describe.each([
  ['with the package', withPackage],
  ['without it', withoutPackage],
])('SegmentDecoder on a connection with compression, %s', (_, compression) => {
  const compressed = sealed(REPETITIVE, true, eager);
  const raw = sealed(bytes('05 00 0000 05 00000000'), false, withPackage);
  const empty = sealed(Buffer.alloc(0), true, withPackage);
  const stream = Buffer.concat([compressed, raw, empty, compressed]);
  const payloads: Payload[] = [
    { payload: text(REPETITIVE), selfContained: true },
    { payload: '\x05\0\0\0\x05\0\0\0\0', selfContained: false },
    { payload: '', selfContained: true },
    { payload: text(REPETITIVE), selfContained: true },
  ];

  it('finds the same payloads wherever the bytes are cut in three', () => {
    for (let first = 0; first <= stream.length; first++) {
      for (let second = first; second <= stream.length; second++) {
        const chunks = [stream.subarray(0, first), stream.subarray(first, second), stream.subarray(second)];
        expect(readAll(chunks, compression), `cut at ${first} and ${second}`).toEqual(payloads);
      }
    }
    expect(readAll(dribbled(stream), compression)).toEqual(payloads);
  });

  it('waits for the last two bytes of a payload that is not compressed: its header is the longer one, too', () => {
    for (const missing of [1, 2, 3, 4]) {
      const [begin, end] = [raw.subarray(0, -missing), raw.subarray(-missing)];
      expect(readAll([begin], compression)).toEqual([]);
      expect(readAll([begin, end], compression)).toEqual([payloads[1]]);
    }
  });

  it('finds the same payloads in any segments, cut anyhow', () => {
    const payload = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 5 }), fc.nat(400)).map(([b, n]) => Buffer.alloc(n, b)),
    );
    const segment = fc.record({ payload, selfContained: fc.boolean() });
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 8 }), fc.array(fc.nat({ max: 900 })), (sent, cuts) => {
        const whole = Buffer.concat(sent.map((one) => sealed(one.payload, one.selfContained, eager)));
        const at = [0, ...cuts.filter((cut) => cut < whole.length).sort((a, b) => a - b), whole.length];
        const chunks = at.slice(1).map((end, i) => whole.subarray(at[i], end));
        expect(readAll(chunks, compression)).toEqual(
          sent.map((one) => ({ payload: text(one.payload), selfContained: one.selfContained })),
        );
      }),
    );
  });

  it('reads the largest payload that there is, compressed and not', () => {
    for (const payload of [Buffer.alloc(MAX_PAYLOAD, 'ab'), randomBytes(MAX_PAYLOAD)]) {
      const segment = sealed(payload, false, withPackage);
      for (const chunks of [[segment], [segment.subarray(0, 3), segment.subarray(3, 100), segment.subarray(100)]]) {
        const [found, ...others] = readAll(chunks, compression);
        expect([found!.payload === text(payload), found!.selfContained, others.length]).toEqual([true, false, 0]);
      }
    }
  });

  it('does not copy a segment that arrives whole and is not compressed', () => {
    const given: Buffer[] = [];
    new SegmentDecoder(compression).read(raw, 0, raw.length, (buffer) => given.push(buffer));
    expect(given).toEqual([raw]);
    expect(given[0]).toBe(raw);
  });

  it('refuses damage of every single bit, whole or in pieces, before anything is passed on', () => {
    for (const intact of [compressed, raw]) {
      for (let bit = 0; bit < intact.length * 8; bit++) {
        const damaged = Buffer.from(intact);
        damaged[bit >> 3]! ^= 1 << (bit & 7);
        for (const chunks of [[damaged], dribbled(damaged)]) {
          const error = thrownBy(() => readAll(chunks, compression));
          expect(error, `bit ${bit}`).toBeInstanceOf(ProtocolError);
          const part = bit < 64 ? 'header' : 'payload';
          expect(error.message).toContain(`The checksum of a segment ${part} does not match`);
        }
      }
    }
  });

  it.each([
    ['what is no block', Buffer.alloc(10, 0xff), 50],
    ['a block of less than was announced', blockOf(REPETITIVE), REPETITIVE.length + 1],
    ['a block of more than was announced', blockOf(REPETITIVE), REPETITIVE.length - 1],
    ['no bytes that were some', Buffer.alloc(0), 1],
    ['more than a block can hold', blockOf(Buffer.alloc(10)), MAX_PAYLOAD],
  ])('refuses %s, though its checksums match', (_what, payload, plainLength) => {
    expect(() => readAll([announcing(payload, plainLength)], compression)).toThrow(ProtocolError);
  });
});
