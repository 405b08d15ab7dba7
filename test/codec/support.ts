import type { Envelope } from '../../src/codec/envelope.js';
import type { ValueCodec } from '../../src/codec/value.js';
import { Writer } from '../../src/codec/writer.js';

// Bytes are written as hexadecimal digits; the white space between them is for the reader.

/** Digits, joined and without white space. */
export function hex(...parts: readonly string[]): string {
  return parts.join('').replace(/\s/g, '').toLowerCase();
}

export function bytes(...parts: readonly string[]): Buffer {
  return Buffer.from(hex(...parts), 'hex');
}

/** The digits of a `[string]`: a short length, then UTF-8. */
export function string(text: string): string {
  const utf8 = Buffer.from(text);
  return utf8.length.toString(16).padStart(4, '0') + utf8.toString('hex');
}

/** The digits of an int. */
export function int(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}

const writer = new Writer();

/** What `body` writes, as digits. */
export function written(body: (writer: Writer) => void): string {
  const { buffer, start, end } = writer.encode(0, body);
  return buffer.toString('hex', start, end);
}

/** The digits of a value without its length. */
export function encode(codec: ValueCodec, value: unknown): string {
  return written((writer) => codec.encode(writer, value));
}

/** The value of digits, which lie in the middle of other bytes: no codec may look beyond its own. */
export function decode(codec: ValueCodec, digits: string): unknown {
  const value = bytes(digits);
  const surrounded = Buffer.concat([Buffer.alloc(3, 0xee), value, Buffer.alloc(9, 0xee)]);
  return codec.decode(surrounded, 3, 3 + value.length);
}

/** What comes back of a value that is written and read. */
export function roundTrip(codec: ValueCodec, value: unknown): unknown {
  return decode(codec, encode(codec, value));
}

/** A response with this body, which lies in the middle of other bytes. */
export function response(
  opcode: number,
  body: string,
  { version = 5, flags = 0 }: { version?: number; flags?: number } = {},
): Envelope {
  const content = bytes(body);
  const buffer = Buffer.concat([Buffer.alloc(9, 0xee), content, Buffer.alloc(5, 0xee)]);
  return { version, flags, streamId: 1, opcode, buffer, start: 9, end: 9 + content.length };
}

/** What `action` throws; fails if it does not. */
export function thrownBy(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    if (error instanceof Error) return error;
    throw new TypeError('What was thrown is no Error.');
  }
  throw new Error('Nothing was thrown.');
}
