import { type Check, type Checks, checkOptions, flag, oneOf } from '../../check.js';
import { ConfigurationError } from '../../errors.js';
import type { Column } from '../../operators/page.js';
import { valueText } from '../values/value-text.js';
import { columnType } from './column-type.js';
import type { FileEncoder, FileFormat } from './file-format.js';
import { LineBytes } from './line-bytes.js';
import { isPlain } from './plain-types.js';
import { recordText } from './record-text.js';

/** What CSV files look like. */
export interface CsvWriteOptions {
  /** What stands between fields: one character; default `,`. */
  delimiter?: string;
  /** What stands around fields in which others have a meaning, and twice for itself within them: one character; default `"`. */
  quote?: string;
  /** Whether the first line has the names of the columns; default true. */
  header?: boolean;
  /** What null is, without quotes; default nothing at all. A text that is the same is written in quotes. */
  nullText?: string;
  /** What ends a line; default `\n`. */
  eol?: '\n' | '\r\n';
}

const character: Check = (value, name) => {
  if (typeof value === 'string' && /^[^\r\n\uFEFF]$/.test(value)) return;
  throw new ConfigurationError(`The option ${JSON.stringify(name)} must be one character, and none that ends a line.`);
};

const nullText: Check = (value, name) => {
  if (typeof value === 'string' && !/[\r\n\uFEFF]/.test(value)) return;
  throw new ConfigurationError(`The option ${JSON.stringify(name)} must be a string without the end of a line.`);
};

/** @internal */
export const CSV_WRITE_CHECKS: Checks<CsvWriteOptions> = {
  delimiter: character,
  quote: character,
  header: flag,
  nullText,
  eol: oneOf('\n', '\r\n'),
};

/**
 * Files of comma-separated values, as RFC 4180 has them, in UTF-8:
 *
 * ```
 * file   = [names eol] *(record eol)
 * record = field *(delimiter field)
 * field  = null text / plain text / quote *(any / 2quote) quote
 * ```
 *
 * A field is in quotes only where it has to be: with a delimiter, a quote, a line feed or carriage return in it, where it begins with what
 * would be a byte order mark, and where it looks like null: so an empty text is `""`.
 *
 * @throws ConfigurationError for options that do not exist, or that nobody could read by.
 */
export function csvFormat(options: CsvWriteOptions = {}): FileFormat {
  checkOptions<CsvWriteOptions>(options, CSV_WRITE_CHECKS, 'options of csvFormat()');
  refuseAmbiguous(options);
  const { delimiter = ',', quote = '"', header = true, nullText = '', eol = '\n' } = options;
  return {
    extension: 'csv',
    isCompressible: true,
    settings: JSON.stringify({ delimiter, quote, header, nullText, eol }),
    encoder: (columns) => new CsvEncoder(columns, options),
  };
}

/** What may be in plain texts. */
const IN_PLAIN = /[\w.:+-]/;

class CsvEncoder implements FileEncoder {
  private readonly header: string;
  private readonly bytes: LineBytes = new LineBytes();
  private readonly lineOf: (record: Readonly<Record<string, unknown>>) => string;

  constructor(columns: readonly Column[], options: CsvWriteOptions) {
    const { delimiter = ',', quote = '"', header = true, nullText = '', eol = '\n' } = options;
    const quoted = quoting(delimiter, quote, nullText);
    // Null may look like a number, and numbers may be delimited by points: then all are looked at.
    const isUsual = !IN_PLAIN.test(delimiter + quote) && (nullText === '' || !IN_PLAIN.test(nullText[0]!));
    this.header = header && columns.length > 0 ? columns.map(({ name }) => quoted(name)).join(delimiter) + eol : '';
    const textOf = recordText(
      columns.map((column, i) => {
        const type = columnType(column);
        const text = valueText(type);
        const field = isUsual && isPlain(type) ? text : (value: unknown) => quoted(text(value));
        const before = i === 0 ? '' : delimiter;
        const missing = before + nullText;
        return {
          name: column.name,
          text: (value) => (value === null || value === undefined ? missing : before + field(value)),
        };
      }),
    );
    this.lineOf = (record) => textOf(record) + eol;
  }

  begin(): Uint8Array {
    return Buffer.from(this.header);
  }

  add(records: Iterable<Readonly<Record<string, unknown>>>): Uint8Array {
    return this.bytes.of(records, this.lineOf);
  }

  end(): Uint8Array {
    return new Uint8Array();
  }
}

/** Puts in quotes what has to be. */
function quoting(delimiter: string, quote: string, nullText: string): (text: string) => string {
  const special = [delimiter, quote].map((character) => character.replace(/[\\^\]-]/, '\\$&')).join('');
  const isSpecial = new RegExp(`^\uFEFF|[\r\n${special}]`);
  return (text) => {
    if (text !== nullText && text !== '' && !isSpecial.test(text)) return text;
    return quote + text.replaceAll(quote, quote + quote) + quote;
  };
}

/** What would be read as something else than it was. */
function refuseAmbiguous({ delimiter = ',', quote = '"', nullText: missing = '' }: CsvWriteOptions): void {
  if (delimiter === quote) throw new ConfigurationError('The options "delimiter" and "quote" must not be the same.');
  if (!missing.includes(delimiter) && !missing.includes(quote)) return;
  throw new ConfigurationError('The option "nullText" must have neither the delimiter nor the quote in it.');
}
