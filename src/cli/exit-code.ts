import { CqlError } from '../errors.js';
import { ScanError } from '../etl/scan-error.js';

/** What the process ends with: those of the bulk loader that people know. */
export const EXIT = {
  ok: 0,
  /** It went through, but not with all: records have failed, ranges could not be read, tables differ. */
  errors: 1,
  tooManyErrors: 2,
  /** It could not be begun, or not be gone on with. */
  fatal: 3,
  interrupted: 4,
  /** Nobody has thought of this. */
  crash: 5,
} as const;

/** What an error ends the process with. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof ScanError) return EXIT.errors;
  if (error instanceof CqlError) return error.code === 'ERR_RXCQL_TOO_MANY_FAILURES' ? EXIT.tooManyErrors : EXIT.fatal;
  return isOfSystem(error) ? EXIT.fatal : EXIT.crash;
}

/** Whether it is the operating system that says no: a file that is not there, a disk that is full. */
export function isOfSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string';
}
