import { ConfigurationError, CqlError } from '../../errors.js';
import { FileError } from '../files/file-error.js';
import { isForAll } from '../write-to.js';

/** Whether an error says more of this program, or its machine, than of a range: no other range would fare better here. */
export function isOfThisProgram(error: unknown): boolean {
  if (!(error instanceof CqlError)) return false;
  return (
    error instanceof ConfigurationError ||
    error instanceof FileError ||
    error.code === 'ERR_RXCQL_QUEUE' ||
    isForAll(error)
  );
}

/** What was thrown, as what Redis can keep the message of. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('The projection threw what is no Error.', { cause: thrown });
}

/** The error for a projection that does not say what it has done. */
export function notARangeResult(): ConfigurationError {
  return new ConfigurationError(
    'The projection of processRanges() must emit objects with the number of rows that were done, such as toCsv() does, or { rows: 5 }.',
  );
}
