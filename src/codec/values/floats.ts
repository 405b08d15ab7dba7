import { getF32, getF64 } from '../reader.js';
import type { ValueCodec } from '../value.js';
import { fixed } from './length.js';
import { misfit } from './misfit.js';

const EXPECTED = 'a number, or a bigint or numeric string that one holds exactly';

function toDouble(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') {
    const number = Number(value);
    if (Number.isFinite(number) && BigInt(number) === value) return number;
  } else if (typeof value === 'string' && isDecimalText(value)) {
    const number = Number(value);
    if (Number.isFinite(number)) return number;
  }
  throw misfit(EXPECTED, value);
}

/** Digits with an optional sign, point and exponent; 1,000 characters at most. */
export function isDecimalText(text: string): boolean {
  return text.length <= 1000 && /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(text);
}

export const double: ValueCodec = {
  decode: fixed(8, getF64),
  encode: (writer, value) => writer.f64(toDouble(value)),
};

/** A number is rounded to 32 bits, as everywhere; one that is finite and would become infinite is refused. */
export const float: ValueCodec = {
  decode: fixed(4, getF32),
  encode: (writer, value) => {
    const number = toDouble(value);
    if (Number.isFinite(number) && !Number.isFinite(Math.fround(number))) {
      throw misfit('a number within the range of 32 bits', value);
    }
    writer.f32(number);
  },
};
