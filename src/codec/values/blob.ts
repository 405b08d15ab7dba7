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
