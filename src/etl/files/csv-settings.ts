import { type Check, type Checks, flag, list, text } from '../../check.js';
import { ConfigurationError } from '../../errors.js';
import { type FileReadOptions, MAX_RECORD, READ_CHECKS } from './file-read-options.js';

/** How a CSV file is written. */
export interface CsvOptions {
  /** One character; default `','`. */
  delimiter?: string;
  /** What fields with delimiters, quotes and newlines stand in; default `'"'`. `''`: there is none, and no field has a newline. */
  quote?: string;
  /** What stands before a quote within quotes; default: the quote itself. */
  escape?: string;
  /**
   * `true`, the default: the first record has the names. `false`: there are none, records are arrays. Or the names, of a file that does not
   * have them.
   */
  header?: boolean | readonly string[];
  /** What lines begin with that are left out; by default none are. */
  comment?: string;
}

/** How CSV files are read. */
export interface CsvReadOptions extends CsvOptions, FileReadOptions {
  /** Which fields are null, as long as they are not quoted; default `['']`. */
  nulls?: readonly string[];
}

/** {@link CsvReadOptions} of the parser, with every default filled in. */
export interface CsvSettings {
  readonly delimiter: string;
  readonly quote: string;
  readonly escape: string;
  readonly header: boolean | readonly string[];
  readonly comment: string | undefined;
  readonly nulls: readonly string[];
  readonly maxRecordBytes: number;
}

const oneCharacter: Check = (value, name) => {
  if (typeof value !== 'string' || value.length !== 1 || /[\r\n\ufeff]/.test(value)) {
    throw new ConfigurationError(`The option ${JSON.stringify(name)} must be one character, and no newline.`);
  }
};

/** Papa Parse takes a comma in its place, or no comments. */
const UNKNOWN_TO_PAPA = '"';

const comment: Check = (value, name) => {
  text(value, name);
  if (!/[\r\n\ufeff]/.test(value as string) && value !== UNKNOWN_TO_PAPA) return;
  throw new ConfigurationError(`The option ${JSON.stringify(name)} must be what a line begins with, and no quote.`);
};

const delimiter: Check = (value, name) => {
  oneCharacter(value, name);
  if (value !== UNKNOWN_TO_PAPA) return;
  throw new ConfigurationError(`The option ${JSON.stringify(name)} must not be a quote.`);
};

const header: Check = (value, name) => {
  if (Array.isArray(value)) for (const column of value) text(column, name);
  else flag(value, name);
};

export const CSV_CHECKS: Checks<CsvReadOptions> = {
  ...READ_CHECKS,
  delimiter,
  quote: (value, name) => {
    if (value !== '') oneCharacter(value, name);
  },
  escape: oneCharacter,
  header,
  comment,
  nulls: list,
};

/** @throws ConfigurationError where one character would have two meanings. */
export function csvSettings(options: CsvReadOptions): CsvSettings {
  const { delimiter = ',', quote = '"', escape = quote, comment, nulls = [''], maxRecordBytes = MAX_RECORD } = options;
  const begin = comment?.[0];
  if ([quote, escape].includes(delimiter) || (begin !== undefined && [delimiter, quote].includes(begin))) {
    throw new ConfigurationError('The delimiter, the quote and what comments begin with are different characters.');
  }
  return { delimiter, quote, escape, header: options.header ?? true, comment, nulls, maxRecordBytes };
}
