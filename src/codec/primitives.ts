import { BindError } from '../errors.js';
import type { Writer } from './writer.js';

// The primitives of requests (v5, section 3) that have a length which may not fit.

/** The most that a `[short]` counts: bytes of a string, values of a statement, statements of a batch. */
export const MAX_SHORT = 0xffff;

/** `[short]`: a count that would not fit is refused, since it would be cut off. */
export function writeShort(writer: Writer, count: number, of: string): void {
  checkShort(count, of);
  writer.u16(count);
}

function checkShort(count: number, of: string): void {
  if (count > MAX_SHORT) throw new BindError(`${count} ${of} are more than the ${MAX_SHORT} that the protocol allows.`);
}

/** `[string]` */
export function writeString(writer: Writer, text: string): void {
  writeShort(writer, Buffer.byteLength(text), 'bytes of a string');
  writer.utf8(text);
}

/** `[long string]` */
export function writeLongString(writer: Writer, text: string): void {
  const mark = writer.reserve();
  writer.utf8(text);
  writer.patchLength(mark);
}

/** `[bytes]` */
export function writeBytes(writer: Writer, value: Uint8Array | null): void {
  writer.i32(value === null ? -1 : value.length);
  if (value !== null) writer.bytes(value);
}

/** `[short bytes]` */
export function writeShortBytes(writer: Writer, value: Uint8Array): void {
  writeShort(writer, value.length, OF_AN_ID);
  writer.bytes(value);
}

/** `[short bytes]`, not written yet. */
export function shortBytes(value: Uint8Array): readonly [length: Uint8Array, value: Uint8Array] {
  const { length } = value;
  checkShort(length, OF_AN_ID);
  return [Uint8Array.of(length >>> 8, length), value];
}

const OF_AN_ID = 'bytes of an id';
