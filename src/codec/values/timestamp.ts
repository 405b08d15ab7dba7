import { DecodeError } from '../../errors.js';
import { getI32, getI64 } from '../reader.js';
import type { Encoder, ValueCodec } from '../value.js';
import { numberOf, safeNumber, viewI64, viewSafeNumber, writeInt64 } from './int64.js';
import { fixed } from './length.js';
import { misfit } from './misfit.js';

const EXPECTED = 'a valid Date, milliseconds, an ISO 8601 string with a time zone or an instant';

/** The range of a Date: 100,000,000 days on either side of the epoch. Numbers are exact beyond it. */
const MAX_DATE = 8_640_000_000_000_000;

/**
 * ISO 8601; a date alone is UTC by the standard, a time must say its zone since nobody else would know it. What is finer than a
 * millisecond would be lost.
 */
const ISO =
  /^(?<day>(?:\d{4}|[+-]\d{6})-\d\d-\d\d)(?:[T ](?<time>\d\d:\d\d(?::\d\d(?:\.\d{1,3}0{0,6})?)?)(?<zone>Z|[+-]\d\d:?\d\d))?$/;

/**
 * The milliseconds of an ISO text, NaN if it is none. `Date.parse` gets only what the standard defines: anything else it
 * reads as it likes, a year of five digits in local time, the 30th of February as the 2nd of March.
 */
export function isoMilliseconds(text: string): number {
  const { day, time = '00:00', zone = 'Z' } = ISO.exec(text)?.groups ?? {};
  if (day === undefined || new Date(`${day}T00:00Z`).getUTCDate() !== Number(day.slice(-2))) return NaN;
  return Date.parse(`${day}T${time}${zone.replace(/(\d\d)(\d\d)$/, '$1:$2')}`);
}

function millisecondsOf(value: unknown): unknown {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'string') {
    const time = isoMilliseconds(value);
    if (Number.isNaN(time)) throw misfit(EXPECTED, value);
    return time;
  }
  return typeof value === 'object' && value !== null && 'epochMilliseconds' in value ? value.epochMilliseconds : value;
}

const encode: Encoder = (writer, value) => writeInt64(writer, EXPECTED, millisecondsOf(value));

function millisecondsOfDate(high: number, low: number): number {
  const milliseconds = numberOf(high, low);
  if (milliseconds > MAX_DATE || milliseconds < -MAX_DATE) {
    throw new DecodeError('the timestamp lies beyond the range of a Date');
  }
  return milliseconds;
}

/** What a Date is made of, where no object is wanted for each. */
export const timestampInColumn: ValueCodec = {
  ...fixed(
    8,
    (buffer, at) => millisecondsOfDate(getI32(buffer, at), getI32(buffer, at + 4)),
    (view, at) => millisecondsOfDate(view.getInt32(at), view.getInt32(at + 4)),
  ),
  encode,
};

export const timestamp: ValueCodec = {
  ...fixed(
    8,
    (buffer, at) => new Date(millisecondsOfDate(getI32(buffer, at), getI32(buffer, at + 4))),
    (view, at) => new Date(millisecondsOfDate(view.getInt32(at), view.getInt32(at + 4))),
  ),
  encode,
};

export const timestampAsNumber: ValueCodec = { ...fixed(8, safeNumber, viewSafeNumber), encode };

export const timestampAsBigint: ValueCodec = { ...fixed(8, getI64, viewI64), encode };
