import Long from 'long';
import { DecodeError } from '../../errors.js';
import { getI32, getI64 } from '../reader.js';
import type { ValueCodec } from '../value.js';
import type { Writer } from '../writer.js';
import { toBigInt } from './exact-integer.js';
import { fixed } from './length.js';
import { misfit, outOfRange } from './misfit.js';

const EXPECTED = 'an integer of 64 bits (bigint, safe number, Long or string)';

/** More zeros before a number than anybody writes. */
const MAX_TEXT = 40;

/** Of bigint and counter, by what the values become. All take the same values. */
function int64(
  read: (buffer: Buffer, at: number) => unknown,
  view?: (view: DataView, at: number) => unknown,
): ValueCodec {
  return { ...fixed(8, read, view), encode: (writer, value) => writeInt64(writer, EXPECTED, value) };
}

export const bigint: ValueCodec = int64(getI64, viewI64);

export const bigintAsLong: ValueCodec = int64((buffer, at) => new Long(getI32(buffer, at + 4), getI32(buffer, at)));

export const bigintAsNumber: ValueCodec = int64(safeNumber, viewSafeNumber);

/** A signed integer of 64 bits as a number, which holds 53 of them. */
export function safeNumber(buffer: Buffer, at: number): number {
  return safe(numberOf(getI32(buffer, at), getI32(buffer, at + 4)));
}

export function viewSafeNumber(view: DataView, at: number): number {
  return safe(numberOf(view.getInt32(at), view.getInt32(at + 4)));
}

function safe(number: number): number {
  if (!Number.isSafeInteger(number)) throw new DecodeError('the integer is too large for a number to hold it exactly');
  return number;
}

/** The number of which these are the halves: exact up to 53 bits. */
export function numberOf(high: number, low: number): number {
  return high * 0x100000000 + (low >>> 0);
}

export function viewI64(view: DataView, at: number): bigint {
  return view.getBigInt64(at);
}

/** Writes what {@link toInt64} takes. */
export function writeInt64(writer: Writer, expected: string, value: unknown): void {
  if (Number.isSafeInteger(value)) writer.safeI64(value as number);
  else writer.i64(toInt64(expected, value));
}

/** A signed integer of 64 bits from a bigint, a safe number, a `Long` of the `long` package or a numeric string. */
export function toInt64(expected: string, value: unknown): bigint {
  const exact = toBigInt(value, MAX_TEXT);
  if (exact === undefined) throw misfit(expected, value);
  if (BigInt.asIntN(64, exact) !== exact) throw outOfRange(expected, value);
  return exact;
}
