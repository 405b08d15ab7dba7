/** A decimal number that was text: its digits times ten to the power of `-scale`. */
export interface DecimalText {
  readonly isNegative: boolean;
  /** At least one; zeros before them are kept. */
  readonly digits: string;
  readonly scale: number;
}

/** Reads digits with an optional sign, point and exponent, at most `longest` characters; undefined if the text is anything else. */
export function parseDecimalText(text: string, longest: number): DecimalText | undefined {
  const { length } = text;
  if (length > longest) return undefined;
  const first = text.charCodeAt(0);
  const start = first === PLUS || first === MINUS ? 1 : 0;
  const point = skipDigits(text, start);
  let end = point;
  if (text.charCodeAt(end) === POINT) end = skipDigits(text, end + 1);
  const fraction = text.slice(point + 1, end);
  const digits = text.slice(start, point) + fraction;
  if (digits === '') return undefined;
  let scale = fraction.length;
  if (end < length) {
    if ((text.charCodeAt(end) | 0x20) !== E) return undefined;
    const sign = text.charCodeAt(end + 1);
    const from = sign === PLUS || sign === MINUS ? end + 2 : end + 1;
    if (from === length || skipDigits(text, from) < length) return undefined;
    scale -= Number(text.slice(end + 1));
  }
  return { isNegative: first === MINUS, digits, scale };
}

const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const E = 0x65;

/** Where the digits that begin at `at` end. */
function skipDigits(text: string, at: number): number {
  let end = at;
  for (;;) {
    const code = text.charCodeAt(end);
    if (!(code >= 0x30 && code <= 0x39)) return end;
    end++;
  }
}
