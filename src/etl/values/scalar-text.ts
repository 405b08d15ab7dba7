import type { ScalarKind } from '../../codec/type.js';
import type { Duration } from '../../codec/values/duration.js';
import { durationText } from './duration-text.js';
import { floatText } from './float-text.js';

type ToText = (value: unknown) => string;

const asItIs = String;
const digits = String;
const bytes: ToText = (value) => {
  const { buffer, byteOffset, length } = value as Uint8Array;
  return `0x${Buffer.from(buffer, byteOffset, length).toString('hex')}`;
};

/** Milliseconds where a Date cannot hold the time: reading takes them too. */
const timestamp: ToText = (value) => {
  const date = value instanceof Date ? value : new Date(Number(value));
  return Number.isNaN(date.getTime()) ? String(value) : date.toISOString();
};

const TEXTS: Readonly<Record<ScalarKind | 'custom', ToText>> = {
  ascii: asItIs,
  bigint: digits,
  blob: bytes,
  boolean: String,
  counter: digits,
  custom: bytes,
  date: asItIs,
  decimal: String,
  double: (value) => (Object.is(value, -0) ? '-0' : String(value)),
  duration: (value) => durationText(value as Duration),
  float: (value) => floatText(value as number),
  inet: asItIs,
  int: digits,
  smallint: digits,
  text: asItIs,
  time: asItIs,
  timestamp,
  timeuuid: asItIs,
  tinyint: digits,
  uuid: asItIs,
  varint: digits,
};

/** How values of a type without parts are written as text, in whatever form the options of a session have them. */
export function scalarText(kind: ScalarKind | 'custom'): ToText {
  return TEXTS[kind];
}
