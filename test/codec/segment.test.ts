import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Envelope, EnvelopeDecoder } from '../../src/codec/envelope.js';
import { sealSegment, SegmentDecoder } from '../../src/codec/segment.js';
import { MAX_PAYLOAD } from '../../src/codec/segment-header.js';
import { ProtocolError } from '../../src/errors.js';
import { bytes, hex, int, thrownBy } from './support.js';

const LETTERS = Buffer.from('abcdefghijklmnopqrstuvwxyz'.repeat(2).slice(0, 50));
const OPTIONS_V5 = bytes('05 00 0000 05 00000000');

/** A payload between the header and trailer of a segment. */
function sealed(payload: Uint8Array, selfContained: boolean): Buffer {
  const segment = Buffer.alloc(payload.length + 10, 0xee);
  segment.set(payload, 6);
  sealSegment(segment, 0, payload.length, selfContained);
  return segment;
}

interface Payload {
  readonly payload: string;
  readonly selfContained: boolean;
}

/** What a decoder makes of chunks. */
function readAll(chunks: readonly Buffer[]): Payload[] {
  const decoder = new SegmentDecoder();
  const payloads: Payload[] = [];
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      at = decoder.read(chunk, at, chunk.length, (buffer, start, end, selfContained) => {
        payloads.push({ payload: buffer.toString('hex', start, end), selfContained });
      });
    }
  }
  return payloads;
}

function dribbled(whole: Buffer): Buffer[] {
  return Array.from(whole, (_, i) => whole.subarray(i, i + 1));
}

describe('sealSegment', () => {
  it.each([
    ['an empty payload', '', true, '000002 6a36c4', 'd37e7744'],
    ['50 letters', LETTERS.toString('hex'), true, '320002 a5ffee', '13bd8c4f'],
    ['50 times b', '62'.repeat(50), true, '320002 a5ffee', '7aaeeb7c'],
    ['the largest payload', '62'.repeat(131_071), true, 'ffff03 254047', '941a5984'],
    ['the largest slice', '62'.repeat(131_071), false, 'ffff01 3891fe', '941a5984'],
    ['an OPTIONS request', '05 00 0000 05 00000000', true, '090002 a4c8c1', '1086284d'],
  ])('frames %s as the specification has it', (_, payload, selfContained, header, trailer) => {
    expect(sealed(bytes(payload), selfContained).toString('hex')).toBe(hex(header, payload, trailer));
  });

  it('works in the middle of a buffer and leaves the rest of it alone', () => {
    const buffer = Buffer.alloc(30, 0xee);
    OPTIONS_V5.copy(buffer, 7 + 6);
    sealSegment(buffer, 7, 9, true);
    const untouched = 'eeeeeeeeeeeeee';
    expect(buffer.toString('hex')).toBe(
      hex(untouched, '090002 a4c8c1 050000000500000000 1086284d', untouched.slice(0, 8)),
    );
  });
});

describe('SegmentDecoder', () => {
  const segments = [sealed(LETTERS, true), sealed(Buffer.alloc(0), true), sealed(OPTIONS_V5, false)];
  const stream = Buffer.concat(segments);
  const payloads: Payload[] = [
    { payload: LETTERS.toString('hex'), selfContained: true },
    { payload: '', selfContained: true },
    { payload: OPTIONS_V5.toString('hex'), selfContained: false },
  ];

  it('finds the payloads of segments that arrive together', () => {
    expect(readAll([stream])).toEqual(payloads);
  });

  it('finds the same payloads wherever the bytes are cut in three', () => {
    for (let first = 0; first <= stream.length; first++) {
      for (let second = first; second <= stream.length; second++) {
        const chunks = [stream.subarray(0, first), stream.subarray(first, second), stream.subarray(second)];
        expect(readAll(chunks), `cut at ${first} and ${second}`).toEqual(payloads);
      }
    }
    expect(readAll(dribbled(stream))).toEqual(payloads);
  });

  it('finds the same payloads in any segments, cut anyhow', () => {
    const segment = fc.record({ payload: fc.uint8Array({ maxLength: 100 }), selfContained: fc.boolean() });
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 8 }), fc.array(fc.nat({ max: 900 })), (sent, cuts) => {
        const whole = Buffer.concat(sent.map(({ payload, selfContained }) => sealed(payload, selfContained)));
        const at = [0, ...cuts.filter((cut) => cut < whole.length).sort((a, b) => a - b), whole.length];
        const chunks = at.slice(1).map((end, i) => whole.subarray(at[i], end));
        expect(readAll(chunks)).toEqual(
          sent.map(({ payload, selfContained }) => ({
            payload: Buffer.from(payload).toString('hex'),
            selfContained,
          })),
        );
      }),
    );
  });

  it('takes one segment at a time', () => {
    const ends: number[] = [];
    const decoder = new SegmentDecoder();
    for (let at = 0; at < stream.length; ends.push(at)) at = decoder.read(stream, at, stream.length, () => undefined);
    expect(ends).toEqual([60, 70, 89]);
  });

  it('does not read beyond the end that it is given', () => {
    const decoder = new SegmentDecoder();
    const emitted: number[] = [];
    expect(decoder.read(stream, 0, 59, () => emitted.push(1))).toBe(59);
    expect(emitted).toEqual([]);
  });

  it('does not copy a segment that arrives whole', () => {
    const decoder = new SegmentDecoder();
    const given: Buffer[] = [];
    for (let at = 0; at < stream.length;) at = decoder.read(stream, at, stream.length, (buffer) => given.push(buffer));
    expect(given).toHaveLength(3);
    for (const buffer of given) expect(buffer).toBe(stream);
  });

  it('ignores the padding of a header', () => {
    const padded = bytes('0000fe b0f0f9', 'd37e7744');
    expect(readAll([padded])).toEqual([{ payload: '', selfContained: true }]);
  });

  describe('refuses damage', () => {
    const intact = sealed(OPTIONS_V5, true);
    const flipped = Array.from({ length: intact.length * 8 }, (_, bit) => {
      const damaged = Buffer.from(intact);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      return { bit, damaged };
    });

    it.each([
      ['header', 0, 6, 'The checksum of a segment header does not match: the connection carries damaged data.'],
      ['payload', 6, 15, 'The checksum of a segment payload does not match: the connection carries damaged data.'],
      ['trailer', 15, 19, 'The checksum of a segment payload does not match: the connection carries damaged data.'],
    ])('of every single bit of the %s, whole or in pieces, before anything is passed on', (_, from, until, message) => {
      for (const { bit, damaged } of flipped.slice(from * 8, until * 8)) {
        for (const chunks of [[damaged], dribbled(damaged), [damaged.subarray(0, 8), damaged.subarray(8)]]) {
          const error = thrownBy(() => {
            if (readAll(chunks).length > 0) expect.unreachable(`bit ${bit} was passed on`);
          });
          expect(error).toBeInstanceOf(ProtocolError);
          expect(error.message).toBe(message);
        }
      }
    });

    it('of a header without waiting for the payload that it announces', () => {
      const header = Buffer.from(intact.subarray(0, 6));
      header[0]! ^= 1;
      expect(() => readAll([header])).toThrow(ProtocolError);
      expect(() => readAll(dribbled(header))).toThrow(ProtocolError);
    });
  });
});

describe('segments that carry envelopes', () => {
  /** The bodies that arrive when the payloads of segments are read as envelopes. */
  function bodies(chunks: readonly Buffer[]): string[] {
    const segments = new SegmentDecoder();
    const envelopes = new EnvelopeDecoder({ maxBodyLength: 1_000_000, accepts: (version) => version === 5 });
    const found: string[] = [];
    const emit = ({ buffer, start, end }: Envelope): void => void found.push(buffer.toString('latin1', start, end));
    for (const chunk of chunks) {
      for (let at = 0; at < chunk.length;) {
        at = segments.read(chunk, at, chunk.length, (buffer, start, end) => {
          for (let from = start; from < end;) from = envelopes.read(buffer, from, end, emit);
        });
      }
    }
    return found;
  }

  function envelope(body: string): Buffer {
    return Buffer.concat([bytes('85 00 0001 08', int(body.length)), Buffer.from(body)]);
  }

  it('bring all of the envelopes that share one segment', () => {
    const segment = sealed(Buffer.concat([envelope('one'), envelope(''), envelope('three')]), true);
    expect(bodies([segment])).toEqual(['one', '', 'three']);
    expect(bodies(dribbled(segment))).toEqual(['one', '', 'three']);
  });

  it('bring one envelope from several slices, and what follows it', () => {
    const large = 'x'.repeat(300_000);
    const whole = envelope(large);
    const slices: Buffer[] = [];
    for (let at = 0; at < whole.length; at += MAX_PAYLOAD) {
      slices.push(sealed(whole.subarray(at, at + MAX_PAYLOAD), false));
    }
    expect(slices.map((slice) => slice.length)).toEqual([131_081, 131_081, 37_877]);
    const sent = Buffer.concat([...slices, sealed(envelope('next'), true)]);
    expect(bodies([sent])).toEqual([large, 'next']);
    expect(bodies([sent.subarray(0, 200_000), sent.subarray(200_000)])).toEqual([large, 'next']);
  });
});
