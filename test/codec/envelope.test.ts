import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type Envelope,
  EnvelopeDecoder,
  EnvelopeFlag,
  Opcode,
  putHeader,
  quoteBytes,
} from '../../src/codec/envelope.js';
import { ProtocolError } from '../../src/errors.js';
import { bytes, int, thrownBy } from './support.js';

const MEBIBYTE = 1024 * 1024;

const decoder = (maxBodyLength = 256 * MEBIBYTE): EnvelopeDecoder =>
  new EnvelopeDecoder({ maxBodyLength, accepts: (version) => version === 4 || version === 5 });

/** Reads chunks one after another; returns the envelopes. */
function readAll(chunks: readonly Buffer[], envelopes = decoder()): Envelope[] {
  const found: Envelope[] = [];
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      at = envelopes.read(chunk, at, chunk.length, (envelope) => found.push(envelope));
    }
  }
  return found;
}

/** An envelope by its contents, wherever they lie. */
function contents({ version, flags, streamId, opcode, buffer, start, end }: Envelope): object {
  return { version, flags, streamId, opcode, body: buffer.toString('hex', start, end) };
}

describe('the codes of an envelope', () => {
  it('are those of native protocol v5, sections 2.2.2 and 2.2.4', () => {
    expect(EnvelopeFlag).toEqual({ COMPRESSION: 1, TRACING: 2, CUSTOM_PAYLOAD: 4, WARNING: 8, BETA: 16 });
    expect(Opcode).toEqual({
      ERROR: 0,
      STARTUP: 1,
      READY: 2,
      AUTHENTICATE: 3,
      OPTIONS: 5,
      SUPPORTED: 6,
      QUERY: 7,
      RESULT: 8,
      PREPARE: 9,
      EXECUTE: 10,
      REGISTER: 11,
      EVENT: 12,
      BATCH: 13,
      AUTH_CHALLENGE: 14,
      AUTH_RESPONSE: 15,
      AUTH_SUCCESS: 16,
    });
  });
});

describe('putHeader', () => {
  it.each([
    [4, 0, 0, 0x05, 0, '04 00 0000 05 00000000'],
    [5, 0, 0, 0x05, 0, '05 00 0000 05 00000000'],
    [5, 0x06, 0x7fff, 0x0a, 0x01020304, '05 06 7fff 0a 01020304'],
    [4, 0, -1, 0x0c, 1, '04 00 ffff 0c 00000001'],
  ] as const)(
    'writes nine bytes: version %i, flags %i, stream %i',
    (version, flags, stream, opcode, length, expected) => {
      const buffer = Buffer.alloc(11, 0xee);
      putHeader(buffer, 1, version, flags, stream, opcode, length);
      expect(buffer).toEqual(bytes('ee', expected, 'ee'));
    },
  );
});

describe('EnvelopeDecoder', () => {
  afterEach(() => vi.restoreAllMocks());

  it('reads the fields of a header', () => {
    const [envelope] = readAll([bytes('84 0a 0102 08 00000003 aabbcc')]);
    expect(contents(envelope!)).toEqual({ version: 4, flags: 0x0a, streamId: 0x0102, opcode: 8, body: 'aabbcc' });
  });

  it.each([
    ['ffff', -1],
    ['8000', -32_768],
    ['7fff', 32_767],
  ])('reads the stream id %s as %i', (digits, streamId) => {
    const whole = bytes('85 00', digits, '0c 00000000');
    expect(readAll([whole])[0]!.streamId).toBe(streamId);
    expect(readAll([whole.subarray(0, 3), whole.subarray(3)])[0]!.streamId).toBe(streamId);
  });

  describe('gives the same envelopes', () => {
    const sent = fc.record({
      version: fc.constantFrom(4, 5),
      flags: fc.nat({ max: 255 }),
      streamId: fc.integer({ min: -32_768, max: 32_767 }),
      opcode: fc.nat({ max: 255 }),
      body: fc.uint8Array({ maxLength: 40 }),
    });
    type Sent = typeof sent extends fc.Arbitrary<infer T> ? T : never;

    const onTheWire = ({ version, flags, streamId, opcode, body }: Sent): Buffer => {
      const header = Buffer.alloc(9);
      header.writeUInt8(0x80 | version, 0);
      header.writeUInt8(flags, 1);
      header.writeInt16BE(streamId, 2);
      header.writeUInt8(opcode, 4);
      header.writeInt32BE(body.length, 5);
      return Buffer.concat([header, body]);
    };
    const expected = (all: readonly Sent[]): object[] =>
      all.map(({ body, ...rest }) => ({ ...rest, body: Buffer.from(body).toString('hex') }));

    it('however the bytes are cut', () => {
      fc.assert(
        fc.property(fc.array(sent, { maxLength: 10 }), fc.array(fc.nat({ max: 500 })), (all, cuts) => {
          const whole = Buffer.concat(all.map(onTheWire));
          const at = [0, ...cuts.filter((cut) => cut < whole.length).sort((a, b) => a - b), whole.length];
          const chunks = at.slice(1).map((end, i) => whole.subarray(at[i], end));
          const envelopes = decoder();
          expect(readAll(chunks, envelopes).map(contents)).toEqual(expected(all));
          expect(envelopes.isPartial).toBe(false);
        }),
      );
    });

    it('when every byte comes alone', () => {
      fc.assert(
        fc.property(fc.array(sent, { maxLength: 5 }), (all) => {
          const whole = Buffer.concat(all.map(onTheWire));
          const chunks = Array.from(whole, (byte) => Buffer.from([byte]));
          expect(readAll(chunks).map(contents)).toEqual(expected(all));
        }),
      );
    });
  });

  it('takes one envelope at a time, so that what it says can change how the next bytes are framed', () => {
    const chunk = bytes('85 00 0000 02 00000000', '090002 a4c8c1');
    const found: Envelope[] = [];
    expect(decoder().read(chunk, 0, chunk.length, (envelope) => found.push(envelope))).toBe(9);
    expect(found).toHaveLength(1);
  });

  it('does not read beyond the end that it is given', () => {
    const chunk = bytes('85 00 0000 02 00000001 aa');
    const envelopes = decoder();
    expect(envelopes.read(chunk, 0, 9, () => expect.unreachable())).toBe(9);
    expect(envelopes.isPartial).toBe(true);
  });

  it('says whether an envelope has been begun', () => {
    const whole = bytes('85 00 0000 08 00000002 aabb');
    const envelopes = decoder();
    const partial = Array.from(whole, (byte) => {
      readAll([Buffer.from([byte])], envelopes);
      return envelopes.isPartial;
    });
    expect(partial).toEqual([...new Array<boolean>(10).fill(true), false]);
  });

  it('does not copy an envelope that lies whole in a chunk', () => {
    const chunk = bytes('85 00 0000 08 00000001 aa', '85 00 0001 08 00000001 bb');
    for (const envelope of readAll([chunk])) expect(envelope.buffer).toBe(chunk);
  });

  it('copies one that came in pieces, so that it does not change with the chunks', () => {
    const [first, second] = [bytes('85 00 0000 08 00000002 aa'), bytes('bb')];
    const [envelope] = readAll([first, second]);
    first.fill(0);
    second.fill(0);
    expect(contents(envelope!)).toMatchObject({ body: 'aabb' });
  });

  describe('keeps within its limit', () => {
    it('takes a body of just the limit', () => {
      expect(readAll([bytes('85 00 0000 08 00000003 aabbcc')], decoder(3))).toHaveLength(1);
    });

    it('refuses a longer one from its header alone, with nothing allocated for it', () => {
      const header = bytes('85 00 0000 08 00000004');
      const allocations = (['alloc', 'allocUnsafe', 'allocUnsafeSlow'] as const).map((name) => vi.spyOn(Buffer, name));
      const error = thrownBy(() => readAll([header], decoder(3)));
      expect(error).toBeInstanceOf(ProtocolError);
      expect(error.message).toContain('An envelope announces a body of 4 bytes; 3 is the most that is accepted.');
      for (const allocate of allocations) expect(allocate).not.toHaveBeenCalled();
    });

    it('refuses a longer one whose header comes in pieces', () => {
      const header = bytes('85 00 0000 08 00000004');
      const chunks = [header.subarray(0, 1), header.subarray(1, 8), header.subarray(8)];
      expect(() => readAll(chunks, decoder(3))).toThrow(ProtocolError);
    });

    it.each([-1, -2_147_483_648])('refuses the length %i', (length) => {
      const error = thrownBy(() => readAll([bytes('85 00 0000 08', int(length))], decoder(3)));
      expect(error).toBeInstanceOf(ProtocolError);
      expect(error.message).toContain(`An envelope announces a body of ${length} bytes`);
    });

    it('never holds more than 512 KiB or twice what was received', () => {
      const length = 5 * MEBIBYTE;
      const piece = Buffer.alloc(50_000, 7);
      const envelopes = decoder();
      const allocate = vi.spyOn(Buffer, 'allocUnsafeSlow');
      readAll([bytes('85 00 0000 08', int(length))], envelopes);
      let received = 9;
      let found: Envelope[] = [];
      while (received < 9 + length) {
        const chunk = piece.subarray(0, Math.min(piece.length, 9 + length - received));
        received += chunk.length;
        found = readAll([chunk], envelopes);
        const [capacity] = allocate.mock.lastCall!;
        expect(capacity).toBeLessThanOrEqual(Math.max(MEBIBYTE / 2, 2 * received));
      }
      expect(allocate.mock.calls.length).toBeLessThan(6);
      const [envelope] = found;
      expect(envelope!.end - envelope!.start).toBe(length);
      expect(envelope!.buffer.subarray(envelope!.start, envelope!.end).every((byte) => byte === 7)).toBe(true);
    });
  });

  it('takes memory at once for as much as has come whole before', () => {
    const large = Buffer.concat([bytes('85 00 0000 08', int(5 * MEBIBYTE)), Buffer.alloc(5 * MEBIBYTE, 7)]);
    const pieces = Array.from({ length: 64 }, (_, i) => large.subarray(i * 100_000, (i + 1) * 100_000));
    const envelopes = decoder();
    readAll(pieces, envelopes);
    const allocate = vi.spyOn(Buffer, 'allocUnsafeSlow');
    expect(readAll(pieces, envelopes)).toHaveLength(1);
    expect(allocate).toHaveBeenCalledExactlyOnceWith(large.length);
  });

  it('copies all of a chunk that will be used again', () => {
    const chunk = bytes('85 00 0001 08 00000002 0102');
    const found: Envelope[] = [];
    const envelopes = decoder();
    for (let at = 0; at < chunk.length;) at = envelopes.readCopy(chunk, at, chunk.length, (one) => found.push(one));
    chunk.fill(0);
    expect(found.map(contents)).toEqual([{ version: 5, flags: 0, streamId: 1, opcode: 8, body: '0102' }]);
  });

  describe('refuses what is not a response in an accepted version', () => {
    it.each([
      ['a request', '05 00 0000 08 00000000', '0x0500000008000000'],
      ['a version that was not agreed on', '83 00 0000 08 00000000', '0x8300000008000000'],
      ['a TLS alert', '15 03 03 00 02 02 28', '0x15030300020228'],
      ['a first byte alone', '00', '0x00'],
    ])('as %s, which it quotes', (_, digits, quoted) => {
      expect(thrownBy(() => readAll([bytes(digits)]))).toEqual(
        new ProtocolError(`What was received is not CQL: an envelope cannot begin with ${quoted}.`),
      );
    });

    it('as HTTP, whose text it quotes', () => {
      const answer = Buffer.from('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n');
      expect(thrownBy(() => readAll([answer])).message).toBe(
        'What was received is not CQL: an envelope cannot begin with "HTTP/1.1 400 Bad".',
      );
    });

    it('at its first byte, before the header is complete', () => {
      expect(() => readAll([Buffer.from('H')])).toThrow(ProtocolError);
    });

    it('behind a good envelope, which is passed on before', () => {
      const envelopes = decoder();
      const chunk = bytes('85 00 0000 02 00000000', '7f');
      const found: Envelope[] = [];
      const next = envelopes.read(chunk, 0, chunk.length, (envelope) => found.push(envelope));
      expect(found).toHaveLength(1);
      expect(() => envelopes.read(chunk, next, chunk.length, () => undefined)).toThrow(ProtocolError);
    });
  });
});

describe('quoteBytes', () => {
  it.each([
    ['text as far as it is plain', 'SSH-2.0-OpenSSH_9.6\r\n', '"SSH-2.0-OpenSSH_"'],
    ['text up to a line break', 'PONG\r\nmore', '"PONG"'],
    ['what is too short to be text in hexadecimal', 'abc', '0x616263'],
    ['nothing as nothing', '', '0x'],
  ])('quotes %s', (_, text, expected) => {
    expect(quoteBytes(Buffer.from(text, 'latin1'), 0)).toBe(expected);
  });
});
