import { copyOf } from '../reader.js';
import type { ValueCodec } from '../value.js';
import { misfit } from './misfit.js';

/** Also for custom types, whose bytes only their class understands. A copy: a view would keep the whole page in memory. */
export const blob: ValueCodec = {
  decode: copyOf,
  encode: (writer, value) => {
    if (!(value instanceof Uint8Array)) throw misfit('a Buffer or Uint8Array', value);
    writer.bytes(value);
  },
};

/** Of the class that has no values but the empty one. */
export const empty: ValueCodec = {
  decode: () => null,
  encode: (_, value) => {
    if (!(value instanceof Uint8Array) || value.length > 0) throw misfit('an empty Buffer or null', value);
  },
};
