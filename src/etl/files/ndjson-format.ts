import type { Column } from '../../operators/page.js';
import { valueJson } from '../values/value-json.js';
import { columnType } from './column-type.js';
import type { FileEncoder, FileFormat } from './file-format.js';
import { LineBytes } from './line-bytes.js';
import { isPlain } from './plain-types.js';
import { recordText } from './record-text.js';

/**
 * Files of a JSON object a line, in UTF-8:
 *
 * ```
 * file   = *(record LF)
 * record = { "column": value, ... }
 * ```
 *
 * Null is `null`; what a record does not have, `undefined` included, has no name in its line.
 */
export function ndjsonFormat(): FileFormat {
  return {
    extension: 'ndjson',
    isCompressible: true,
    encoder: (columns) => new NdjsonEncoder(columns),
  };
}

class NdjsonEncoder implements FileEncoder {
  private readonly bytes: LineBytes = new LineBytes();
  private readonly lineOf: (record: Readonly<Record<string, unknown>>) => string;

  constructor(columns: readonly Column[]) {
    const textOf = recordText(
      columns.map((column) => {
        const type = columnType(column);
        const json = valueJson(type);
        const text = isPlain(type) ? plainText : JSON.stringify;
        const before = `,${JSON.stringify(column.name)}:`;
        return { name: column.name, text: (value) => (value === undefined ? '' : before + text(json(value))) };
      }),
    );
    // The first that is there has a comma before it, too.
    this.lineOf = (record) => `{${textOf(record).slice(1)}}\n`;
  }

  begin(): Uint8Array {
    return new Uint8Array();
  }

  add(records: Iterable<Readonly<Record<string, unknown>>>): Uint8Array {
    return this.bytes.of(records, this.lineOf);
  }

  end(): Uint8Array {
    return new Uint8Array();
  }
}

/** JSON of a number, a boolean, null, or a text in which nothing has to be escaped. */
function plainText(json: unknown): string {
  return typeof json === 'string' ? `"${json}"` : String(json);
}
