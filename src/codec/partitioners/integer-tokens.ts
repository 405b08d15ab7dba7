import { DecodeError } from '../../errors.js';
import type { Partitioner } from '../partitioner.js';
import { isIntegerText } from '../values/exact-integer.js';

/** A sign and the 39 digits of 2^127. */
const LONGEST = 40;

/** What partitioners have in common whose tokens are integers from `minimum` to `maximum`. */
export function integerTokens(minimum: bigint, maximum: bigint): Omit<Partitioner<bigint>, 'token'> {
  return {
    minimum,
    compare: (a, b) => (a < b ? -1 : a > b ? 1 : 0),
    parse: (text) => {
      const token = isIntegerText(text, LONGEST) ? BigInt(text) : undefined;
      if (token === undefined || token < minimum || token > maximum) {
        throw new DecodeError(`A token is an integer from ${minimum} to ${maximum}; the server sent something else.`);
      }
      return token;
    },
  };
}
