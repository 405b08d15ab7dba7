/** Digits, signs, a point and an exponent: of such, `Number()` takes numbers only. */
function isDecimalText(text: string): boolean {
  const { length } = text;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    const isDigit = code >= 0x30 && code <= 0x39;
    if (!isDigit && code !== 0x2e && code !== 0x2d && code !== 0x2b && code !== 0x65 && code !== 0x45) return false;
  }
  return length > 0;
}

/** The number nearest to a decimal text; `NaN`, `Infinity` and `-Infinity` are what they say. Undefined for anything else, and for what is too large. */
export function floatingNumber(text: string): number | undefined {
  if (isDecimalText(text)) {
    const number = Number(text);
    return Number.isFinite(number) ? number : undefined;
  }
  switch (text) {
    case 'NaN':
      return NaN;
    case 'Infinity':
      return Infinity;
    case '-Infinity':
      return -Infinity;
    default:
      return undefined;
  }
}
