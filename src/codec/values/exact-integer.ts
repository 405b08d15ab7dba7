/** An integer of 64 KiB has this many digits; a longer text takes seconds to read, for a value that no server needs. */
export const MAX_DIGITS = 157_828;

/** An optional sign and digits, at most `longest` characters. */
export function isIntegerText(text: string, longest: number): boolean {
  return text.length <= longest && /^[+-]?\d+$/.test(text);
}

/**
 * The integer that a bigint, a safe number, a numeric string of at most `longest` characters or a `Long` stands for; undefined if
 * it is none of them.
 */
export function toBigInt(value: unknown, longest: number): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  if (typeof value === 'string') return isIntegerText(value, longest) ? BigInt(value) : undefined;
  return isLong(value) ? fromLong(value) : undefined;
}

/** What the `long` package makes, of whatever version or copy of it. */
interface LongLike {
  readonly high: number;
  readonly low: number;
  readonly unsigned: boolean;
}

function isLong(value: unknown): value is LongLike {
  if (typeof value !== 'object' || value === null || !('__isLong__' in value)) return false;
  const { high, low } = value as Partial<LongLike>;
  return isInt32(high) && isInt32(low);
}

function isInt32(value: number | undefined): boolean {
  return value !== undefined && (value | 0) === value;
}

function fromLong(value: LongLike): bigint {
  const bits = (BigInt(value.high) << 32n) | BigInt(value.low >>> 0);
  return value.unsigned ? BigInt.asUintN(64, bits) : bits;
}
