import { templateOf } from '../../codec/own.js';
import { type CqlType, isScalar, type UdtField } from '../../codec/type.js';
import type { Decimal } from '../../codec/values/decimal.js';
import { shortestFloat } from './float-text.js';
import { scalarText } from './scalar-text.js';

type ToJson = (value: unknown) => unknown;

/**
 * How values of a type become what `JSON.stringify` takes: made once for a column, called for each value. Takes values as rows have them,
 * whatever the options of the session; null is null.
 *
 * - Numbers are numbers where JSON readers keep every digit: integers of up to 53 bits, and what is floating. Larger ones, decimals with
 *   a point, `NaN`, `Infinity` and `-0` are strings. So is what is text in a CSV file, but for booleans.
 * - Lists, sets, vectors and tuples are arrays; user-defined types objects. A map is an object too, with the texts of its keys; that of
 *   a key that consists of parts is its JSON.
 */
export function valueJson(type: CqlType): ToJson {
  const convert = presentJson(type);
  return (value) => (value === null || value === undefined ? null : convert(value));
}

function presentJson(type: CqlType): ToJson {
  switch (type.kind) {
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'int':
      return (value) => value;
    case 'bigint':
    case 'counter':
    case 'varint':
      return integerJson;
    case 'decimal':
      return decimalJson;
    case 'float':
      return (value) => floatingJson(shortestFloat(value as number));
    case 'double':
      return floatingJson;
    case 'list':
    case 'set':
    case 'vector': {
      const element = valueJson(type.element);
      return (value) => Array.from(value as Iterable<unknown>, element);
    }
    case 'tuple': {
      const elements = type.elements.map(valueJson);
      return (value) => elements.map((element, index) => element((value as readonly unknown[])[index]));
    }
    case 'map':
      return mapJson(type.key, type.value);
    case 'udt':
      return udtJson(type.fields);
    default:
      return scalarText(type.kind);
  }
}

/** Of a bigint, number or `Long`. */
function integerJson(value: unknown): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function decimalJson(value: unknown): number | string {
  const { scale, unscaled } = value as Decimal;
  return scale === 0 ? integerJson(unscaled) : String(value);
}

/** JSON has neither NaN nor infinities, and `JSON.stringify` has no -0. */
function floatingJson(value: unknown): unknown {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? value : String(value);
}

function mapJson(keyType: CqlType, valueType: CqlType): ToJson {
  const key = keyText(keyType);
  const json = valueJson(valueType);
  return (value) => {
    // Without a prototype, so that no key means anything but itself.
    const object = Object.create(null) as Record<string, unknown>;
    if (value instanceof Map) for (const [name, item] of value) object[key(name)] = json(item);
    // With `map: 'object'` the names are the texts already.
    else for (const [name, item] of Object.entries(value as object)) object[name] = json(item);
    return object;
  };
}

function keyText(type: CqlType): (value: unknown) => string {
  if (type.kind === 'custom' || isScalar(type)) return scalarText(type.kind);
  const json = valueJson(type);
  return (value) => JSON.stringify(json(value));
}

function udtJson(fields: readonly UdtField[]): ToJson {
  const template = templateOf(fields.map(({ name }) => name));
  const converters = fields.map(({ name, type }) => ({ name, json: valueJson(type) }));
  return (value) => {
    const object = { ...template };
    for (const { name, json } of converters) object[name] = json((value as Readonly<Record<string, unknown>>)[name]);
    return object;
  };
}
