import { type CqlType, isScalar } from '../../codec/type.js';
import { textOfJson } from './json-value.js';
import { refusing } from './refusing.js';
import { textScalar } from './text-scalar.js';

/**
 * How texts, such as the fields of a CSV file, become values that can be bound: the reverse of `valueText()`, made once for a column.
 * Takes what other tools write too: milliseconds and offsets for timestamps, ISO 8601 for durations, `True`.
 *
 * What it returns throws a `BindError` for a text that the type cannot hold, whose message is a sentence without the text.
 */
export function textValue(type: CqlType): (text: string) => unknown {
  const convert = type.kind === 'custom' || isScalar(type) ? textScalar(type.kind) : textOfJson(type);
  return refusing('The text', type, convert);
}
