import { getF32, getF64 } from '../reader.js';
import type { ValueCodec } from '../value.js';
import { type DecimalText, parseDecimalText } from './decimal-text.js';
import { isIntegerText } from './exact-integer.js';
import { fixed } from './length.js';
import { misfit } from './misfit.js';

const EXPECTED = 'a number, or a bigint or numeric string that one holds exactly';

/** What is text or a bigint is not longer than this: no number has so many digits. */
const MAX_TEXT = 1000;

/**
 * What stands for a number. An integer that is none already must be held exactly once `round` has made 32 or 64 bits of it, unless
 * it is written with a point or an exponent and no more than `digits`, which always survive. A fraction is rounded, as every
 * number is, but never to nothing.
 */
function toNumber(value: unknown, round: (number: number) => number, digits: number): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint' || (typeof value === 'string' && isIntegerText(value, MAX_TEXT))) {
    const number = round(Number(value));
    if (Number.isFinite(number) && BigInt(number) === BigInt(value)) return number;
  } else if (typeof value === 'string') {
    const decimal = parseDecimalText(value, MAX_TEXT);
    const number = round(Number(value));
    if (decimal !== undefined && Number.isFinite(number) && holds(number, decimal, digits)) return number;
  }
  throw misfit(EXPECTED, value);
}

function holds(number: number, { digits, scale }: DecimalText, safe: number): boolean {
  let from = 0;
  while (digits[from] === '0') from++;
  if (from === digits.length) return true;
  if (number === 0) return false;
  let end = digits.length;
  while (digits[end - 1] === '0') end--;
  const zeros = digits.length - end - scale;
  if (zeros < 0 || end - from <= safe) return true;
  const magnitude = BigInt(digits.slice(from, end)) * 10n ** BigInt(zeros);
  return BigInt(Math.abs(number)) === magnitude;
}

export const double: ValueCodec = {
  ...fixed(8, getF64, (view, at) => view.getFloat64(at)),
  encode: (writer, value) => writer.f64(toNumber(value, Number, 15)),
};

/** A number is rounded to 32 bits, as everywhere; one that is finite and would become infinite is refused. */
export const float: ValueCodec = {
  ...fixed(4, getF32, (view, at) => view.getFloat32(at)),
  encode: (writer, value) => {
    const number = toNumber(value, Math.fround, 6);
    if (Number.isFinite(number) && !Number.isFinite(Math.fround(number))) {
      throw misfit('a number within the range of 32 bits', value);
    }
    writer.f32(number);
  },
};
