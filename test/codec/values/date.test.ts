import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { date } from '../../../src/codec/values/date.js';
import { BindError, DecodeError } from '../../../src/errors.js';
import { decode, encode, roundTrip, thrownBy } from '../support.js';

const EXPECTED = "expected a day as 'YYYY-MM-DD', a valid Date (its UTC day) or a plain date";
const DAY = 86_400_000;

/** The bytes of a number of days since the epoch: unsigned, the epoch in the middle. */
const digitsOf = (days: number): string => (days + 2 ** 31).toString(16).padStart(8, '0');

describe('date', () => {
  it.each([
    ['1970-01-01', '80000000'],
    ['1970-01-02', '80000001'],
    ['1969-12-31', '7fffffff'],
    ['2000-02-29', '80002b08'],
    ['0000-01-01', '7ff50558'],
    ['9999-12-31', '802cc0a0'],
    ['+010000-01-01', '802cc0a1'],
    ['-000001-12-31', '7ff50557'],
    ['+5881580-07-11', 'ffffffff'],
    ['-5877641-06-23', '00000000'],
  ])('%s is %s, both ways', (day, digits) => {
    expect(encode(date, day)).toBe(digits);
    expect(decode(date, digits)).toBe(day);
  });

  it('is the day that Date makes of it, within the range of Date', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e8, max: 1e8 }), (days) => {
        const instant = new Date(days * DAY);
        const [day] = instant.toISOString().split('T') as [string];
        expect(decode(date, digitsOf(days))).toBe(day);
        expect(encode(date, day)).toBe(digitsOf(days));
        expect(encode(date, instant)).toBe(digitsOf(days));
      }),
      { numRuns: 1000 },
    );
  });

  it('comes back as it was over the whole range of the type', () => {
    fc.assert(
      fc.property(fc.integer(), (days) => {
        expect(encode(date, decode(date, digitsOf(days)))).toBe(digitsOf(days));
      }),
      { numRuns: 1000 },
    );
  });

  it('comes back as it was on every day of 400 years', () => {
    let previous = '';
    for (let days = 0; days < 146_097; days++) {
      const day = decode(date, digitsOf(days)) as string;
      if (day <= previous || encode(date, day) !== digitsOf(days)) expect.unreachable(day);
      previous = day;
    }
    expect(previous).toBe('2369-12-31');
  });

  it('is taken from the UTC day of a Date, whatever the time', () => {
    expect(encode(date, new Date('2023-05-17T00:00:00.000Z'))).toBe(encode(date, '2023-05-17'));
    expect(encode(date, new Date('2023-05-17T23:59:59.999Z'))).toBe(encode(date, '2023-05-17'));
    expect(encode(date, new Date('1969-12-31T23:59:59.999Z'))).toBe('7fffffff');
  });

  it('is taken from a plain date, such as Temporal’s', () => {
    expect(encode(date, { year: 2000, month: 2, day: 29 })).toBe('80002b08');
    expect(encode(date, { year: -1, month: 12, day: 31 })).toBe('7ff50557');
  });

  it('is taken from a year with more digits than it needs', () => {
    expect(encode(date, '+001970-01-01')).toBe('80000000');
    expect(roundTrip(date, '-000000-01-01')).toBe('0000-01-01');
  });

  it.each([
    '2023-02-29',
    '1900-02-29',
    '2023-04-31',
    '2023-00-01',
    '2023-13-01',
    '2023-01-00',
    '2023-01-32',
    '2023-1-1',
    '23-01-01',
    '2023-01-01T00:00:00Z',
    '2023/01/01',
    ' 2023-01-01',
    'today',
    '',
    '+5881580-07-12',
    '-5877641-06-22',
  ])('refuses %j', (text) => {
    expect(thrownBy(() => encode(date, text))).toEqual(new BindError(`${EXPECTED}, got a string`));
  });

  it.each([
    [new Date(NaN), 'an object of class Date'],
    [0, 'an integer'],
    [0n, 'a bigint'],
    [{ year: 2023, month: 2, day: 29 }, 'an object'],
    [{ year: 2023.5, month: 1, day: 1 }, 'an object'],
    [{ year: NaN, month: 1, day: 1 }, 'an object'],
    [{ year: 2023, month: 1 }, 'an object'],
    [{ year: 5784, month: 1, day: 1, calendarId: 'hebrew' }, 'an object'],
    [{ year: 2023, month: 1, day: 1, hour: 12, minute: 0 }, 'an object'],
  ])('refuses %o', (value, given) => {
    expect(thrownBy(() => encode(date, value))).toEqual(new BindError(`${EXPECTED}, got ${given}`));
  });

  it.each([undefined, 'iso8601'])('takes a plain date whose calendar is %s', (calendarId) => {
    expect(roundTrip(date, { year: 2023, month: 2, day: 28, calendarId })).toBe('2023-02-28');
  });

  it('refuses to read another number of bytes', () => {
    expect(thrownBy(() => decode(date, '800000'))).toEqual(new DecodeError('expected 4 bytes, got 3'));
  });
});
