import { DecodeError } from '../../errors.js';
import type { Partitioner } from '../partitioner.js';

/** Keeps partitions in the order of their keys, as unsigned bytes. Its tokens are the keys, in hexadecimal digits as text. */
export const byteOrderedPartitioner: Partitioner<Buffer> = {
  // Copied, so that a token does not pin the message that the key was sliced out of.
  token: (buffer, start = 0, end = buffer.length) => Buffer.from(buffer.subarray(start, end)),
  minimum: Buffer.alloc(0),
  compare: (a, b) => a.compare(b),
  parse: (text) => {
    if (!/^([0-9a-f]{2})*$/i.test(text)) {
      throw new DecodeError('A token is bytes in hexadecimal digits; the server sent something else.');
    }
    return Buffer.from(text, 'hex');
  },
};
