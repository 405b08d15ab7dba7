import { murmur3Token } from '../murmur3.js';
import type { Partitioner } from '../partitioner.js';
import { integerTokens } from './integer-tokens.js';

/** Cassandra's and ScyllaDB's default. */
export const murmur3Partitioner: Partitioner<bigint> = {
  ...integerTokens(-(2n ** 63n), 2n ** 63n - 1n),
  token: murmur3Token,
};
