/** The smallest that has all of its 24 bits. */
const LEAST_NORMAL = 2 ** -126;

/** A number of 32 bits in as few digits as tell it from all others of 32 bits: 0.1, which as one of 64 bits is 0.10000000149011612. */
export function shortestFloat(value: number): number {
  // Whole numbers of up to 24 bits are as short as they can be; so is what is not finite.
  if (Number.isSafeInteger(value) ? Math.abs(value) <= 0x1000000 : !Number.isFinite(value)) return value;
  for (let digits = Math.abs(value) < LEAST_NORMAL ? 1 : 6; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return shorter;
  }
  return Number(value.toPrecision(9));
}

/** The text of a number of 32 bits. */
export function floatText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(shortestFloat(value));
}
