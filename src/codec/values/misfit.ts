import { BindError } from '../../errors.js';

/** The error for a value that its CQL type cannot hold. It says what was given, never its value. */
export function misfit(expected: string, value: unknown): BindError {
  return new BindError(`expected ${expected}, got ${describe(value)}`);
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'undefined':
      return 'undefined';
    case 'number':
      if (Number.isInteger(value)) return 'an integer out of range';
      return Number.isFinite(value) ? 'a number with a fraction' : 'a number that is not finite';
    case 'bigint':
      return 'a bigint out of range';
    case 'object': {
      const name = (value.constructor as { name?: unknown } | undefined)?.name;
      return typeof name === 'string' && name !== '' && name !== 'Object' ? `an object of class ${name}` : 'an object';
    }
    default:
      return `a ${typeof value}`;
  }
}
