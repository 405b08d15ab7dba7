import { DecodeError } from '../../errors.js';
import type { Decoder } from '../value.js';

/** A decoder of values that have `length` bytes, or none, which is the empty value that every such type may hold. */
export function fixed(length: number, decode: (buffer: Buffer, at: number) => unknown): Decoder {
  return (buffer, start, end) => {
    if (end - start === length) return decode(buffer, start);
    if (end === start) return null;
    throw new DecodeError(`expected ${length} bytes, got ${end - start}`);
  };
}
