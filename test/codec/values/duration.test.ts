import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Duration, duration } from '../../../src/codec/values/duration.js';
import { BindError, DecodeError } from '../../../src/errors.js';
import { decode, encode, roundTrip, thrownBy } from '../support.js';

const HOUR = 3_600_000_000_000n;

/** Durations of either sign over the whole range of their parts. */
const anyDuration = fc
  .tuple(
    fc.nat({ max: 2 ** 31 - 1 }),
    fc.nat({ max: 2 ** 31 - 1 }),
    fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
    fc.boolean(),
  )
  .map(([months, days, nanoseconds, negative]) =>
    // One more fits below zero than above.
    negative ? new Duration(-months - 1, -days - 1, -nanoseconds - 1n) : new Duration(months, days, nanoseconds),
  );

describe('Duration', () => {
  it.each([
    [0, 0, 0n, 'PT0S'],
    [14, 3, 4n * HOUR, 'P1Y2M3DT4H'],
    [12, 0, 0n, 'P1Y'],
    [1, 0, 0n, 'P1M'],
    [0, 1, 0n, 'P1D'],
    [0, 0, 60_000_000_000n, 'PT1M'],
    [0, 0, 5_500_000_000n, 'PT5.5S'],
    [0, 0, 1n, 'PT0.000000001S'],
    [0, 0, 25n * HOUR + 61_000_000_007n, 'PT25H1M1.000000007S'],
    [-14, -3, -4n * HOUR, '-P1Y2M3DT4H'],
    [-1, 0, 0n, '-P1M'],
    [0, -1, 0n, '-P1D'],
    [0, 0, -1n, '-PT0.000000001S'],
    [2_147_483_647, 2_147_483_647, 0n, 'P178956970Y7M2147483647D'],
    [-2_147_483_648, -2_147_483_648, -(2n ** 63n), '-P178956970Y8M2147483648DT2562047H47M16.854775808S'],
  ])('of %i months, %i days and %i ns prints as %s, and is read back from that', (months, days, nanoseconds, text) => {
    const value = new Duration(months, days, nanoseconds);
    expect(value.toString()).toBe(text);
    expect(JSON.stringify(value)).toBe(`"${text}"`);
    expect(Duration.parse(text)).toEqual(value);
  });

  it('is read back from what it prints', () => {
    fc.assert(
      fc.property(anyDuration, (value) => {
        expect(Duration.parse(value.toString())).toEqual(value);
      }),
    );
  });

  it.each([
    ['1y2mo3d4h', 14, 3, 4n * HOUR],
    ['1w', 0, 7, 0n],
    ['1m', 0, 0, 60_000_000_000n],
    ['1mo', 1, 0, 0n],
    ['1s1ms1us1ns', 0, 0, 1_001_001_001n],
    ['1µs', 0, 0, 1000n],
    ['1H30M', 0, 0, HOUR + HOUR / 2n],
    ['-2d', 0, -2, 0n],
    ['P2W', 0, 14, 0n],
    ['P1Y2M3W4D', 14, 25, 0n],
    ['PT36H', 0, 0, 36n * HOUR],
    ['PT0.5S', 0, 0, 500_000_000n],
    ['-P1M', -1, 0, 0n],
    ['0s', 0, 0, 0n],
    ['-PT0S', 0, 0, 0n],
    [`${'0'.repeat(198)}1d`, 0, 1, 0n],
  ])('is read from %s', (text, months, days, nanoseconds) => {
    expect(Duration.parse(text)).toEqual(new Duration(months, days, nanoseconds));
  });

  it.each([
    '',
    '-',
    'P',
    'PT',
    'P1DT',
    '1',
    'd',
    '1x',
    '1d2',
    '1h1d',
    '1d1d',
    '1 d',
    '1.5h',
    '--1d',
    '+1d',
    'P-1D',
    'P1.5D',
    'PT1.0000000001S',
    'p1d',
    'P1D ',
    `${'0'.repeat(199)}1d`,
    '2147483648d',
    '1y2147483647mo',
    '9223372036854775808ns',
  ])('is not read from %j', (text) => {
    expect(() => Duration.parse(text)).toThrow(RangeError);
  });

  it.each<[string, number, number, bigint]>([
    ['signs that differ', 1, -1, 0n],
    ['signs that differ', 0, 1, -1n],
    ['signs that differ', -1, 0, 1n],
    ['a fraction of a month', 0.5, 0, 0n],
    ['days that are no number', 0, NaN, 0n],
    ['too many months', 2 ** 31, 0, 0n],
    ['too many days', 0, -(2 ** 31) - 1, 0n],
    ['too many nanoseconds', 0, 0, 2n ** 63n],
    ['too few nanoseconds', 0, 0, -(2n ** 63n) - 1n],
  ])('has no %s', (_, months, days, nanoseconds) => {
    expect(() => new Duration(months, days, nanoseconds)).toThrow(RangeError);
  });

  it('knows no minus zero', () => {
    expect(new Duration(-0, -0, 0n)).toEqual(new Duration(0, 0, 0n));
  });
});

describe('new Duration', () => {
  it('wants a bigint of nanoseconds, and does not tell what else it was given', () => {
    expect(thrownBy(() => new Duration(1, 2, 987_654_321 as unknown as bigint))).toEqual(
      new TypeError('The nanoseconds of a duration are a bigint.'),
    );
  });
});

describe('the other form of ISO 8601', () => {
  it.each([
    ['P0001-02-03T04:05:06', 'P1Y2M3DT4H5M6S'],
    ['-P0001-02-03T04:05:06', '-P1Y2M3DT4H5M6S'],
    ['P0000-00-00T00:00:00', 'PT0S'],
  ])('%s is %s', (text, same) => {
    expect(Duration.parse(text).toString()).toBe(same);
  });

  it.each(['P001-02-03T04:05:06', 'P0001-2-3T4:5:6', 'P0001-02-03', 'P0001-02-03T04:05:06.5'])('%s is none', (text) => {
    expect(() => Duration.parse(text)).toThrow(RangeError);
  });
});

describe('duration', () => {
  // Native protocol v5, section 6.8: three vints.
  it.each([
    [new Duration(0, 0, 0n), '000000'],
    [new Duration(1, 2, 3n), '020406'],
    [new Duration(-1, -2, -3n), '010305'],
    [new Duration(0, 0, 128_000n), '0000c3e800'],
    [new Duration(2_147_483_647, 0, 0n), 'f0fffffffe0000'],
    [new Duration(-2_147_483_648, 0, 0n), 'f0ffffffff0000'],
    [new Duration(0, 0, 2n ** 63n - 1n), '0000fffffffffffffffffe'],
    [new Duration(0, 0, -(2n ** 63n)), '0000ffffffffffffffffff'],
  ])('%s is %s, both ways', (value, digits) => {
    expect(encode(duration, value)).toBe(digits);
    expect(decode(duration, digits)).toEqual(value);
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(anyDuration, (value) => {
        expect(roundTrip(duration, value)).toEqual(value);
        expect(encode(duration, value.toString())).toBe(encode(duration, value));
      }),
    );
  });

  it.each([
    ['1 day', 'a string'],
    ['', 'a string'],
    [1, 'an integer'],
    [1n, 'a bigint'],
    [{ months: 1, days: 0, nanoseconds: 0n }, 'an object'],
  ])('refuses %o', (value, given) => {
    expect(thrownBy(() => encode(duration, value))).toEqual(
      new BindError(`expected a Duration, or one as text (ISO 8601 or CQL), got ${given}`),
    );
  });

  it.each([
    ['mixed signs', '020100'],
    ['more months than 32 bits', 'f1000000000000'],
    ['more days than 32 bits', '00f10000000000'],
  ])('refuses to read %s', (_, digits) => {
    expect(thrownBy(() => decode(duration, digits))).toMatchObject({
      name: 'DecodeError',
      message: 'the duration is out of range or of mixed signs',
    });
  });

  it('reads one that goes on, as Cassandra stores it', () => {
    expect(decode(duration, '020406 ffff')).toEqual(new Duration(1, 2, 3n));
  });

  it('refuses to read one that is cut', () => {
    const digits = '8080c3e800ff0100000000000000';
    for (let end = 2; end < digits.length; end += 2) {
      expect(() => decode(duration, digits.slice(0, end)), `cut after ${end / 2} bytes`).toThrow(DecodeError);
    }
  });
});
