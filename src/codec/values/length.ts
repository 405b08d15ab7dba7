import { DecodeError } from '../../errors.js';
import type { ValueCodec } from '../value.js';

/** Reads values that have `length` bytes, or none, which is the empty value that every such type may hold. */
export function fixed<T>(
  length: number,
  read: (buffer: Buffer, at: number) => T,
  view?: (view: DataView, at: number) => T,
): Required<Pick<ValueCodec, 'decode' | 'fixed'>> {
  return {
    decode: (buffer, start, end) => {
      if (end - start === length) return read(buffer, start);
      if (end === start) return null;
      throw wrongLength(length, end - start);
    },
    fixed: { length, read, view },
  };
}

export function wrongLength(expected: number, actual: number): DecodeError {
  return new DecodeError(`expected ${expected} bytes, got ${actual}`);
}
