/** So many digits a number always holds. */
const SAFE_DIGITS = 15;

const MINUS = 0x2d;
const PLUS = 0x2b;

/**
 * The number that digits with an optional sign stand for, of 15 digits at most; NaN for anything else. `Number()` takes much more for
 * a number: nothing at all, spaces, `0x10`, `1e3`.
 */
export function wholeNumber(text: string): number {
  const sign = text.charCodeAt(0);
  const from = sign === MINUS || sign === PLUS ? 1 : 0;
  const { length } = text;
  if (length === from || length - from > SAFE_DIGITS) return NaN;
  let number = 0;
  for (let at = from; at < length; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return NaN;
    number = number * 10 + digit;
  }
  // 0 and not -0.
  return sign === MINUS && number !== 0 ? -number : number;
}
