import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decompressEnvelope, putCompressedBody } from '../../src/codec/compressed-body.js';
import type { Envelope } from '../../src/codec/envelope.js';
import { lz4 } from '../../src/codec/lz4.js';
import { ProtocolError } from '../../src/errors.js';
import { blockOf } from '../support/lz4-package.js';
import { bytes, int, response, thrownBy } from './support.js';

const compression = lz4();
const MAX = 1_000;

/** An envelope of v4 with this body and the flag that says it is compressed. */
const compressed = (body: string, flags = 0): Envelope => response(0x08, body, { version: 4, flags: flags | 1 });

const bodyOf = ({ buffer, start, end }: Envelope): string => buffer.toString('latin1', start, end);

describe('a compressed envelope', () => {
  it('has the plain length, then a block', () => {
    const plain = decompressEnvelope(compressed('00000008 80 2c20576f726c6421'), compression, MAX);
    expect(plain).toMatchObject({ version: 4, flags: 0, streamId: 1, opcode: 0x08 });
    expect(bodyOf(plain)).toBe(', World!');
  });

  it('keeps its other flags: what they stand for is compressed with the rest', () => {
    expect(decompressEnvelope(compressed('00000001 10 61', 0x0e), compression, MAX).flags).toBe(0x0e);
  });

  it.each(['00000000', '00000000 00'])('may be empty: %s', (body) => {
    expect(bodyOf(decompressEnvelope(compressed(body), compression, MAX))).toBe('');
  });

  it('is passed on as it is where it is not compressed', () => {
    const envelope = response(0x08, '00000001', { version: 4 });
    expect(decompressEnvelope(envelope, compression, MAX)).toBe(envelope);
    expect(decompressEnvelope(envelope, undefined, MAX)).toBe(envelope);
  });

  it('is passed on as it is in v5, where the flag means nothing', () => {
    const envelope = response(0x08, '00000001', { version: 5, flags: 1 });
    expect(decompressEnvelope(envelope, compression, MAX)).toBe(envelope);
    expect(decompressEnvelope(envelope, undefined, MAX)).toBe(envelope);
  });

  it('is refused where no compression was agreed on', () => {
    expect(thrownBy(() => decompressEnvelope(compressed('00000001 10 61'), undefined, MAX))).toEqual(
      new ProtocolError('An envelope is compressed, though no compression was agreed on.'),
    );
  });

  it.each([
    ['nothing', ''],
    ['half a length', '0000'],
    ['a length alone', '00000005'],
    ['a negative length', 'ffffffff 10 61'],
    ['more than is accepted', `${int(MAX + 1)} ${blockOf(Buffer.alloc(MAX + 1)).toString('hex')}`],
    ['more than it can hold', `${int(MAX)} 10 61`],
    ['less than it announces', '00000002 10 61'],
    ['more than it announces', '00000001 20 6162'],
  ])('is refused if it has %s', (_, body) => {
    expect(() => decompressEnvelope(compressed(body), compression, MAX)).toThrow(ProtocolError);
  });
});

describe('putCompressedBody', () => {
  it('writes what can be read again, in no more room than the body had', () => {
    const body = Buffer.from('to be or not to be or not to be or not to be or not to be');
    const target = Buffer.alloc(body.length + 4, 0xee);
    const length = putCompressedBody(body, 0, body.length, target, 2, compression);
    expect(length).toBeGreaterThan(0);
    expect(target.subarray(0, 2)).toEqual(bytes('eeee'));
    expect(target.subarray(2 + length, 4 + body.length).every((byte) => byte === 0xee)).toBe(true);
    const envelope = compressed(target.toString('hex', 2, 2 + length));
    expect(bodyOf(decompressEnvelope(envelope, compression, MAX))).toBe(body.toString());
  });

  it.each([0, 1, 4, 5, 20, 700])('writes nothing that is not smaller: %i random bytes', (length) => {
    const target = Buffer.alloc(length + 10, 0xee);
    expect(putCompressedBody(randomBytes(length), 0, length, target, 0, compression)).toBe(0);
    expect(target.subarray(length).every((byte) => byte === 0xee)).toBe(true);
  });
});
