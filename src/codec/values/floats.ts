import { getF32, getF64 } from '../reader.js';
import type { ValueCodec } from '../value.js';
import { isIntegerText } from './exact-integer.js';
import { fixed } from './length.js';
import { misfit } from './misfit.js';

const EXPECTED = 'a number, or a bigint or numeric string that one holds exactly';

/** What stands for a number: integers that are not numbers already only if `round`, to 32 or 64 bits, loses nothing of them. */
function toNumber(value: unknown, round: (number: number) => number): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint' || (typeof value === 'string' && isIntegerText(value, MAX_TEXT))) {
    const number = round(Number(value));
    if (Number.isFinite(number) && BigInt(number) === BigInt(value)) return number;
  } else if (typeof value === 'string' && isDecimalText(value, MAX_TEXT)) {
    const number = Number(value);
    if (Number.isFinite(number)) return number;
  }
  throw misfit(EXPECTED, value);
}

const MAX_TEXT = 1000;

/** Digits with an optional sign, point and exponent, at most `longest` characters. */
export function isDecimalText(text: string, longest: number): boolean {
  return text.length <= longest && /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(text);
}

export const double: ValueCodec = {
  ...fixed(8, getF64),
  encode: (writer, value) => writer.f64(toNumber(value, Number)),
};

/** A number is rounded to 32 bits, as everywhere; one that is finite and would become infinite is refused. */
export const float: ValueCodec = {
  ...fixed(4, getF32),
  encode: (writer, value) => {
    const number = toNumber(value, Math.fround);
    if (Number.isFinite(number) && !Number.isFinite(Math.fround(number))) {
      throw misfit('a number within the range of 32 bits', value);
    }
    writer.f32(number);
  },
};
