import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SegmentDecoder } from '../../src/codec/segment.js';
import { Writer } from '../../src/codec/writer.js';
import { Outbox, type Outgoing } from '../../src/wire/outbox.js';

const writer = new Writer();

function outgoing(streamId: number, length: number): Outgoing {
  const message = writer.encode(9, (to) => to.bytes(Buffer.alloc(length, streamId)));
  return { message, opcode: 0x07, flags: 0, streamId };
}

/** All that waits, in as many writes as it takes. */
function takeAll(outbox: Outbox, segmented: boolean): Buffer {
  const writes: Buffer[] = [];
  while (!outbox.isEmpty) writes.push(outbox.take(segmented));
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

function payloads(bytes: Buffer): Payload[] {
  const found: Payload[] = [];
  const decoder = new SegmentDecoder();
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
        expect(takeAll(outbox, false).equals(plain(requests, 4))).toBe(true);
        expect(outbox.isEmpty).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('fills segments with whole envelopes, and spreads over several what is larger than one', () => {
    fc.assert(
      fc.property(lengths, (sizes) => {
        fc.pre(sizes.length > 0);
        const requests = sizes.map((size, i) => outgoing(i + 1, size));
        const outbox = new Outbox(5);
        for (const request of requests) outbox.add(request);
        const found = payloads(takeAll(outbox, true));
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
    const writes = [outbox.take(true), outbox.take(true), outbox.take(true)];
    expect(writes.every((write) => write.length < 2 ** 20 + 110_000)).toBe(true);
    expect(outbox.isEmpty).toBe(true);
  });

  it('leaves no trace of what was taken out', () => {
    const requests = [1, 2, 3].map((id) => outgoing(id, 10));
    const outbox = new Outbox(4);
    for (const request of requests) outbox.add(request);
    expect(outbox.remove(requests[1]!)).toBe(true);
    expect(outbox.take(false).equals(plain([requests[0]!, requests[2]!], 4))).toBe(true);
    expect(outbox.remove(requests[0]!)).toBe(false);
  });
});

function endsWithEnvelope(bytes: Buffer): boolean {
  let at = 0;
  while (at < bytes.length) at += 9 + bytes.readInt32BE(at + 5);
  return at === bytes.length;
}
