import { BindError } from '../../errors.js';

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
  return error instanceof BindError ? new BindError(`in ${part}, ${error.message}`, { cause: error.cause }) : error;
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
      // The object's own `constructor` would be a value.
      const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: unknown } } | null;
      const name = prototype?.constructor?.name;
      return typeof name === 'string' && name !== '' && name !== 'Object' ? `an object of class ${name}` : 'an object';
    }
    default:
      return `a ${typeof value}`;
  }
}
