import { type CqlType, isScalar, type UdtField } from '../../codec/type.js';
import { getOwn, templateOf } from '../../codec/own.js';
import { printable, quoted, shortened } from '../../codec/printable.js';
import { isPlainObject } from '../../codec/values/is-plain-object.js';
import { misfit, within } from '../../codec/values/misfit.js';
import { BindError } from '../../errors.js';
import { inOrder } from './in-order.js';
import { jsonScalar } from './json-scalar.js';
import { refusing } from './refusing.js';
import { textScalar } from './text-scalar.js';

type FromJson = (json: unknown) => unknown;

/**
 * How what `JSON.parse` returns becomes a value that can be bound: the reverse of `valueJson()`, made once for a column. Null is null.
 * Numbers may be strings too. An array stands for a set as well; fields of a user-defined type that an object lacks are null.
 *
 * What it returns throws a `BindError` for what the type cannot hold, and for a number that may have lost digits when it was read: an
 * integer of more than 53 bits, or a decimal of more than 15 digits, has to be a string. Its message is a sentence without the value.
 */
export function jsonValue(type: CqlType): FromJson {
  return refusing('The JSON', type, nullable(presentValue(type)));
}

function nullable(convert: FromJson): FromJson {
  return (json) => (json === null ? null : convert(json));
}

/** Of what is not null; throws what the codecs do. */
function presentValue(type: CqlType): FromJson {
  switch (type.kind) {
    case 'list':
    case 'set':
      return listValue('an array', presentValue(type.element));
    case 'vector':
      return vectorValue(type.element, type.dimensions);
    case 'tuple':
      return tupleValue(type.elements);
    case 'map':
      return mapValue(type.key, type.value);
    case 'udt':
      return udtValue(type.name, type.fields);
    default:
      return jsonScalar(type.kind);
  }
}

/** An Array for a set too: a Set would lose one of 0 and -0. */
function listValue(expected: string, element: FromJson, length?: number): (json: unknown) => unknown[] {
  return (json) => {
    if (!Array.isArray(json) || (length !== undefined && json.length !== length)) throw misfit(expected, json);
    return json.map((item: unknown, index) => part(`element ${index}`, element, item));
  };
}

function part(name: string, convert: FromJson, json: unknown): unknown {
  try {
    return convert(json);
  } catch (error) {
    throw within(name, error);
  }
}

function vectorValue(type: CqlType, dimensions: number): FromJson {
  const list = listValue(`an array of exactly ${dimensions} elements`, presentValue(type), dimensions);
  return type.kind === 'float' ? (json) => Float32Array.from(list(json) as number[]) : list;
}

function tupleValue(types: readonly CqlType[]): FromJson {
  const elements = types.map((type) => nullable(presentValue(type)));
  return (json) => {
    if (!Array.isArray(json) || json.length > elements.length) {
      throw misfit(`an array of at most ${elements.length} elements`, json);
    }
    return elements.map((element, index) => part(`element ${index}`, element, json[index] ?? null));
  };
}

function mapValue(keyType: CqlType, valueType: CqlType): FromJson {
  const key = keyValue(keyType);
  const value = presentValue(valueType);
  return (json) => {
    if (!isPlainObject(json)) throw misfit('an object', json);
    const entries = Object.entries(json).map(([name, item], index): [unknown, unknown] => [
      part(`the key of entry ${index}`, key as FromJson, name),
      part(`entry ${index}`, value, item),
    ]);
    return new Map(inOrder(keyType, entries));
  };
}

function keyValue(type: CqlType): (text: string) => unknown {
  return type.kind === 'custom' || isScalar(type) ? textScalar(type.kind) : textOfJson(type);
}

/** The value of a JSON text, for types that consist of parts. Throws what the codecs do. */
export function textOfJson(type: CqlType): (text: string) => unknown {
  const convert = presentValue(type);
  return (text) => {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      throw misfit('JSON', text);
    }
    return convert(json);
  };
}

function udtValue(name: string, fields: readonly UdtField[]): FromJson {
  const expected = `an object with the fields of ${printable(shortened(name))}`;
  const template = templateOf(fields.map((field) => field.name));
  const converters = fields.map((field) => ({ ...field, convert: nullable(presentValue(field.type)) }));
  return (json) => {
    if (!isPlainObject(json)) throw misfit(expected, json);
    for (const key of Object.keys(json)) {
      // Which one it is would be told by a part of the value.
      if (!Object.hasOwn(template, key)) throw new BindError(`expected ${expected}, got one with others`);
    }
    const object = { ...template };
    for (const { name: field, convert } of converters) {
      object[field] = part(`the field ${quoted(field)}`, convert, getOwn(json, field) ?? null);
    }
    return object;
  };
}
