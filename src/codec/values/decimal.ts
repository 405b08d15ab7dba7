import { DecodeError } from '../../errors.js';
import { getI32 } from '../reader.js';
import type { ValueCodec } from '../value.js';
import { MAX_DIGITS } from './exact-integer.js';
import { parseDecimalText } from './decimal-text.js';
import { readVarint, writeVarint } from './varint.js';
import { misfit } from './misfit.js';

const EXPECTED = 'a Decimal, a decimal string, a finite number or a bigint';

/**
 * A decimal number, exactly: `unscaled` times ten to the power of `-scale`.
 *
 * @example
 * ```ts
 * Decimal.from('12.50').unscaled; // 1250n
 * Decimal.from('12.50').scale; // 2
 * ```
 */
export class Decimal {
  readonly unscaled: bigint;
  /** From -2^31 to 2^31 - 1: the number of digits after the point; negative for zeros before it. */
  readonly scale: number;

  /** @throws TypeError if `unscaled` is no bigint. @throws RangeError if the scale is not an integer of 32 bits. */
  constructor(unscaled: bigint, scale: number) {
    if (typeof unscaled !== 'bigint') throw new TypeError('The unscaled value of a decimal is a bigint.');
    if ((scale | 0) !== scale) throw new RangeError('The scale of a decimal is an integer of 32 bits.');
    this.unscaled = unscaled;
    this.scale = scale;
  }

  /**
   * The number that a text such as `'-1.50E+3'`, a finite number (by its shortest digits) or a bigint stands for.
   *
   * @throws RangeError if it stands for none.
   */
  static from(value: string | number | bigint): Decimal {
    const decimal = parse(value);
    if (decimal === undefined) throw new RangeError('This is not a decimal number.');
    return decimal;
  }

  /**
   * Every digit, as Java's `BigDecimal` writes it: plainly while the scale is not negative and the first digit is at most
   * six places after the point, otherwise with an exponent, so that a large scale never becomes a long text. The digits of an
   * unscaled value of 64 KiB, the longest that is read, take some 20 ms.
   */
  toString(): string {
    const { unscaled, scale } = this;
    const sign = unscaled < 0n ? '-' : '';
    const digits = (unscaled < 0n ? -unscaled : unscaled).toString();
    const exponent = digits.length - 1 - scale;
    if (scale >= 0 && exponent >= -6) {
      if (scale === 0) return sign + digits;
      const padded = digits.padStart(scale + 1, '0');
      return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
    }
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    return `${sign}${digits[0]!}${fraction}E${exponent < 0 ? '' : '+'}${exponent}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

/** So many digits a number always holds. */
const SAFE_DIGITS = 15;

function parse(value: unknown): Decimal | undefined {
  if (value instanceof Decimal) return value;
  if (typeof value === 'bigint') return new Decimal(value, 0);
  const text = typeof value === 'number' ? String(value) : value;
  const parsed = typeof text === 'string' ? parseDecimalText(text, MAX_DIGITS) : undefined;
  if (parsed === undefined || (parsed.scale | 0) !== parsed.scale) return undefined;
  const { isNegative, digits, scale } = parsed;
  // Reading a bigint from text takes several times as long.
  const unscaled = BigInt(digits.length <= SAFE_DIGITS ? Number(digits) : digits);
  return new Decimal(isNegative ? -unscaled : unscaled, scale);
}

/** An int scale, then the unscaled value as a varint. */
export const decimal: ValueCodec = {
  decode: (buffer, start, end) => {
    if (end === start) return null;
    if (end - start < 5) throw new DecodeError('a decimal has at least 5 bytes');
    return new Decimal(readVarint(buffer, start + 4, end), getI32(buffer, start));
  },
  encode: (writer, value) => {
    const exact = parse(value);
    if (exact === undefined) throw misfit(EXPECTED, value);
    writer.i32(exact.scale);
    writeVarint(writer, exact.unscaled);
  },
};
