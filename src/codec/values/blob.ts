import type { ValueCodec } from '../value.js';
import { misfit } from './misfit.js';

/**
 * Also for custom types, whose bytes only their class understands. A copy: a view would keep the whole page in memory. A short
 * one is cut from Node's pool, which is several times as fast as memory of its own, and keeps `Buffer.poolSize` at most: 8 KiB,
 * or 64 with newer versions of Node.
 */
export const blob: ValueCodec = {
  decode: (buffer, start, end) => {
    if (end === start) return NO_BYTES;
    const copy = Buffer.allocUnsafe(end - start);
    buffer.copy(copy, 0, start, end);
    return copy;
  },
  encode: (writer, value) => {
    if (!(value instanceof Uint8Array)) throw misfit('a Buffer or Uint8Array', value);
    writer.bytes(value);
  },
};

/** One for all: a Buffer for each would take a hundred times the memory of what announces it. */
const NO_BYTES: Buffer = Buffer.alloc(0);

/** Of the class that has no values but the empty one. */
export const empty: ValueCodec = {
  decode: () => null,
  encode: (_, value) => {
    if (!(value instanceof Uint8Array) || value.length > 0) throw misfit('an empty Buffer or null', value);
  },
};
