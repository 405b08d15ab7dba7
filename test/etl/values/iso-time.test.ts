import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoTime } from '../../../src/etl/values/iso-time.js';

const pad = (number: number, length: number): string => String(number).padStart(length, '0');

describe('isoTime()', () => {
  it('reads what a Date writes', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }), (date) => {
        expect(isoTime(date.toISOString())).toBe(date.getTime());
      }),
    ); // prettier-ignore
    for (const day of ['0000-02-29', '1600-02-29', '1900-02-28', '1970-01-01', '2000-02-29', '2024-12-31']) {
      expect(isoTime(`${day}T00:00:00.000Z`)).toBe(Date.parse(`${day}T00:00:00.000Z`));
    }
  });

  it('knows which days there are', () => {
    fc.assert(
      fc.property(fc.nat(9999), fc.nat(99), fc.nat(99), (year, month, day) => {
        const text = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T12:34:56.789Z`;
        const date = new Date(text);
        // A Date takes the 30th of February for the 2nd of March.
        const exists = !Number.isNaN(date.getTime()) && date.toISOString() === text;
        expect(isoTime(text)).toBe(exists ? date.getTime() : NaN);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    '2026-11-22T24:00:00.000Z',
    '2026-11-22T00:60:00.000Z',
    '2026-11-22T00:00:60.000Z',
    '2026-11-22T00:00:00.00xZ',
    '2026-11-22 00:00:00.000Z',
    '2026-11-22T00:00:00.000z',
    '2026-11-22T00:00:00Z',
    '+026-11-22T00:00:00.000Z',
    '',
  ])('leaves %j to others', (text) => expect(isoTime(text)).toBeNaN());
});
