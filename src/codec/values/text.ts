import { DecodeError } from '../../errors.js';
import { getText } from '../reader.js';
import type { ValueCodec } from '../value.js';
import { misfit } from './misfit.js';

export const text: ValueCodec = {
  decode: getText,
  encode: (writer, value) => {
    if (typeof value !== 'string') throw misfit('a string', value);
    writer.utf8(value);
  },
};

export const ascii: ValueCodec = {
  decode: (buffer, start, end) => {
    for (let i = start; i < end; i++) {
      if (buffer[i]! > 0x7f) throw new DecodeError('a byte over 0x7F is not ASCII');
    }
    return buffer.toString('latin1', start, end);
  },
  encode: (writer, value) => {
    if (typeof value !== 'string') throw misfit('a string', value);
    for (let i = 0; i < value.length; i++) {
      if (value.charCodeAt(i) > 0x7f) throw misfit('a string of ASCII characters only', value);
    }
    writer.utf8(value);
  },
};
