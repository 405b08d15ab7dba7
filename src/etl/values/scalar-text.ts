import type { ScalarKind } from '../../codec/type.js';
import type { Duration } from '../../codec/values/duration.js';
import { durationText } from './duration-text.js';
import { floatText } from './float-text.js';
import { timestampText } from './timestamp-text.js';

type ToText = (value: unknown) => string;

const asItIs = String;
const digits = String;
const bytes: ToText = (value) => {
  const { buffer, byteOffset, length } = value as Uint8Array;
  return `0x${Buffer.from(buffer, byteOffset, length).toString('hex')}`;
};

/** In milliseconds from 1970. */
const MOST_OF_A_DATE = 8.64e15;

/** Milliseconds where a Date cannot hold the time: reading takes them too. */
const timestamp: ToText = (value) => {
  const milliseconds = value instanceof Date ? value.getTime() : Number(value);
  return Math.abs(milliseconds) <= MOST_OF_A_DATE ? timestampText(milliseconds) : String(value);
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
