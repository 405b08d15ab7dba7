import { createHash } from 'node:crypto';
import type { Partitioner } from '../partitioner.js';
import { integerTokens } from './integer-tokens.js';

const MINIMUM = -1n;

/** Cassandra's default before version 1.2: the absolute value of the MD5 of the key, read as a signed integer of 128 bits. */
export const randomPartitioner: Partitioner<bigint> = {
  ...integerTokens(MINIMUM, 2n ** 127n),
  token: (buffer, start = 0, end = buffer.length) => {
    if (start === end) return MINIMUM;
    const digits = createHash('md5').update(buffer.subarray(start, end)).digest('hex');
    const hash = BigInt.asIntN(128, BigInt(`0x${digits}`));
    return hash < 0n ? -hash : hash;
  },
};
