import { printable } from '../../codec/printable.js';
import { CqlError } from '../../errors.js';
import type { BadRecord } from './bad-record.js';

/** A file cannot be read, or not any further; what came before it has been emitted. `cause` has the reason of the operating system. */
export class FileError extends CqlError {
  /** The path of the file. */
  readonly file: string;
  /** The line of the record that cannot be read, from 1. */
  declare readonly line?: number;

  static {
    this.prototype.name = 'FileError';
  }

  constructor(
    message: string,
    place: { readonly file: string; readonly line?: number },
    options?: { cause?: unknown },
  ) {
    super('ERR_RXCQL_FILE', message, options);
    this.file = place.file;
    if (place.line !== undefined) this.line = place.line;
  }
}

/** The error for a record that cannot be read. */
export function badRecordError({ reason, file, line }: BadRecord): FileError {
  return new FileError(`Line ${line} of ${printable(file)} cannot be read. ${reason}`, { file, line });
}

/** The error for a file of which no more can be had. */
export function unreadable(file: string, line: number | undefined, cause: unknown): FileError {
  const reason = cause instanceof Error ? printable(cause.message) : 'its source failed';
  const place = line === undefined ? '' : ` any further than line ${line}`;
  return new FileError(`${printable(file)} cannot be read${place}: ${reason}.`, { file, ...(line !== undefined && { line }) }, { cause }); // prettier-ignore
}
