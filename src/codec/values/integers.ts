import { DecodeError } from '../../errors.js';
import { getI32, getI64, getU16 } from '../reader.js';
import type { ValueCodec } from '../value.js';
import type { Writer } from '../writer.js';
import { fixed } from './length.js';
import { misfit, outOfRange } from './misfit.js';

/** Converts what stands for an integer exactly; nothing is rounded, wrapped or cut off. */
function small(expected: string, least: number, most: number): (value: unknown) => number {
  return (value) => {
    const number = typeof value === 'number' ? value : numberFrom(value);
    if (!Number.isInteger(number)) throw misfit(expected, value);
    if (number < least || number > most) throw outOfRange(expected, value);
    return number;
  };
}

/** The number that a bigint or a numeric string stands for, NaN for anything else. */
function numberFrom(value: unknown): number {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'string' && isIntegerText(value, 20) ? Number(value) : NaN;
}

/** An optional sign and digits, at most `longest` characters. */
export function isIntegerText(text: string, longest: number): boolean {
  return text.length <= longest && /^[+-]?\d+$/.test(text);
}

const toTinyint = small('an integer from -128 to 127', -0x80, 0x7f);
const toSmallint = small('an integer from -32768 to 32767', -0x8000, 0x7fff);
const toInt = small('an integer from -2147483648 to 2147483647', -0x80000000, 0x7fffffff);

export const tinyint: ValueCodec = {
  decode: fixed(1, (buffer, at) => (buffer[at]! << 24) >> 24),
  encode: (writer, value) => writer.u8(toTinyint(value)),
};

export const smallint: ValueCodec = {
  decode: fixed(2, (buffer, at) => (getU16(buffer, at) << 16) >> 16),
  encode: (writer, value) => writer.u16(toSmallint(value)),
};

export const int: ValueCodec = {
  decode: fixed(4, getI32),
  encode: (writer, value) => writer.i32(toInt(value)),
};

/** Also the counter's. */
export const bigint: ValueCodec = {
  decode: fixed(8, getI64),
  encode: (writer, value) => writer.i64(toInt64('an integer of 64 bits (bigint, safe number, Long or string)', value)),
};

/** A signed integer of 64 bits from a bigint, a safe number, a `Long` of the `long` package or a numeric string. */
export function toInt64(expected: string, value: unknown): bigint {
  const exact = toBigInt(value);
  if (exact === undefined) throw misfit(expected, value);
  if (BigInt.asIntN(64, exact) !== exact) throw outOfRange(expected, value);
  return exact;
}

function toBigInt(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  if (typeof value === 'string') return isIntegerText(value, MAX_DIGITS) ? BigInt(value) : undefined;
  return isLong(value) ? fromLong(value) : undefined;
}

/** What the `long` package makes, of whatever version or copy of it. */
interface Long {
  readonly high: number;
  readonly low: number;
  readonly unsigned: boolean;
}

function isLong(value: unknown): value is Long {
  return typeof value === 'object' && value !== null && (value as { __isLong__?: unknown }).__isLong__ === true;
}

function fromLong(value: Long): bigint {
  const bits = (BigInt(value.high) << 32n) | BigInt(value.low >>> 0);
  return value.unsigned ? BigInt.asUintN(64, bits) : bits;
}

/** A varint longer than this takes seconds to turn into digits: such a value is refused in either direction. */
const MAX_VARINT_LENGTH = 64 * 1024;

/** A sign and as many digits as {@link MAX_VARINT_LENGTH} bytes can hold. */
const MAX_DIGITS = 157_828;

export const varint: ValueCodec = {
  decode: (buffer, start, end) => (end === start ? null : readVarint(buffer, start, end)),
  encode: (writer, value) => {
    const exact = toBigInt(value);
    if (exact === undefined) throw misfit('an integer (bigint, safe number or string)', value);
    writeVarint(writer, exact);
  },
};

/** Two's complement, big-endian, of any length. */
export function readVarint(buffer: Buffer, start: number, end: number): bigint {
  const length = end - start;
  if (length <= 0) throw new DecodeError('an integer needs at least one byte');
  if (length <= 4) return BigInt((getI32Left(buffer, start, length) << (32 - 8 * length)) >> (32 - 8 * length));
  if (length === 8) return getI64(buffer, start);
  if (length > MAX_VARINT_LENGTH) throw new DecodeError(`an integer of ${length} bytes is longer than is accepted`);
  return BigInt.asIntN(8 * length, BigInt(`0x${buffer.toString('hex', start, end)}`));
}

function getI32Left(buffer: Buffer, start: number, length: number): number {
  let value = 0;
  for (let i = 0; i < length; i++) value = (value << 8) | buffer[start + i]!;
  return value;
}

/** Two's complement, big-endian, in as few bytes as hold the sign. */
export function writeVarint(writer: Writer, value: bigint): void {
  // -n - 1 needs as many bits without a sign as n does with one.
  const magnitude = value < 0n ? -value - 1n : value;
  const hexDigits = magnitude.toString(16);
  const bits = hexDigits.length * 4 - Math.clz32(parseInt(hexDigits[0]!, 16)) + 28;
  const length = (bits >>> 3) + 1;
  if (length > MAX_VARINT_LENGTH) throw outOfRange(`an integer of at most ${MAX_VARINT_LENGTH} bytes`, value);
  const hex = BigInt.asUintN(length * 8, value)
    .toString(16)
    .padStart(length * 2, '0');
  writer.bytes(Buffer.from(hex, 'hex'));
}
