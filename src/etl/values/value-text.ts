import { type CqlType, isScalar } from '../../codec/type.js';
import { scalarText } from './scalar-text.js';
import { valueJson } from './value-json.js';

/**
 * How values of a type are written as text, as in a field of a CSV file: made once for a column, called for each value. Takes values as
 * rows have them, whatever the options of the session. Null is not its concern.
 *
 * - Strings, UUIDs, addresses, dates and times are as they are; numbers are their digits, as few as tell them from others; timestamps
 *   ISO 8601 in UTC; durations as CQL has them, `1mo3d`; blobs `0x…`.
 * - What consists of parts is their JSON: see {@link valueJson}.
 */
export function valueText(type: CqlType): (value: unknown) => string {
  if (type.kind === 'custom' || isScalar(type)) return scalarText(type.kind);
  const json = valueJson(type);
  return (value) => JSON.stringify(json(value));
}
