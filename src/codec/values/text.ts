import { DecodeError } from '../../errors.js';
import { getText } from '../reader.js';
import type { ValueCodec } from '../value.js';
import { misfit } from './misfit.js';

export const text: ValueCodec = {
  decode: getText,
  isReusable: true,
  encode: (writer, value) => {
    if (typeof value !== 'string') throw misfit('a string', value);
    writer.utf8(value);
  },
};

export const ascii: ValueCodec = {
  decode: (buffer, start, end) => {
    const string = getText(buffer, start, end);
    // As UTF-8, other bytes are fewer characters than bytes, or such as stand for bytes that mean nothing.
    if (string.length !== end - start || string.includes('\ufffd')) {
      throw new DecodeError('a byte over 0x7F is not ASCII');
    }
    return string;
  },
  isReusable: true,
  encode: (writer, value) => {
    if (typeof value !== 'string') throw misfit('a string', value);
    if (writer.utf8(value) !== value.length) throw misfit('a string of ASCII characters only', value);
  },
};
