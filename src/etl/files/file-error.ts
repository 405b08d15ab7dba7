import { printable } from '../../codec/printable.js';
import { CqlError } from '../../errors.js';
import type { BadRecord } from './bad-record.js';

/** A file cannot be read or written. `cause` has the reason, of the operating system where it gave one. */
export class FileError extends CqlError {
  /** Its path, as far as it has one. */
  readonly file: string;
  /** Of a file that is read: the line that is to blame, from 1. */
  readonly line?: number;

  static {
    this.prototype.name = 'FileError';
  }

  constructor(file: string, message: string, options?: { cause?: unknown; line?: number | undefined }) {
    super('ERR_RXCQL_FILE', message, options);
    this.file = file;
    if (options?.line !== undefined) this.line = options.line;
  }
}

/** The error for a record that cannot be read. */
export function badRecordError({ reason, file, line }: BadRecord): FileError {
  return new FileError(file, `Line ${line} of ${printable(file)} cannot be read. ${reason}`, { line });
}

/** The error for a file of which no more can be had. */
export function unreadable(file: string, line: number | undefined, cause: unknown): FileError {
  const reason = cause instanceof Error ? printable(cause.message) : 'its source failed';
  const place = line === undefined ? '' : ` any further than line ${line}`;
  return new FileError(file, `${printable(file)} cannot be read${place}: ${reason}.`, { cause, line });
}
