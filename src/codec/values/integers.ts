import { getI32, getU16 } from '../reader.js';
import type { ValueCodec } from '../value.js';
import { isIntegerText } from './exact-integer.js';
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

const toTinyint = small('an integer from -128 to 127', -0x80, 0x7f);
const toSmallint = small('an integer from -32768 to 32767', -0x8000, 0x7fff);
const toInt = small('an integer from -2147483648 to 2147483647', -0x80000000, 0x7fffffff);

export const tinyint: ValueCodec = {
  ...fixed(1, (buffer, at) => (buffer[at]! << 24) >> 24),
  encode: (writer, value) => writer.u8(toTinyint(value)),
};

export const smallint: ValueCodec = {
  ...fixed(2, (buffer, at) => (getU16(buffer, at) << 16) >> 16),
  encode: (writer, value) => writer.u16(toSmallint(value)),
};

export const int: ValueCodec = {
  ...fixed(4, getI32, (view, at) => view.getInt32(at)),
  encode: (writer, value) => writer.i32(toInt(value)),
};
