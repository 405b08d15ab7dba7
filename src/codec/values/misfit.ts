import { BindError } from '../../errors.js';
import { withCauseOf } from '../hidden-cause.js';
import { printable, shortened } from '../printable.js';

/** The error for a value that its CQL type cannot hold. It says what was given, never its value. */
export function misfit(expected: string, value: unknown): BindError {
  return new BindError(`expected ${expected}, got ${describe(value)}`);
}

/** The error for a value of the right kind that is too large or too small. */
export function outOfRange(expected: string, value: unknown): BindError {
  return new BindError(`expected ${expected}, got ${describe(value)} out of range`);
}

/** The error for a part of a value: what went wrong, and where. What is no misfit stays what it is. */
export function within(part: string, error: unknown): unknown {
  return error instanceof BindError ? withCauseOf(new BindError(`in ${part}, ${error.message}`), error) : error;
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'undefined':
      return 'undefined';
    case 'number':
      if (Number.isInteger(value)) return Number.isSafeInteger(value) ? 'an integer' : 'an unsafe integer';
      return Number.isFinite(value) ? 'a number with a fraction' : 'a number that is not finite';
    case 'bigint':
      return 'a bigint';
    case 'object': {
      const name = className(value);
      return name === undefined || name === '' || name === 'Object' ? 'an object' : `an object of class ${name}`;
    }
    default:
      return `a ${typeof value}`;
  }
}

/** The name of an object's class. What only looks like one may hold values; what cannot be asked is none. */
function className(value: object): string | undefined {
  try {
    const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: unknown; prototype?: unknown } } | null;
    const maker = prototype?.constructor;
    if (typeof maker !== 'function' || maker.prototype !== prototype) return undefined;
    return typeof maker.name === 'string' ? printable(shortened(maker.name)) : undefined;
  } catch {
    return undefined;
  }
}
