/** What `Date.prototype.toISOString()` writes of years from 100 to 9999: `2026-11-22T00:33:00.000Z`. */
const LENGTH = 24;

/** The milliseconds of such a text; NaN for any other, which may well be a time. Made for one form, as taking texts apart is most of reading a file. */
export function isoTime(text: string): number {
  if (text.length !== LENGTH || text[4] !== '-' || text[7] !== '-' || text[10] !== 'T') return NaN;
  if (text[13] !== ':' || text[16] !== ':' || text[19] !== '.' || text[23] !== 'Z') return NaN;
  const day = digits(text, 8, 2);
  const [hours, minutes, seconds] = [digits(text, 11, 2), digits(text, 14, 2), digits(text, 17, 2)];
  const year = digits(text, 0, 4);
  if (!(year >= 100 && hours < 24 && minutes < 60 && seconds < 60)) return NaN;
  const time = Date.UTC(year, digits(text, 5, 2) - 1, day, hours, minutes, seconds, digits(text, 20, 3));
  // The 30th of February would be the 2nd of March.
  return new Date(time).getUTCDate() === day && new Date(time).getUTCFullYear() === year ? time : NaN;
}

function digits(text: string, from: number, count: number): number {
  let number = 0;
  for (let at = from; at < from + count; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return NaN;
    number = number * 10 + digit;
  }
  return number;
}
