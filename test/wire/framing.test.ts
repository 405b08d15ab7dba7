import fc from 'fast-check';
import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Compression } from '../../src/codec/compression.js';
import { type Envelope, Opcode } from '../../src/codec/envelope.js';
import { lz4 } from '../../src/codec/lz4.js';
import { sealCompressedSegment, sealSegment } from '../../src/codec/segment.js';
import { COMPRESSED_HEADER_LENGTH, MAX_PAYLOAD } from '../../src/codec/segment-header.js';
import { ProtocolError } from '../../src/errors.js';
import { decodeEnvelopes, type Framing, SegmentsMissingError } from '../../src/wire/framing.js';
import { compressed, envelope, segment, VOID } from '../support/frames.js';
import { notInstalled } from '../support/lz4-package.js';

const compression = lz4();
const LONG = Buffer.from('a body that is long, long, long, and so worth compressing; '.repeat(30));

/** What becomes of chunks: an envelope is its stream id and body. */
interface Outcome {
  readonly envelopes: string[];
  readonly error: unknown;
}

/** Reads chunks on a connection that goes over to segments behind READY and AUTHENTICATE, as those of v5 do. */
function readAll(chunks: readonly Buffer[], framing: Framing, maxBodyLength = 1_000_000): Outcome {
  const bytes = new Subject<Uint8Array>();
  const kept: Envelope[] = [];
  let error: unknown;
  bytes.pipe(decodeEnvelopes(framing, { maxBodyLength, accepts: () => true })).subscribe({
    next: (received: Envelope) => {
      const { version, opcode } = received;
      if (version === 5 && (opcode === Opcode.READY || opcode === Opcode.AUTHENTICATE)) framing.segmented = true;
      kept.push(received);
    },
    error: (reason: unknown) => (error = reason),
  });
  for (const chunk of chunks) bytes.next(chunk);
  // Only now: an envelope stays what it was, whatever came behind it.
  const envelopes = kept.map(
    ({ streamId, buffer, start, end }) => `${streamId} ${buffer.toString('latin1', start, end)}`,
  );
  return { envelopes, error };
}

const plainly = (): Framing => ({ segmented: false, compression: undefined });
const cut = (whole: Buffer, cuts: readonly number[]): Buffer[] => {
  const at = [0, ...cuts.filter((one) => one < whole.length).sort((a, b) => a - b), whole.length];
  return at.slice(1).map((end, i) => whole.subarray(at[i], end));
};
const result = (version: number, streamId: number, body: Buffer): Buffer =>
  envelope(version, streamId, Opcode.RESULT, body);

/** A part of an envelope that is larger than a segment, or pretends to be. */
function slice(payload: Buffer): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(6), payload, Buffer.alloc(4)]);
  sealSegment(bytes, 0, payload.length, false);
  return bytes;
}

/** All parts of an envelope that is larger than a segment. */
function sliced(whole: Buffer, used?: Compression): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < whole.length; at += MAX_PAYLOAD) {
    const payload = whole.subarray(at, at + MAX_PAYLOAD);
    if (used === undefined) {
      parts.push(slice(payload));
    } else {
      const bytes = Buffer.concat([Buffer.alloc(COMPRESSED_HEADER_LENGTH), payload, Buffer.alloc(4)]);
      parts.push(bytes.subarray(0, sealCompressedSegment(bytes, 0, payload.length, false, used)));
    }
  }
  return parts;
}

describe('decodeEnvelopes', () => {
  it.each([
    ['READY', Opcode.READY],
    ['AUTHENTICATE', Opcode.AUTHENTICATE],
  ])('goes over to segments behind %s, in the middle of a chunk', (_, opcode) => {
    const first = envelope(5, 1, opcode, Buffer.alloc(0));
    const both = segment(Buffer.concat([result(5, 2, Buffer.from('two')), result(5, 3, Buffer.from('three'))]));
    const whole = Buffer.concat([first, both, segment(result(5, 4, LONG))]);
    const expected = ['1 ', '2 two', '3 three', `4 ${LONG.toString()}`];
    for (let at = 0; at <= whole.length; at++) {
      expect(readAll(cut(whole, [at]), plainly()), `cut at ${at}`).toEqual({ envelopes: expected, error: undefined });
    }
  });

  describe.each<[string, () => Compression]>([
    ['with the package', lz4],
    ['without it', () => lz4(notInstalled)],
  ])('on a connection with compression, %s', (_, used) => {
    const bodies = fc.array(fc.constantFrom(Buffer.from('short'), VOID, Buffer.alloc(0), LONG), { maxLength: 8 });

    it('gives the same envelopes of v5 however the bytes are cut', () => {
      fc.assert(
        fc.property(bodies, fc.array(fc.nat({ max: 2_000 })), (sent, cuts) => {
          const ready = envelope(5, 0, Opcode.READY, Buffer.alloc(0));
          const segments = sent.map((body, i) => segment(result(5, i + 1, body), compression));
          const framing: Framing = { segmented: false, compression: used() };
          expect(readAll(cut(Buffer.concat([ready, ...segments]), cuts), framing)).toEqual({
            envelopes: ['0 ', ...sent.map((body, i) => `${i + 1} ${body.toString('latin1')}`)],
            error: undefined,
          });
        }),
      );
    });

    it('gives the same envelopes of v4 however the bytes are cut, compressed or not', () => {
      fc.assert(
        fc.property(bodies, fc.array(fc.nat({ max: 2_000 })), (sent, cuts) => {
          const whole = sent.map((body, i) => compressed(result(4, i + 1, body), compression));
          const framing: Framing = { segmented: false, compression: used() };
          expect(readAll(cut(Buffer.concat(whole), cuts), framing)).toEqual({
            envelopes: sent.map((body, i) => `${i + 1} ${body.toString('latin1')}`),
            error: undefined,
          });
        }),
      );
    });

    it('keeps what came in a slice of its own apart from what comes next', () => {
      const ready = envelope(5, 1, Opcode.READY, Buffer.alloc(0));
      const slices = ['one', 'two'].map((text, i) => slice(result(5, i + 2, Buffer.from(text))));
      // In pieces, so that each slice is put together.
      const chunks = slices.flatMap((whole) => [whole.subarray(0, 9), whole.subarray(9)]);
      expect(readAll([ready, ...chunks], plainly())).toEqual({ envelopes: ['1 ', '2 one', '3 two'], error: undefined });
    });

    it('refuses a body that would be larger than is accepted', () => {
      const framing: Framing = { segmented: false, compression: used() };
      const { envelopes, error } = readAll([compressed(result(4, 1, LONG), compression)], framing, LONG.length - 1);
      expect(envelopes).toEqual([]);
      expect(error).toBeInstanceOf(ProtocolError);
    });
  });

  it('goes through a long response and many short ones by turns, in the chunk that brought READY', () => {
    const ready = envelope(5, 0, Opcode.READY, Buffer.alloc(0));
    const long = Buffer.alloc(5 * 1024 * 1024, 'long');
    const short = Array.from({ length: 200 }, (_, i) => result(5, i + 10, Buffer.from('short')));
    const slices = sliced(result(5, 1, long));
    const whole = Buffer.concat([ready, segment(Buffer.concat(short)), ...slices, segment(short[0]!), ...slices]);
    const { envelopes, error } = readAll([whole], plainly(), long.length);
    expect(error).toBeUndefined();
    const text = `1 ${long.toString('latin1')}`;
    const shorts = short.map((_, i) => `${i + 10} short`);
    // Not with toEqual: what differs would be printed.
    expect(envelopes.length).toBe(204);
    expect(envelopes.every((one, i) => one === ['0 ', ...shorts, text, shorts[0]!, text][i])).toBe(true);
  });

  it.each<[string, 4 | 5, Compression | undefined]>([
    ['v4', 4, undefined],
    ['v4 with LZ4', 4, compression],
    ['v5', 5, undefined],
    ['v5 with LZ4', 5, compression],
  ])('reads 1 MiB that comes byte by byte: %s', (_, version, used) => {
    const body = Buffer.alloc(1024 * 1024);
    for (let i = 0; i < body.length; i++) body[i] = Math.imul(i, 0x9e3779b1) >>> 24;
    const whole = result(version, 1, body);
    const framed = used === undefined ? whole : compressed(whole, used);
    const bytes = version === 4 ? framed : Buffer.concat(sliced(whole, used));
    const chunks = Array.from(bytes, (byte) => Buffer.of(byte));
    const { envelopes, error } = readAll(chunks, { segmented: version === 5, compression: used }, body.length);
    expect(error).toBeUndefined();
    expect(envelopes.length).toBe(1);
    expect(envelopes[0] === `1 ${body.toString('latin1')}`).toBe(true);
  });

  describe('an envelope in slices of any length, cut anyhow', () => {
    const text = Buffer.from('the body of an envelope that is larger than the segments it comes in');
    const whole = result(5, 1, text);
    const lengths = fc.array(fc.nat({ max: 30 }), { maxLength: 6 });
    const cuts = fc.array(fc.nat({ max: 200 }));

    function slices(all: Buffer, of: readonly number[]): Buffer[] {
      let at = 0;
      const ends = of.map((length) => (at = Math.min(all.length, at + length)));
      return [...ends, all.length].map((end, i) => slice(all.subarray(ends[i - 1] ?? 0, end)));
    }

    it('is the same', () => {
      fc.assert(
        fc.property(lengths, cuts, (of, at) => {
          const sent = Buffer.concat([...slices(whole, of), segment(result(5, 2, VOID)), ...slices(whole, of)]);
          expect(readAll(cut(sent, at), { segmented: true, compression: undefined })).toEqual({
            envelopes: [`1 ${text.toString()}`, `2 ${VOID.toString('latin1')}`, `1 ${text.toString()}`],
            error: undefined,
          });
        }),
      );
    });

    it('is not passed on with a byte that is damaged', () => {
      fc.assert(
        fc.property(lengths, cuts, fc.nat(), fc.integer({ min: 1, max: 255 }), (of, at, where, change) => {
          const sent = Buffer.concat(slices(whole, of));
          sent[where % sent.length]! ^= change;
          const { envelopes, error } = readAll(cut(sent, at), { segmented: true, compression: undefined });
          // Whole is only what ended before: an empty slice may stand behind it.
          expect(envelopes.every((one) => one === `1 ${text.toString()}`)).toBe(true);
          if (where % sent.length < whole.length) expect(envelopes).toEqual([]);
          expect(error === undefined || error instanceof ProtocolError).toBe(true);
        }),
      );
    });

    it('is refused with more behind its end', () => {
      fc.assert(
        fc.property(lengths, cuts, (of, at) => {
          const ends = of.map((_, i) => of.slice(0, i + 1).reduce((sum, length) => sum + length));
          // Otherwise the other envelope has slices of its own.
          fc.pre(!ends.includes(whole.length));
          const sent = Buffer.concat(slices(Buffer.concat([whole, result(5, 2, VOID)]), of));
          const { error } = readAll(cut(sent, at), { segmented: true, compression: undefined });
          expect(error).toEqual(
            new ProtocolError('A segment with the end of an envelope that spans several goes on behind it.'),
          );
        }),
      );
    });
  });

  it('refuses a compressed envelope where nothing was agreed on', () => {
    const { error } = readAll([compressed(result(4, 1, LONG), compression)], plainly());
    expect(error).toEqual(new ProtocolError('An envelope is compressed, though no compression was agreed on.'));
  });

  it('does not take the flag of v4 for one of v5', () => {
    const flagged = result(5, 1, Buffer.from('plain'));
    flagged[1] = 1;
    expect(readAll([flagged], { segmented: false, compression })).toMatchObject({ envelopes: ['1 plain'] });
    expect(readAll([segment(flagged)], { segmented: true, compression: undefined })).toMatchObject({
      envelopes: ['1 plain'],
    });
  });

  it('refuses an envelope in slices by its header, whatever it is put together to', () => {
    const whole = result(5, 1, Buffer.alloc(2_000));
    const { error } = readAll([slice(whole.subarray(0, 9))], { segmented: true, compression: undefined }, 1_999);
    expect(error).toBeInstanceOf(ProtocolError);
    expect(String(error)).toContain('2000 bytes; 1999 is the most');
  });

  it.each([
    ['a self-contained segment in the middle of an envelope', slice, segment],
    ['a self-contained segment with half an envelope', segment, segment],
  ])('refuses %s', (_, first, second) => {
    const whole = result(5, 1, Buffer.from('a body'));
    const chunk = Buffer.concat([first(whole.subarray(0, 11)), second(whole.subarray(11))]);
    const { envelopes, error } = readAll([chunk], { segmented: true, compression: undefined });
    expect(envelopes).toEqual([]);
    expect(error).toBeInstanceOf(ProtocolError);
  });

  it.each([0, 5])('refuses a slice with more than the end of its envelope, of which %i bytes came before', (at) => {
    const whole = result(5, 1, Buffer.from('a body'));
    const both = Buffer.concat([whole.subarray(at), result(5, 2, VOID)]);
    const { error } = readAll([slice(whole.subarray(0, at)), slice(both)], { segmented: true, compression: undefined });
    expect(error).toEqual(
      new ProtocolError('A segment with the end of an envelope that spans several goes on behind it.'),
    );
  });

  describe('where a server agrees on v5 and goes on without segments', () => {
    it.each([undefined, compression])('says so', (used) => {
      const chunk = Buffer.concat([envelope(5, 1, Opcode.READY, Buffer.alloc(0)), result(5, 2, VOID)]);
      for (let at = 0; at <= chunk.length; at++) {
        const { envelopes, error } = readAll(cut(chunk, [at]), { segmented: false, compression: used });
        expect(envelopes).toEqual(['1 ']);
        expect(error).toBeInstanceOf(SegmentsMissingError);
      }
    });

    it('tells that from damage of a later segment', () => {
      const chunk = Buffer.concat([segment(result(5, 1, VOID)), result(5, 2, VOID)]);
      const { envelopes, error } = readAll([chunk], { segmented: true, compression: undefined });
      expect(envelopes).toHaveLength(1);
      expect(error).toBeInstanceOf(ProtocolError);
      expect(error).not.toBeInstanceOf(SegmentsMissingError);
    });
  });
});
