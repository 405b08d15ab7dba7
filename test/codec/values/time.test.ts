import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { time } from '../../../src/codec/values/time.js';
import { BindError, DecodeError } from '../../../src/errors.js';
import { decode, encode, roundTrip, thrownBy } from '../support.js';

const EXPECTED = "expected a time of day as 'HH:MM:SS.nnnnnnnnn' or nanoseconds as a bigint";
const DAY = 86_400_000_000_000n;

describe('time', () => {
  it.each([
    ['00:00:00.000000000', '0000000000000000'],
    ['00:00:00.000000001', '0000000000000001'],
    ['00:00:01.000000000', '000000003b9aca00'],
    ['12:34:56.789012345', '000029327b04bf79'],
    ['23:59:59.999999999', '00004e94914effff'],
  ])('%s is %s, both ways', (text, digits) => {
    expect(encode(time, text)).toBe(digits);
    expect(decode(time, digits)).toBe(text);
  });

  it.each([
    ['01:02', '01:02:00.000000000'],
    ['01:02:03', '01:02:03.000000000'],
    ['01:02:03.4', '01:02:03.400000000'],
    [1n, '00:00:00.000000001'],
    [DAY - 1n, '23:59:59.999999999'],
  ])('%s comes back as %s', (given, canonical) => {
    expect(roundTrip(time, given)).toBe(canonical);
  });

  it('is the time that arithmetic gives, and comes back as it was', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: DAY - 1n }), (nanoseconds) => {
        const digits = nanoseconds.toString(16).padStart(16, '0');
        const text = decode(time, digits) as string;
        const clock = new Date(Number(nanoseconds / 1_000_000n)).toISOString().slice(11, 23);
        expect(text).toBe(clock + String(nanoseconds % 1_000_000n).padStart(6, '0'));
        expect(encode(time, text)).toBe(digits);
        expect(encode(time, nanoseconds)).toBe(digits);
      }),
    );
  });

  it.each([
    '24:00:00',
    '12:60:00',
    '12:00:60',
    '1:02:03',
    '01:02:03.',
    '01:02:03.1234567890',
    '01:02:03Z',
    '-01:02:03',
    '',
    'noon',
  ])('refuses the text %j', (text) => {
    expect(thrownBy(() => encode(time, text))).toEqual(new BindError(`${EXPECTED}, got a string`));
  });

  it.each([
    [-1n, 'a bigint'],
    [DAY, 'a bigint'],
    [0, 'an integer'],
    [new Date(0), 'an object of class Date'],
  ])('refuses %o', (value, given) => {
    expect(thrownBy(() => encode(time, value))).toEqual(new BindError(`${EXPECTED}, got ${given}`));
  });

  it.each(['ffffffffffffffff', '00004e94914f0000', '7fffffffffffffff'])(
    'refuses to read %s, which is not within a day',
    (digits) => {
      expect(thrownBy(() => decode(time, digits))).toEqual(new DecodeError('the time is not within a day'));
    },
  );
});
