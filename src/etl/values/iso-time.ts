/** What `Date.prototype.toISOString()` writes of years from 0 to 9999: `2026-11-22T00:33:00.000Z`. */
const LENGTH = 24;

const DAYS_OF_MONTHS: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** From the 1st of March of year 0 to the 1st of January of 1970. */
const TO_1970 = 719_468;

/**
 * The milliseconds of such a text; NaN for any other, which may well be a time. Made for one form, and without a Date, as taking texts apart is
 * most of reading a file.
 */
export function isoTime(text: string): number {
  if (text.length !== LENGTH || text[4] !== '-' || text[7] !== '-' || text[10] !== 'T') return NaN;
  if (text[13] !== ':' || text[16] !== ':' || text[19] !== '.' || text[23] !== 'Z') return NaN;
  const hours = digits(text, 11, 2);
  const minutes = digits(text, 14, 2);
  const seconds = digits(text, 17, 2);
  if (!(hours < 24 && minutes < 60 && seconds < 60)) return NaN;
  const days = daysUntil(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2));
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000 + digits(text, 20, 3);
}

/** From 1970; NaN if there is no such day. */
function daysUntil(year: number, month: number, day: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const last = month === 2 && isLeap ? 29 : DAYS_OF_MONTHS[month - 1];
  if (last === undefined || !(day >= 1 && day <= last)) return NaN;
  // Of years that begin in March, so that the day which some of them have more is their last.
  const years = month > 2 ? year : year - 1;
  const months = month > 2 ? month - 3 : month + 9;
  const leapDays = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
  // The months from March on have 31, 30, 31, 30, 31 days, and so again.
  return years * 365 + leapDays + Math.floor((153 * months + 2) / 5) + day - 1 - TO_1970;
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
