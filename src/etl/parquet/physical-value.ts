import { getOwn, templateOf } from '../../codec/own.js';
import { getI32, getI64 } from '../../codec/reader.js';
import type { CqlType, ScalarKind, UdtField } from '../../codec/type.js';
import { valueCodec } from '../../codec/value-codec.js';
import { Decimal } from '../../codec/values/decimal.js';
import { Duration } from '../../codec/values/duration.js';
import { isIterable } from '../../codec/values/is-iterable.js';
import { misfit } from '../../codec/values/misfit.js';
import { Writer } from '../../codec/writer.js';
import { tupleField } from './parquet-schema.js';

/** Makes of a value that can be bound what is stored of it. Throws a `BindError` for what the type cannot hold. */
export type ToPhysical = (value: unknown) => unknown;

/** About how many bytes values will take, beside those that all of their type take. */
export interface Tally {
  bytes: number;
}

/** What a value of fixed length takes, and an element of a collection or a field of a group, at least. */
export const LEAST_BYTES = 8;

/** Null is null; undefined, which leaves a column as it is, can be nothing else here. */
export function physicalValue(type: CqlType, tally: Tally): ToPhysical {
  const convert = ofType(type, tally);
  return (value) => (value === null || value === undefined ? null : convert(value));
}

function ofType(type: CqlType, tally: Tally): ToPhysical {
  switch (type.kind) {
    case 'list':
    case 'set':
    case 'vector':
      return elements(physicalValue(type.element, tally), tally);
    case 'map':
      return entries(ofType(type.key, tally), physicalValue(type.value, tally), tally);
    case 'tuple':
      return tuple(type.elements, tally);
    case 'udt':
      return group(type.fields, tally);
    case 'custom':
      return scalar('blob', tally);
    default:
      return scalar(type.kind, tally);
  }
}

/** By the driver's own encoder: what can be bound can be written, and nothing else. `take` takes out what is wanted of the bytes. */
function encoded<T>(type: CqlType, take: (buffer: Buffer, start: number, end: number) => T): (value: unknown) => T {
  const codec = valueCodec(type);
  const writer = new Writer();
  return (value) => {
    const { buffer, start, end } = writer.encode(0, (into) => codec.encode(into, value));
    return take(buffer, start, end);
  };
}

/** What comes several times in a row, as the keys of partitions do, is made once. */
function repeated<T>(convert: (value: unknown) => T): (value: unknown) => T {
  let last: unknown;
  let made: T;
  return (value) => {
    if (typeof value === 'string' && value === last) return made;
    made = convert(value);
    last = value;
    return made;
  };
}

/** The writer never writes there again. Several times as quick to make as a Buffer. */
const bytesOf = (buffer: Buffer, start: number, end: number): Uint8Array =>
  new Uint8Array(buffer.buffer, buffer.byteOffset + start, end - start);

function scalar(kind: ScalarKind, tally: Tally): ToPhysical {
  const type = { kind };
  /** In the form that rows have. */
  const usual = encoded(type, valueCodec(type).decode);
  const text = (value: string): string => {
    tally.bytes += value.length;
    return value;
  };
  switch (kind) {
    case 'ascii':
    case 'text':
      return (value) => text(typeof value === 'string' && isPlain(value) ? value : (usual(value) as string));
    case 'inet':
      return (value) => text(usual(value) as string);
    case 'varint':
      return (value) => text(String(typeof value === 'bigint' ? value : usual(value)));
    case 'decimal':
      return (value) => text(String(value instanceof Decimal ? value : usual(value)));
    case 'bigint':
    case 'counter':
      return (value) => (typeof value === 'bigint' && BigInt.asIntN(64, value) === value ? value : usual(value));
    case 'timestamp':
      return milliseconds(encoded(type, getI64));
    case 'time':
      return encoded(type, getI64);
    case 'date':
      return encoded(type, (buffer, at) => getI32(buffer, at) ^ 0x80000000);
    case 'uuid':
    case 'timeuuid':
      return repeated(encoded(type, bytesOf));
    case 'blob':
      return (value) => {
        const blob = value instanceof Uint8Array ? value : (usual(value) as Uint8Array);
        tally.bytes += blob.length;
        return blob;
      };
    case 'duration':
      return (value) => {
        const { months, days, nanoseconds } = (value instanceof Duration ? value : usual(value)) as Duration;
        return { months, days, nanoseconds };
      };
    case 'int':
      return (value) => (typeof value === 'number' && (value | 0) === value ? value : usual(value));
    case 'float':
    case 'double':
      return (value) => (typeof value === 'number' ? value : usual(value));
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? value : usual(value));
    default:
      return usual;
  }
}

/** Whether UTF-8 can hold a text: half a surrogate pair would be replaced. */
function isPlain(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}

function milliseconds(encode: (value: unknown) => bigint): ToPhysical {
  return (value) => {
    const time = value instanceof Date ? value.getTime() : NaN;
    return Number.isNaN(time) ? encode(value) : BigInt(time);
  };
}

function elements(convert: ToPhysical, tally: Tally): ToPhysical {
  return (value) => {
    if (!isIterable(value)) throw misfit('an iterable', value);
    const array = Array.from(value, convert);
    tally.bytes += array.length * LEAST_BYTES;
    return array;
  };
}

function entries(key: ToPhysical, value: ToPhysical, tally: Tally): ToPhysical {
  return (map) => {
    if (typeof map !== 'object') throw misfit('a Map, pairs or an object', map);
    const pairs = (isIterable(map) ? map : Object.entries(map as object)) as Iterable<readonly [unknown, unknown]>;
    const array = Array.from(pairs, ([k, v]) => ({ key: key(k), value: value(v) }));
    tally.bytes += array.length * 2 * LEAST_BYTES;
    return array;
  };
}

function tuple(types: readonly CqlType[], tally: Tally): ToPhysical {
  const convert = types.map((type) => physicalValue(type, tally));
  return (value) => {
    if (!Array.isArray(value) || value.length > types.length) throw misfit(`an Array of at most ${types.length} elements`, value); // prettier-ignore
    tally.bytes += types.length * LEAST_BYTES;
    return Object.fromEntries(convert.map((element, i) => [tupleField(i), element(value[i])]));
  };
}

function group(fields: readonly UdtField[], tally: Tally): ToPhysical {
  const convert = fields.map(({ name, type }) => ({ name, of: physicalValue(type, tally) }));
  const template = templateOf(fields.map(({ name }) => name));
  return (value) => {
    if (typeof value !== 'object' || value === null) throw misfit('an object with the fields of the type', value);
    tally.bytes += fields.length * LEAST_BYTES;
    const object: Record<string, unknown> = { ...template };
    for (const { name, of } of convert) object[name] = of(getOwn(value, name));
    return object;
  };
}
