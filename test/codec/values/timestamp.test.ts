import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timestamp } from '../../../src/codec/values/timestamp.js';
import { BindError, DecodeError } from '../../../src/errors.js';
import { decode, encode, roundTrip, thrownBy } from '../support.js';

const EXPECTED = 'expected a valid Date, milliseconds, an ISO 8601 string with a time zone or an instant';

/** The bytes of a number of milliseconds. */
const digitsOf = (milliseconds: number | bigint): string =>
  BigInt.asUintN(64, BigInt(milliseconds)).toString(16).padStart(16, '0');

describe('timestamp', () => {
  it.each([
    ['1970-01-01T00:00:00.000Z', '0000000000000000'],
    ['1969-12-31T23:59:59.999Z', 'ffffffffffffffff'],
    ['2023-11-14T22:13:20.000Z', '0000018bcfe56800'],
    ['+275760-09-13T00:00:00.000Z', '001eb208c2dc0000'],
    ['-271821-04-20T00:00:00.000Z', 'ffe14df73d240000'],
  ])('%s is %s, both ways', (text, digits) => {
    expect(encode(timestamp, new Date(text))).toBe(digits);
    expect(encode(timestamp, text)).toBe(digits);
    expect(decode(timestamp, digits)).toEqual(new Date(text));
  });

  it('comes back as it was, from whatever it was taken', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (date) => {
        const time = date.getTime();
        for (const given of [date, time, BigInt(time), date.toISOString(), { epochMilliseconds: time }]) {
          expect(encode(timestamp, given)).toBe(digitsOf(time));
          expect(roundTrip(timestamp, given)).toEqual(date);
        }
      }),
    );
  });

  it.each([
    ['2023-05-17', '2023-05-17T00:00:00.000Z'],
    ['2023-05-17T10:20Z', '2023-05-17T10:20:00.000Z'],
    ['2023-05-17 10:20:30Z', '2023-05-17T10:20:30.000Z'],
    ['2023-05-17T10:20:30.1Z', '2023-05-17T10:20:30.100Z'],
    ['2023-05-17T10:20:30.123000000Z', '2023-05-17T10:20:30.123Z'],
    ['2023-05-17T10:20:30+02:00', '2023-05-17T08:20:30.000Z'],
    ['2023-05-17T10:20:30-0930', '2023-05-17T19:50:30.000Z'],
    ['2023-05-17T24:00Z', '2023-05-18T00:00:00.000Z'],
    ['2024-02-29T00:00Z', '2024-02-29T00:00:00.000Z'],
    ['0000-01-01T00:00Z', '0000-01-01T00:00:00.000Z'],
    ['0001-01-01T00:00-0100', '0001-01-01T01:00:00.000Z'],
    ['+012345-01-01', '+012345-01-01T00:00:00.000Z'],
    ['-000001-01-01T00:00+0100', '-000002-12-31T23:00:00.000Z'],
  ])('is taken from the text %s', (text, expected) => {
    expect((roundTrip(timestamp, text) as Date).toISOString()).toBe(expected);
  });

  it.each([
    ['a time without a zone, which would be that of whoever runs this', '2023-05-17T10:20:30'],
    ['a day that is not', '2023-02-30'],
    ['the 29th of February of a common year', '2023-02-29T00:00Z'],
    ['a day that is not, with a zone', '2023-04-31T00:00+0100'],
    ['the 13th month', '2023-13-01'],
    ['the 25th hour', '2023-05-17T25:00Z'],
    ['the 60th minute', '2023-05-17T10:60Z'],
    ['a zone beyond a day', '2023-05-17T10:00+25:00'],
    ['a year of five digits', '12345-01-01'],
    ['a year of four digits and a sign', '-2020-01-01'],
    ['the year minus zero', '-000000-01-01'],
    ['a year beyond the range of Date', '+999999-01-01'],
    ['milliseconds', '1700000000000'],
    ['a date as people write it', '17 May 2023'],
    ['nothing', ''],
  ])('refuses as text %s', (_, text) => {
    expect(thrownBy(() => encode(timestamp, text))).toEqual(new BindError(`${EXPECTED}, got a string`));
  });

  it('takes a fraction of nine digits only if it loses none of them', () => {
    const at = (fraction: string): string => `2023-11-14T22:13:20.${fraction}Z`;
    for (const fraction of ['123', '123000', '123000000', '12', '1000']) {
      expect(encode(timestamp, at(fraction))).toBe(
        digitsOf(Date.UTC(2023, 10, 14, 22, 13, 20, Number(`0.${fraction}`) * 1e3)),
      );
    }
    for (const fraction of ['1234', '123456789', '000000001', '1230000000']) {
      expect(() => encode(timestamp, at(fraction)), fraction).toThrow(BindError);
    }
  });

  it('refuses a day that is not, of any year', () => {
    const year = fc.integer({ min: 0, max: 9999 }).map((n) => String(n).padStart(4, '0'));
    fc.assert(
      fc.property(year, fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 31 }), (y, month, day) => {
        const text = `${y}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
        const date = new Date(0);
        date.setUTCFullYear(Number(y), month - 1, day);
        if (date.getUTCDate() === day) expect(encode(timestamp, text)).toBe(digitsOf(date.getTime()));
        else expect(() => encode(timestamp, text)).toThrow(BindError);
      }),
    );
  });

  it.each([
    ['an invalid Date', new Date(NaN), 'an object of class Date'],
    ['NaN', NaN, 'a number that is not finite'],
    ['a fraction', 1.5, 'a number with a fraction'],
    ['a number that may have been rounded', 2 ** 53, 'an unsafe integer'],
    ['a boolean', true, 'a boolean'],
    ['an object', {}, 'an object'],
  ])('refuses %s rather than write the epoch', (_, value, given) => {
    const message = thrownBy(() => encode(timestamp, value)).message;
    expect(message.startsWith(`${EXPECTED}, got `)).toBe(true);
    if (!(value instanceof Date)) expect(message).toBe(`${EXPECTED}, got ${given}`);
  });

  it('refuses milliseconds beyond 64 bits rather than wrap them', () => {
    expect(thrownBy(() => encode(timestamp, 2n ** 63n))).toEqual(
      new BindError(`${EXPECTED}, got a bigint out of range`),
    );
  });

  it('is written beyond the range of Date, but not read: that would be an Invalid Date', () => {
    const error = new DecodeError('the timestamp lies beyond the range of a Date');
    for (const milliseconds of [8_640_000_000_000_001n, -8_640_000_000_000_001n, 2n ** 63n - 1n, -(2n ** 63n)]) {
      expect(encode(timestamp, milliseconds)).toBe(digitsOf(milliseconds));
      expect(thrownBy(() => decode(timestamp, digitsOf(milliseconds)))).toEqual(error);
    }
  });
});
