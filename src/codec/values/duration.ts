import { DecodeError } from '../../errors.js';
import type { ValueCodec } from '../value.js';
import { misfit } from './misfit.js';
import { readVint, writeVint } from './vint.js';

const EXPECTED = 'a Duration, or one as text (ISO 8601 or CQL)';

const MICROSECOND = 1000n;
const MILLISECOND = 1000n * MICROSECOND;
const SECOND = 1000n * MILLISECOND;
const MINUTE = 60n * SECOND;
const HOUR = 60n * MINUTE;

/**
 * A duration as CQL has it: months, days and nanoseconds are kept apart, since a month has no fixed number of days and a
 * day none of hours. All three have the same sign.
 *
 * @example
 * ```ts
 * Duration.parse('1y2mo3d4h').toString(); // 'P1Y2M3DT4H'
 * ```
 */
export class Duration {
  readonly months: number;
  readonly days: number;
  readonly nanoseconds: bigint;

  /**
   * @throws TypeError if `nanoseconds` is no bigint.
   * @throws RangeError if the signs differ or a part is out of range (32, 32 and 64 bits).
   */
  constructor(months: number, days: number, nanoseconds: bigint) {
    if ((months | 0) !== months || (days | 0) !== days) {
      throw new RangeError('The months and days of a duration are integers of 32 bits.');
    }
    if (typeof nanoseconds !== 'bigint') throw new TypeError('The nanoseconds of a duration are a bigint.');
    if (BigInt.asIntN(64, nanoseconds) !== nanoseconds) {
      throw new RangeError('The nanoseconds of a duration are an integer of 64 bits.');
    }
    if ((months > 0 || days > 0 || nanoseconds > 0n) && (months < 0 || days < 0 || nanoseconds < 0n)) {
      throw new RangeError('The months, days and nanoseconds of a duration have the same sign.');
    }
    // Minus zero would print as such and compare as different.
    this.months = months + 0;
    this.days = days + 0;
    this.nanoseconds = nanoseconds;
  }

  /**
   * A duration from text: ISO 8601 (`'P1Y2M3DT4H5.5S'`, `'P2W'`, `'P0001-02-03T04:00:05'`) or the units of CQL (`'1y2mo3d4h5m6s7ms8us9ns'`),
   * either with a minus before it.
   *
   * @throws RangeError if it is neither.
   */
  static parse(text: string): Duration {
    const sign = text.startsWith('-') ? -1 : 1;
    const parts = text.length > MAX_TEXT ? undefined : parseParts(sign < 0 ? text.slice(1) : text);
    if (parts === undefined) throw new RangeError('This is not a duration.');
    return new Duration(sign * Number(parts.months), sign * Number(parts.days), BigInt(sign) * parts.nanoseconds);
  }

  /** ISO 8601: `'P1Y2M3DT4H5M6.000000007S'`, `'PT0S'`, a minus before the whole where it is negative. */
  toString(): string {
    const negative = this.months < 0 || this.days < 0 || this.nanoseconds < 0n;
    const months = Math.abs(this.months);
    const rest = this.nanoseconds < 0n ? -this.nanoseconds : this.nanoseconds;
    const part = (amount: number | bigint | string, unit: string): string =>
      Number(amount) === 0 ? '' : `${amount}${unit}`;
    const date = part(Math.floor(months / 12), 'Y') + part(months % 12, 'M') + part(Math.abs(this.days), 'D');
    const fraction = String(rest % SECOND)
      .padStart(9, '0')
      .replace(/0+$/, '');
    const seconds = `${(rest % MINUTE) / SECOND}${fraction === '' ? '' : `.${fraction}`}`;
    const time = part(rest / HOUR, 'H') + part((rest % HOUR) / MINUTE, 'M') + part(seconds, 'S');
    if (date === '' && time === '') return 'PT0S';
    return `${negative ? '-' : ''}P${date}${time === '' ? '' : `T${time}`}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

interface Parts {
  readonly months: bigint;
  readonly days: bigint;
  readonly nanoseconds: bigint;
}

const MAX_TEXT = 200;

const months = (n: bigint): Parts => ({ months: n, days: 0n, nanoseconds: 0n });
const days = (n: bigint): Parts => ({ months: 0n, days: n, nanoseconds: 0n });
const nanoseconds = (n: bigint): Parts => ({ months: 0n, days: 0n, nanoseconds: n });

/** The units of CQL, from large to small, which is the order they must come in. */
const CQL_UNITS: readonly (readonly [unit: string, of: (n: bigint) => Parts])[] = [
  ['y', (n) => months(n * 12n)],
  ['mo', months],
  ['w', (n) => days(n * 7n)],
  ['d', days],
  ['h', (n) => nanoseconds(n * HOUR)],
  ['m', (n) => nanoseconds(n * MINUTE)],
  ['s', (n) => nanoseconds(n * SECOND)],
  ['ms', (n) => nanoseconds(n * MILLISECOND)],
  ['us', (n) => nanoseconds(n * MICROSECOND)],
  ['ns', nanoseconds],
];

const ISO = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,9}))?S)?)?$/;

/** The other form of ISO 8601, as CQL takes it. */
const ISO_DATE = /^P(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)$/;

function parseParts(text: string): Parts | undefined {
  if (!text.startsWith('P')) return parseUnits(text.toLowerCase().replaceAll('µs', 'us'));
  const [years, ...others] = (ISO_DATE.exec(text)?.slice(1) ?? []).map(BigInt) as [bigint?, ...bigint[]];
  if (years !== undefined) {
    const [m, d, hours, minutes, seconds] = others as [bigint, bigint, bigint, bigint, bigint];
    return { months: years * 12n + m, days: d, nanoseconds: hours * HOUR + minutes * MINUTE + seconds * SECOND };
  }
  const match = ISO.exec(text);
  if (match === null || text === 'P' || text.endsWith('T')) return undefined;
  const amount = (group: number): bigint => BigInt(match[group] ?? 0);
  return {
    months: amount(1) * 12n + amount(2),
    days: amount(3) * 7n + amount(4),
    nanoseconds: amount(5) * HOUR + amount(6) * MINUTE + amount(7) * SECOND + BigInt((match[8] ?? '').padEnd(9, '0')),
  };
}

function parseUnits(text: string): Parts | undefined {
  const token = /(\d+)([a-z]+)/y;
  let sum = months(0n);
  let next = 0;
  while (token.lastIndex < text.length) {
    const match = token.exec(text);
    const index = match === null ? -1 : CQL_UNITS.findIndex(([unit]) => unit === match[2]);
    if (match === null || index < next) return undefined;
    const part = CQL_UNITS[index]![1](BigInt(match[1]!));
    sum = {
      months: sum.months + part.months,
      days: sum.days + part.days,
      nanoseconds: sum.nanoseconds + part.nanoseconds,
    };
    next = index + 1;
  }
  return next === 0 ? undefined : sum;
}

function toDuration(value: unknown): Duration {
  if (value instanceof Duration) return value;
  if (typeof value === 'string') {
    try {
      return Duration.parse(value);
    } catch {
      // A text that is none is a misfit like any other.
    }
  }
  throw misfit(EXPECTED, value);
}

/** Three vints: months, days, nanoseconds. Cassandra stores what follows them, and ignores it: so do we. */
export const duration: ValueCodec = {
  decode: (buffer, start, end) => {
    if (end === start) return null;
    const first = readVint(buffer, start, end);
    const second = readVint(buffer, first.next, end);
    const third = readVint(buffer, second.next, end);
    try {
      return new Duration(Number(first.value), Number(second.value), third.value);
    } catch (cause) {
      throw new DecodeError('the duration is out of range or of mixed signs', { cause });
    }
  },
  encode: (writer, value) => {
    const { months, days, nanoseconds } = toDuration(value);
    writeVint(writer, BigInt(months));
    writeVint(writer, BigInt(days));
    writeVint(writer, nanoseconds);
  },
};
