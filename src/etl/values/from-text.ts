import { BindError } from '../../errors.js';
import type { Column } from '../../operators/page.js';
import { type Convert, cqlTypeOf, perColumn } from '../convert.js';
import { textValue } from './text-value.js';

/** What texts mean. */
export interface FromTextOptions {
  /** Texts that are null, besides what the file has as such; by default none. */
  nulls?: readonly string[];
  /** Whether a null deletes what is in the column; by default it leaves that as it is, and no tombstone is written. */
  tombstones?: boolean;
}

/**
 * Makes values of texts, such as the fields of a CSV file, for the option `convert` of `writeTo()`. An empty text is one for the types `text`
 * and `ascii`, and a null for all others. What is no text is left as it is.
 *
 * @example
 * ```ts
 * fromCsv('orders.csv').pipe(writeTo(session, insert, { convert: fromText({ nulls: ['NULL'] }) }));
 * ```
 */
export function fromText(options: FromTextOptions = {}): Convert {
  const { nulls = [], tombstones = false } = options;
  const none = tombstones ? null : undefined;
  const make = (column: Pick<Column, 'type'>): ((value: unknown) => unknown) => {
    const type = cqlTypeOf(column);
    const read = textValue(type);
    const isText = type.kind === 'text' || type.kind === 'ascii';
    return (value) => {
      if (value === null) return none;
      if (value === undefined) throw new BindError('It has no field of that name.');
      if (typeof value !== 'string') return value;
      return nulls.includes(value) || (value === '' && !isText) ? none : read(value);
    };
  };
  return perColumn(make);
}
