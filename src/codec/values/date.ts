import { getI32 } from '../reader.js';
import type { ValueCodec } from '../value.js';
import { fixed } from './length.js';
import { misfit } from './misfit.js';

const EXPECTED = "a day as 'YYYY-MM-DD', a valid Date (its UTC day) or a plain date";
const MILLISECONDS_PER_DAY = 86_400_000;

// The Gregorian calendar repeats every 400 years, of which a year that begins in March puts the leap day last.
const DAYS_PER_ERA = 146_097;
/** Days from 0000-03-01 to the epoch. */
const EPOCH_OFFSET = 719_468;

function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * DAYS_PER_ERA + dayOfEra - EPOCH_OFFSET;
}

function civilFromDays(days: number): [year: number, month: number, day: number] {
  const z = days + EPOCH_OFFSET;
  const era = Math.floor(z / DAYS_PER_ERA);
  const dayOfEra = z - era * DAYS_PER_ERA;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return [year, month, dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1];
}

/** Four digits where they do; outside 0000 to 9999 a sign and at least six, as ISO 8601 has it. */
function formatYear(year: number): string {
  if (year >= 0 && year <= 9999) return String(year).padStart(4, '0');
  return (year < 0 ? '-' : '+') + String(Math.abs(year)).padStart(6, '0');
}

function format(days: number): string {
  const [year, month, day] = civilFromDays(days);
  return `${formatYear(year)}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

const TEXT = /^([+-]?\d{4,7})-(\d\d)-(\d\d)$/;

function toDays(value: unknown): number {
  if (typeof value === 'string') {
    const match = TEXT.exec(value);
    if (match) return civil(Number(match[1]), Number(match[2]), Number(match[3]), value);
  } else if (value instanceof Date) {
    const time = value.getTime();
    if (!Number.isNaN(time)) return Math.floor(time / MILLISECONDS_PER_DAY);
  } else if (isPlainDate(value)) {
    return civil(value.year, value.month, value.day, value);
  }
  throw misfit(EXPECTED, value);
}

/** Not what has a time of day, which would be lost, and not in another calendar, whose years and months are others. */
function isPlainDate(value: unknown): value is { year: number; month: number; day: number } {
  if (typeof value !== 'object' || value === null) return false;
  if (!('year' in value && 'month' in value && 'day' in value) || 'hour' in value) return false;
  return !('calendarId' in value) || value.calendarId === undefined || value.calendarId === 'iso8601';
}

/** The number of a day that exists: 2023-02-29 would come back as another. */
function civil(year: number, month: number, day: number, value: unknown): number {
  const days = daysFromCivil(year, month, day);
  const [y, m, d] = civilFromDays(days);
  if (y !== year || m !== month || d !== day || days < -0x80000000 || days > 0x7fffffff) throw misfit(EXPECTED, value);
  return days;
}

/** An unsigned number of days in which 2^31 is the epoch; adding 2^31 to 32 bits is turning over the first. */
export const date: ValueCodec = {
  ...fixed(4, (buffer, at) => format(getI32(buffer, at) ^ 0x80000000)),
  encode: (writer, value) => writer.i32(toDays(value) ^ 0x80000000),
};
