import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decompressEnvelope } from '../../src/codec/compressed-body.js';
import type { Compression } from '../../src/codec/compression.js';
import { type Envelope, EnvelopeDecoder, Opcode } from '../../src/codec/envelope.js';
import { lz4 } from '../../src/codec/lz4.js';
import { SegmentDecoder } from '../../src/codec/segment.js';
import { Writer } from '../../src/codec/writer.js';
import type { Framing } from '../../src/wire/framing.js';
import { Outbox } from '../../src/wire/outbox.js';
import type { Outgoing } from '../../src/wire/outgoing.js';
import { notInstalled } from '../support/lz4-package.js';

const writer = new Writer();

const ENVELOPES: Framing = { segmented: false, compression: undefined };
const SEGMENTS: Framing = { segmented: true, compression: undefined };

function outgoing(streamId: number, length: number): Outgoing {
  const message = writer.encode(9, (to) => to.bytes(Buffer.alloc(length, streamId)));
  return { message, opcode: 0x07, flags: 0, streamId, isQueued: false };
}

/** All that waits, in as many writes as it takes. */
function takeAll(outbox: Outbox, framing: Framing): Buffer {
  const writes: Buffer[] = [];
  while (!outbox.isEmpty) writes.push(outbox.take(framing));
  return Buffer.concat(writes);
}

/** What the requests are without framing. */
function plain(requests: readonly Outgoing[], version: number): Buffer {
  return Buffer.concat(
    requests.map(({ message, streamId }) => {
      const bytes = Buffer.from(message.buffer.subarray(message.start, message.end));
      bytes.set([version, 0, streamId >> 8, streamId & 0xff, 0x07]);
      bytes.writeInt32BE(bytes.length - 9, 5);
      return bytes;
    }),
  );
}

interface Payload {
  readonly bytes: Buffer;
  readonly selfContained: boolean;
}

function payloads(bytes: Buffer, compression?: Compression): Payload[] {
  const found: Payload[] = [];
  const decoder = new SegmentDecoder(compression);
  for (let at = 0; at < bytes.length;) {
    at = decoder.read(bytes, at, bytes.length, (buffer, start, end, selfContained) =>
      found.push({ bytes: buffer.subarray(start, end), selfContained }),
    );
  }
  return found;
}

const lengths = fc.array(fc.oneof(fc.nat(300), fc.constantFrom(65_000, 131_062, 131_063, 400_000)), { maxLength: 12 });

describe('the outbox', () => {
  it('writes requests one behind the other, each with its header', () => {
    fc.assert(
      fc.property(lengths, (sizes) => {
        const requests = sizes.map((size, i) => outgoing(i + 1, size));
        const outbox = new Outbox(4);
        for (const request of requests) outbox.add(request);
        expect(takeAll(outbox, ENVELOPES).equals(plain(requests, 4))).toBe(true);
        expect(outbox.isEmpty).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    [7, 7, false],
    [8, 8, true],
    [8, 16, true],
    [8, 17, false],
    [9, 17, true],
    [127, 256, false],
    [128, 256, true],
  ])('with %i requests of %i that are in flight: whether they are worth a write is %s', (count, inFlight, isWorth) => {
    const outbox = new Outbox(5);
    const gone = outgoing(1, 10);
    outbox.add(gone);
    for (let i = 0; i < count; i++) outbox.add(outgoing(i + 2, 10));
    outbox.remove(gone);
    expect(outbox.isWorthAWrite(inFlight)).toBe(isWorth);
    outbox.take(SEGMENTS);
    expect(outbox.isWorthAWrite(inFlight)).toBe(false);
  });

  it('fills segments with whole envelopes, and spreads over several what is larger than one', () => {
    fc.assert(
      fc.property(lengths, (sizes) => {
        fc.pre(sizes.length > 0);
        const requests = sizes.map((size, i) => outgoing(i + 1, size));
        const outbox = new Outbox(5);
        for (const request of requests) outbox.add(request);
        const found = payloads(takeAll(outbox, SEGMENTS));
        expect(Buffer.concat(found.map(({ bytes }) => bytes)).equals(plain(requests, 5))).toBe(true);
        for (const { bytes, selfContained } of found) {
          expect(bytes.length).toBeLessThanOrEqual(0x1ffff);
          if (selfContained) expect(endsWithEnvelope(bytes)).toBe(true);
        }
        expect(found.filter(({ selfContained }) => !selfContained).length).toBe(
          sizes.filter((size) => size + 9 > 0x1ffff).reduce((sum, size) => sum + Math.ceil((size + 9) / 0x1ffff), 0),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('gives no more than a megabyte and one request at a time', () => {
    const outbox = new Outbox(5);
    for (let id = 1; id <= 30; id++) outbox.add(outgoing(id, 100_000));
    const writes = [outbox.take(SEGMENTS), outbox.take(SEGMENTS), outbox.take(SEGMENTS)];
    expect(writes.every((write) => write.length < 2 ** 20 + 110_000)).toBe(true);
    expect(outbox.isEmpty).toBe(true);
  });

  it('leaves no trace of what was taken out', () => {
    const requests = [1, 2, 3].map((id) => outgoing(id, 10));
    const outbox = new Outbox(4);
    for (const request of requests) outbox.add(request);
    expect(outbox.remove(requests[1]!)).toBe(true);
    expect(outbox.take(ENVELOPES).equals(plain([requests[0]!, requests[2]!], 4))).toBe(true);
    expect(outbox.remove(requests[0]!)).toBe(false);
  });

  it('is in order, whatever comes and goes before it is written', () => {
    const steps = fc.array(fc.record({ added: fc.nat(300), removed: fc.array(fc.nat(1_000), { maxLength: 300 }) }));
    fc.assert(
      fc.property(steps, (turns) => {
        const outbox = new Outbox(4);
        let model: Outgoing[] = [];
        let next = 1;
        for (const { added, removed } of turns) {
          for (let i = 0; i < added; i++) {
            model.push(outgoing(next++ & 0x7fff, 1));
            outbox.add(model.at(-1)!);
          }
          const left = new Set(removed.flatMap((i) => model[i] ?? []));
          for (const one of left) expect([outbox.remove(one), outbox.remove(one)]).toEqual([true, false]);
          model = model.filter((one) => !left.has(one));
          expect(outbox.isEmpty).toBe(model.length === 0);
        }
        expect(takeAll(outbox, ENVELOPES)).toEqual(plain(model, 4));
      }),
      { numRuns: 30 },
    );
  });

  it('knows how many bytes wait', () => {
    const requests = [1, 2, 3].map((id) => outgoing(id, 10));
    const outbox = new Outbox(4);
    for (const request of requests) outbox.add(request);
    expect(outbox.length).toBe(3 * 19);
    outbox.remove(requests[1]!);
    outbox.remove(requests[1]!);
    expect(outbox.length).toBe(2 * 19);
    outbox.take(ENVELOPES);
    expect(outbox.length).toBe(0);
  });
});

describe('the outbox of a connection with compression', () => {
  const compression = lz4();
  const withoutPackage = lz4(notInstalled);

  /** A request whose body is these bytes. */
  function request(streamId: number, body: Buffer, opcode: number = Opcode.QUERY): Outgoing {
    return { message: writer.encode(9, (to) => to.bytes(body)), opcode, flags: 0, streamId, isQueued: false };
  }

  const outboxOf = (version: 4 | 5, requests: readonly Outgoing[]): Outbox => {
    const outbox = new Outbox(version);
    for (const one of requests) outbox.add(one);
    return outbox;
  };

  const compressible = Buffer.alloc(400_000, 'SELECT ');
  const random = randomBytes(400_000);
  const bodies = fc.array(
    fc.tuple(
      fc.constantFrom(compressible, random),
      fc.oneof(fc.nat(2_000), fc.constantFrom(131_062, 131_063, 400_000)),
    ),
    { minLength: 1, maxLength: 8 },
  );

  it.each([
    ['with the package', compression],
    ['without it', withoutPackage],
  ])('writes segments that hold the same envelopes, and are no longer, %s', (_, used) => {
    fc.assert(
      fc.property(bodies, (parts) => {
        const requests = parts.map(([source, length], i) => request(i + 1, source.subarray(0, length)));
        const bytes = takeAll(outboxOf(5, requests), { segmented: true, compression: used });
        const found = payloads(bytes, compression);
        expect(Buffer.concat(found.map((payload) => payload.bytes)).equals(plain(requests, 5))).toBe(true);
        for (const payload of found) {
          expect(payload.bytes.length).toBeLessThanOrEqual(0x1ffff);
          if (payload.selfContained) expect(endsWithEnvelope(payload.bytes)).toBe(true);
        }
        expect(bytes.length).toBeLessThanOrEqual(plain(requests, 5).length + 12 * found.length);
      }),
      { numRuns: 40 },
    );
  });

  it('compresses every slice of an envelope that is larger than a segment', () => {
    const framing = { segmented: true, compression };
    expect(takeAll(outboxOf(5, [request(1, compressible)]), framing).length).toBeLessThan(3_000);
    expect(takeAll(outboxOf(5, [request(1, random)]), framing).length).toBe(400_009 + 4 * 12);
  });

  it('writes envelopes of v4 that hold the same bodies, each compressed if that is smaller', () => {
    fc.assert(
      fc.property(bodies, (parts) => {
        const requests = parts.map(([source, length], i) => request(i + 1, source.subarray(0, length)));
        const found = envelopes(takeAll(outboxOf(4, requests), { segmented: false, compression }));
        expect(found.map(({ flags }) => flags)).toEqual(
          parts.map(([source, length]) => (source === compressible && length >= compression.threshold ? 1 : 0)),
        );
        const plainBodies = found.map((envelope) => bodyOf(decompressEnvelope(envelope, compression, 400_000)));
        expect(plainBodies.every((body, i) => body.equals(parts[i]![0].subarray(0, parts[i]![1])))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('never compresses STARTUP, with which compression begins, nor what is empty', () => {
    const requests = [
      request(1, compressible.subarray(0, 5_000), Opcode.STARTUP),
      request(2, Buffer.alloc(0), Opcode.OPTIONS),
    ];
    const eager: Compression = { ...compression, threshold: 0 };
    const found = envelopes(takeAll(outboxOf(4, requests), { segmented: false, compression: eager }));
    expect(found.map(({ flags, start, end }) => [flags, end - start])).toEqual([
      [0, 5_000],
      [0, 0],
    ]);
  });
});

/** The envelopes of requests, read as if they were responses. */
function envelopes(bytes: Buffer): Envelope[] {
  const found: Envelope[] = [];
  const decoder = new EnvelopeDecoder({ maxBodyLength: 1_000_000, accepts: () => true });
  for (let at = 0; at < bytes.length;) {
    bytes[at]! |= 0x80;
    at = decoder.read(bytes, at, bytes.length, (envelope) => found.push(envelope));
  }
  return found;
}

function bodyOf({ buffer, start, end }: Envelope): Buffer {
  return buffer.subarray(start, end);
}

function endsWithEnvelope(bytes: Buffer): boolean {
  let at = 0;
  while (at < bytes.length) at += 9 + bytes.readInt32BE(at + 5);
  return at === bytes.length;
}
