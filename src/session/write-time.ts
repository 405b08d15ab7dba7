import { numbersOf, type TimestampGenerator } from '../cluster/policies/timestamps.js';
import { ConfigurationError } from '../errors.js';

/** What gives writes their timestamps, in microseconds. @throws ConfigurationError */
export type WriteClock = () => bigint | number;

export function writeClock(generator: TimestampGenerator): WriteClock {
  return numbersOf(generator) ?? (() => writeTime(generator));
}

/** The timestamp that a generator gives a write. @throws ConfigurationError if it gives none, with what it has thrown as its cause. */
function writeTime(generator: TimestampGenerator): bigint {
  let time: unknown;
  try {
    time = generator();
  } catch (cause) {
    throw new ConfigurationError('The generator of the option "timestamps" has failed; `cause` is what it threw.', {
      cause,
    });
  }
  if (typeof time === 'bigint') return time;
  throw new ConfigurationError(
    `The generator of the option "timestamps" must return microseconds as a bigint; it has returned a value of type ${typeof time}.`,
  );
}
