import type { TimestampGenerator } from '../cluster/policies/timestamps.js';
import { ConfigurationError } from '../errors.js';

/** The timestamp that a generator gives a write. @throws ConfigurationError if it gives none, with what it has thrown as its cause. */
export function writeTime(generator: TimestampGenerator): bigint {
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
