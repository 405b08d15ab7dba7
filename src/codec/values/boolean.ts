import type { ValueCodec } from '../value.js';
import { fixed } from './length.js';
import { misfit } from './misfit.js';

export const boolean: ValueCodec = {
  ...fixed(1, (buffer, at) => buffer[at] !== 0),
  encode: (writer, value) => {
    if (typeof value !== 'boolean') throw misfit('a boolean', value);
    writer.u8(value ? 1 : 0);
  },
};
