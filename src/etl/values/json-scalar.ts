import type { ScalarKind } from '../../codec/type.js';
import { Decimal } from '../../codec/values/decimal.js';
import { misfit } from '../../codec/values/misfit.js';
import { textScalar } from './text-scalar.js';

type FromJson = (json: unknown) => unknown;

/** So many digits of a number come back as they were written. */
const SAFE_DIGITS = 15;

/** Strings have the form that they have in a CSV file. */
function text(kind: ScalarKind | 'custom'): FromJson {
  const fromText = textScalar(kind);
  return (json) => {
    if (typeof json !== 'string') throw misfit('a string', json);
    return fromText(json);
  };
}

/** A number has the digits that a string of it would have. */
function integer(kind: ScalarKind): FromJson {
  const fromText = textScalar(kind);
  return (json) => {
    if (typeof json === 'string') return fromText(json);
    if (Number.isSafeInteger(json)) return fromText(String(json));
    throw misfit('an integer, as a string where a number would not hold it', json);
  };
}

function floating(kind: 'float' | 'double'): FromJson {
  const fromText = textScalar(kind);
  return (json) => {
    if (typeof json === 'string') return fromText(json);
    // What is not finite was a number too large for JavaScript: JSON has none but strings for infinities.
    if (!Number.isFinite(json)) throw misfit('a number', json);
    return kind === 'double' ? json : fromText(String(json));
  };
}

const decimal: FromJson = (json) => {
  if (typeof json === 'string') return textScalar('decimal')(json);
  if (typeof json !== 'number' || !Number.isFinite(json)) throw misfit('a decimal number', json);
  const value = Decimal.from(json);
  const isExact = Number.isInteger(json) ? Number.isSafeInteger(json) : digitsOf(value) <= SAFE_DIGITS;
  if (!isExact) throw misfit(`a number of at most ${SAFE_DIGITS} digits, or a string`, json);
  return value;
};

function digitsOf({ unscaled }: Decimal): number {
  return String(unscaled < 0n ? -unscaled : unscaled).length;
}

const boolean: FromJson = (json) => {
  if (typeof json === 'boolean') return json;
  if (typeof json !== 'string') throw misfit('true or false', json);
  return textScalar('boolean')(json);
};

const timestamp: FromJson = (json) => {
  if (Number.isSafeInteger(json)) return textScalar('timestamp')(String(json));
  if (typeof json !== 'string') throw misfit('a time in ISO 8601 with a time zone, or milliseconds', json);
  return textScalar('timestamp')(json);
};

/** How JSON becomes values of a type without parts. Throws a `BindError` that says what was expected, as the codecs do. */
export function jsonScalar(kind: ScalarKind | 'custom'): FromJson {
  switch (kind) {
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
    case 'counter':
    case 'varint':
      return integer(kind);
    case 'float':
    case 'double':
      return floating(kind);
    case 'decimal':
      return decimal;
    case 'boolean':
      return boolean;
    case 'timestamp':
      return timestamp;
    default:
      return text(kind);
  }
}
