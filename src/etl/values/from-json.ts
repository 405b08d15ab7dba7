import { type Convert, cqlTypeOf, perColumn } from '../convert.js';
import { jsonValue } from './json-value.js';

/**
 * Makes values of what `JSON.parse` returns, for the option `convert` of `writeTo()`. A null deletes what is in the column; what a record does
 * not have leaves that as it is.
 *
 * @example
 * ```ts
 * fromNdjson('orders.ndjson').pipe(writeTo(session, insert, { convert: fromJson() }));
 * ```
 */
export function fromJson(): Convert {
  return perColumn((column) => {
    const read = jsonValue(cqlTypeOf(column));
    return (value) => (value === undefined ? undefined : read(value));
  });
}
