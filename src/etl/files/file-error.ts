import { CqlError } from '../../errors.js';

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
