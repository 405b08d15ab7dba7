import type { ScalarKind } from '../../codec/type.js';
import { valueCodec } from '../../codec/value-codec.js';
import { Decimal } from '../../codec/values/decimal.js';
import { Duration } from '../../codec/values/duration.js';
import { isIntegerText, MAX_DIGITS } from '../../codec/values/exact-integer.js';
import { misfit } from '../../codec/values/misfit.js';
import { isoMilliseconds } from '../../codec/values/timestamp.js';
import { Writer } from '../../codec/writer.js';
import { floatingNumber } from './floating-number.js';
import { isoTime } from './iso-time.js';
import { wholeNumber } from './whole-number.js';

type FromText = (text: string) => unknown;

const asItIs: FromText = (text) => text;

function small(bits: number): FromText {
  const most = 2 ** (bits - 1) - 1;
  const expected = `an integer from ${-most - 1} to ${most}`;
  return (text) => {
    const number = wholeNumber(text);
    if (number >= -most - 1 && number <= most) return number;
    throw misfit(expected, text);
  };
}

function integer(expected: string, longest: number, fits: (exact: bigint) => boolean): FromText {
  return (text) => {
    const number = wholeNumber(text);
    if (!Number.isNaN(number)) return BigInt(number);
    if (!isIntegerText(text, longest)) throw misfit(expected, text);
    const exact = BigInt(text);
    if (!fits(exact)) throw misfit(expected, text);
    return exact;
  };
}

const int64 = integer('an integer of 64 bits', 40, (exact) => BigInt.asIntN(64, exact) === exact);

const writer = new Writer();

/** What the driver takes as text is left as it is, once it is known that it does. */
function asBound(kind: ScalarKind): FromText {
  const codec = valueCodec({ kind });
  return (text) => {
    writer.encode(0, () => codec.encode(writer, text));
    return text;
  };
}

/** What throws for anything else. */
function parsed(expected: string, parse: FromText): FromText {
  return (text) => {
    try {
      return parse(text);
    } catch {
      throw misfit(expected, text);
    }
  };
}

const bytes: FromText = (text) => {
  const hex = text.slice(2);
  const blob = Buffer.from(hex, 'hex');
  // It reads up to what is no digit.
  if (!/^0x/i.test(text) || blob.length * 2 !== hex.length)
    throw misfit('bytes as 0x and pairs of hexadecimal digits', text);
  return blob;
};

const boolean: FromText = (text) => {
  if (text === 'true') return true;
  if (text === 'false') return false;
  const small = text.length > 5 ? '' : text.toLowerCase();
  if (small === 'true' || small === 'false') return small === 'true';
  throw misfit('true or false', text);
};

const double: FromText = (text) => {
  const number = floatingNumber(text);
  if (number === undefined) throw misfit('a number, NaN, Infinity or -Infinity', text);
  return number;
};

const float: FromText = (text) => {
  const number = floatingNumber(text);
  const rounded = Math.fround(number ?? NaN);
  if (number === undefined || (Number.isFinite(number) && !Number.isFinite(rounded))) {
    throw misfit('a number within the range of 32 bits, NaN, Infinity or -Infinity', text);
  }
  return rounded;
};

/** As a bigint beyond what a Date can hold. */
const timestamp: FromText = (text) => {
  const time = isoTime(text);
  if (!Number.isNaN(time)) return new Date(time);
  const milliseconds = isIntegerText(text, 20) ? Number(text) : isoMilliseconds(text);
  const date = new Date(milliseconds);
  if (!Number.isNaN(date.getTime())) return date;
  if (Number.isNaN(milliseconds)) throw misfit('a time in ISO 8601 with a time zone, or milliseconds', text);
  return int64(text);
};

function uuid(expected: string, pattern: RegExp): FromText {
  return (text) => {
    if (!pattern.test(text)) throw misfit(expected, text);
    return text;
  };
}

const VALUES: Readonly<Record<ScalarKind | 'custom', FromText>> = {
  ascii: asBound('ascii'),
  bigint: int64,
  blob: bytes,
  boolean,
  counter: int64,
  custom: bytes,
  date: asBound('date'),
  decimal: parsed('a decimal number', (text) => Decimal.from(text)),
  double,
  duration: parsed('a duration of CQL or ISO 8601', (text) => Duration.parse(text)),
  float,
  inet: asBound('inet'),
  int: small(32),
  smallint: small(16),
  text: asItIs,
  time: asBound('time'),
  timestamp,
  timeuuid: uuid('a UUID of version 1 as text', /^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/i),
  tinyint: small(8),
  uuid: uuid('a UUID as text', /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i),
  varint: integer('an integer', MAX_DIGITS, () => true),
};

/** How texts become values of a type without parts. Throws a `BindError` that says what was expected, as the codecs do. */
export function textScalar(kind: ScalarKind | 'custom'): FromText {
  return VALUES[kind];
}
