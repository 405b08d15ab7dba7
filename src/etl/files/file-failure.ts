import { FileError } from './file-error.js';

/** The error for a file that an operation failed on: with the reason of the operating system. */
export function fileFailure(file: string, what: string, cause: unknown): FileError {
  const reason = cause instanceof Error ? cause.message : 'no reason was given';
  return new FileError(file, `The file ${JSON.stringify(file)} could not be ${what}: ${reason}.`, { cause });
}
