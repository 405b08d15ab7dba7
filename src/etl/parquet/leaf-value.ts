import type { SchemaElement, TimeUnit } from 'hyparquet';
import { uuidText } from '../../codec/reader.js';
import type { CqlType, ScalarKind } from '../../codec/type.js';
import { valueCodec } from '../../codec/value-codec.js';
import { Decimal } from '../../codec/values/decimal.js';
import { Duration } from '../../codec/values/duration.js';
import { Writer } from '../../codec/writer.js';

/** The CQL type of the values of a leaf, and how each is made of what is stored. */
export interface LeafValue {
  readonly type: CqlType;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what hyparquet decodes, by the type of the leaf
  readonly convert: (stored: any) => unknown;
}

const same = (stored: unknown): unknown => stored;
const leaf = (kind: ScalarKind, convert: LeafValue['convert'] = same): LeafValue => ({ type: { kind }, convert });

/** By the logical type, or the physical one where there is none that CQL has something for. */
export function leafValue(element: SchemaElement): LeafValue {
  const { converted_type: converted, logical_type: logical } = element;
  switch (converted ?? logical?.type) {
    case 'UTF8':
    case 'STRING':
    case 'ENUM':
    case 'JSON':
      return leaf('text', textOf);
    case 'DECIMAL':
      return leaf('decimal', decimalOf(scaleOf(element)));
    case 'DATE':
      return leaf('date', dateOf);
    case 'TIME_MILLIS':
      return leaf('time', timeOf(1_000_000n));
    case 'TIME_MICROS':
      return leaf('time', timeOf(1_000n));
    case 'TIME':
      return leaf('time', timeOf(NANOSECONDS[(logical as { unit: TimeUnit }).unit]));
    case 'TIMESTAMP_MILLIS':
      return leaf('timestamp', timestampOf(1n));
    case 'TIMESTAMP_MICROS':
      return leaf('timestamp', timestampOf(1_000n));
    case 'TIMESTAMP':
      return leaf('timestamp', timestampOf(1_000_000n / NANOSECONDS[(logical as { unit: TimeUnit }).unit]));
    case 'INT_8':
      return leaf('tinyint');
    case 'INT_16':
    case 'UINT_8':
      return leaf('smallint');
    case 'UINT_16':
      return leaf('int');
    case 'UINT_32':
      return leaf('bigint', BigInt);
    case 'UINT_64':
      return leaf('varint', (stored: bigint) => BigInt.asUintN(64, stored));
    case 'INTEGER': {
      const { bitWidth, isSigned } = logical as { bitWidth: number; isSigned: boolean };
      return leafValue({ ...element, converted_type: `${isSigned ? 'INT' : 'UINT'}_${bitWidth as 8 | 16 | 32 | 64}` });
    }
    case 'INTERVAL':
      return leaf('duration', intervalOf);
    case 'UUID':
      return leaf('uuid', (stored: Uint8Array) => uuidText(bufferOf(stored), 0));
    case 'FLOAT16':
      return leaf('float');
    default:
      return physical(element);
  }
}

function physical({ type }: SchemaElement): LeafValue {
  switch (type) {
    case 'BOOLEAN':
      return leaf('boolean');
    case 'INT32':
      return leaf('int');
    case 'INT64':
      return leaf('bigint');
    case 'INT96':
      return leaf('timestamp', timestampOf(1_000_000n));
    case 'FLOAT':
      return leaf('float');
    case 'DOUBLE':
      return leaf('double');
    default:
      // A copy: what is stored lies in a page with thousands of others.
      return leaf('blob', (stored: Uint8Array) => Buffer.from(stored));
  }
}

/** What is stored as a text or as bytes, and was something else when we wrote it. */
const OURS: Readonly<Partial<Record<ScalarKind, Partial<Record<string, LeafValue['convert']>>>>> = {
  text: {
    ascii: textOf,
    inet: textOf,
    varint: (stored: Uint8Array) => BigInt(textOf(stored)),
    decimal: (stored: Uint8Array) => Decimal.from(textOf(stored)),
  },
  blob: { custom: (stored: Uint8Array) => Buffer.from(stored) },
  uuid: { timeuuid: (stored: Uint8Array) => uuidText(bufferOf(stored), 0) },
  bigint: { counter: same },
};

/** The same with the type that a column is said to have; undefined if this leaf cannot hold its values. */
export function leafValueAs(element: SchemaElement, type: CqlType): LeafValue | undefined {
  const value = leafValue(element);
  if (value.type.kind === type.kind) return { type, convert: value.convert };
  const convert = OURS[value.type.kind as ScalarKind]?.[type.kind];
  return convert && { type, convert };
}

const NANOSECONDS: Readonly<Record<TimeUnit, bigint>> = { MILLIS: 1_000_000n, MICROS: 1_000n, NANOS: 1n };

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function textOf(stored: Uint8Array | string): string {
  return typeof stored === 'string' ? stored : bufferOf(stored).toString('utf8');
}

function scaleOf({ scale, logical_type: logical }: SchemaElement): number {
  return scale ?? (logical as { scale?: number } | undefined)?.scale ?? 0;
}

function decimalOf(scale: number): LeafValue['convert'] {
  return (stored: number | bigint | Uint8Array) =>
    new Decimal(typeof stored === 'object' ? signedOf(stored) : BigInt(stored), scale);
}

/** Two's complement, the highest byte first. */
function signedOf(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt.asIntN(8 * bytes.length, BigInt(`0x${bufferOf(bytes).toString('hex')}`));
}

const writer = new Writer();
const DATE = valueCodec({ kind: 'date' });
const TIME = valueCodec({ kind: 'time' });

/** By the driver's own decoder, which is given the bytes that a server would send. */
function dateOf(days: number): unknown {
  const { buffer, start, end } = writer.encode(0, (into) => into.i32(days ^ 0x80000000));
  return DATE.decode(buffer, start, end);
}

function timeOf(nanoseconds: bigint): (stored: number | bigint) => unknown {
  return (stored) => {
    const time = BigInt(stored) * nanoseconds;
    const { buffer, start, end } = writer.encode(0, (into) => into.i64(time));
    return TIME.decode(buffer, start, end);
  };
}

/** What is finer than a millisecond has no place in a timestamp of CQL. */
function timestampOf(perMillisecond: bigint): (stored: bigint) => Date {
  return (stored) => {
    const rest = perMillisecond === 1n ? 0n : ((stored % perMillisecond) + perMillisecond) % perMillisecond;
    const date = new Date(Number(perMillisecond === 1n ? stored : (stored - rest) / perMillisecond));
    if (Number.isNaN(date.getTime())) throw new RangeError('A timestamp is beyond what a Date can hold.');
    return date;
  };
}

/** Three unsigned integers of 32 bits, the lowest byte first: months, days, milliseconds. */
function intervalOf(stored: Uint8Array): Duration {
  const buffer = bufferOf(stored);
  return new Duration(buffer.readUInt32LE(0), buffer.readUInt32LE(4), BigInt(buffer.readUInt32LE(8)) * 1_000_000n);
}
