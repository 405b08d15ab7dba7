import { CONSISTENCIES } from './codec/consistency.js';
import { ConfigurationError } from './errors.js';

/** Accepts a value for the option `name`, or throws a {@link ConfigurationError}. */
export type Check = (value: unknown, name: string) => void;

/** The checks of a set of options: exactly these exist. */
export type Checks<T> = { readonly [K in keyof T]-?: Check };

/**
 * Refuses options that do not exist, or that are not what they should be; `undefined` stands for one that is not set.
 *
 * @param hints What to say of names that options have elsewhere.
 */
export function checkOptions<T extends object>(
  options: unknown,
  checks: Checks<T>,
  what: string,
  hints: Readonly<Record<string, string>> = {},
): asserts options is T {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new ConfigurationError(`The ${what} must be an object.`);
  }
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(checks, name)) {
      const hint = Object.hasOwn(hints, name) ? hints[name] : undefined;
      throw new ConfigurationError(unknownOption(name, Object.keys(checks), what, hint));
    }
    if (value !== undefined) (checks as Record<string, Check>)[name]!(value, name);
  }
}

function unknownOption(name: string, known: readonly string[], what: string, hint: string | undefined): string {
  const message = `The ${what} have no option ${JSON.stringify(name.slice(0, 60))}.`;
  return hint === undefined ? unknownName(message, name, known) : `${message} ${hint}`;
}

/** A message with the known name that may be meant, or all that there are. */
export function unknownName(message: string, name: string, known: readonly string[]): string {
  const all = known.length === 0 ? 'There are none.' : `There are: ${known.join(', ')}.`;
  return `${message} ${suggestion(name, known) ?? all}`;
}

/** A question after the known name that is meant, if there is one that it could be. */
function suggestion(name: string, known: readonly string[]): string | undefined {
  const [closest] = known
    .map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  if (closest === undefined || closest.distance > Math.max(2, name.length / 3)) return undefined;
  return `Did you mean ${JSON.stringify(closest.candidate)}?`;
}

/** How many characters must be changed, put in or left out to make one text of the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < Math.min(a.length, 60); i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      next.push(Math.min(row[j]! + (a[i] === b[j] ? 0 : 1), row[j + 1]! + 1, next[j]! + 1));
    }
    row = next;
  }
  return row.at(-1)!;
}

/** An error that says what the option should be, with what was given where that can be no secret. */
function refuse(name: string, expected: string, value: unknown): never {
  const given =
    typeof value === 'number' || typeof value === 'boolean' ? String(value) : `a value of type ${typeof value}`;
  throw new ConfigurationError(`The option ${JSON.stringify(name)} must be ${expected}; it is ${given}.`);
}

export function wholeNumber(least: number, most: number): Check {
  return (value, name) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
      refuse(name, `a whole number from ${least} to ${most}`, value);
    }
  };
}

/** The longest that Node's timers wait. */
const MAX_MILLISECONDS = 0x7fffffff;

export const milliseconds: Check = (value, name) => {
  if (typeof value !== 'number' || !(value > 0) || value > MAX_MILLISECONDS) {
    refuse(name, `a number of milliseconds above 0, at most ${MAX_MILLISECONDS}`, value);
  }
};

export const text: Check = (value, name) => {
  if (typeof value !== 'string' || value === '') refuse(name, 'a string that is not empty', value);
};

export const flag: Check = (value, name) => {
  if (typeof value !== 'boolean') refuse(name, 'a boolean', value);
};

/** What is looked at where it is used. */
export const anything: Check = () => undefined;

export const list: Check = (value, name) => {
  if (!Array.isArray(value)) refuse(name, 'an array', value);
};

export const callable: Check = (value, name) => {
  if (typeof value !== 'function') refuse(name, 'a function', value);
};

export const rowShape: Check = (value, name) => {
  if (typeof value === 'function') return;
  if (typeof value !== 'string') refuse(name, "'object', 'array', 'columnar' or a function", value);
  oneName(['object', 'array', 'columnar'])(value, name);
};

export const bytes: Check = (value, name) => {
  if (!(value instanceof Uint8Array)) refuse(name, 'a Buffer or Uint8Array', value);
};

export const notEmpty: Check = (value, name) => {
  if (!(value instanceof Uint8Array) || value.length === 0)
    refuse(name, 'a Buffer or Uint8Array that is not empty', value);
};

export const abortSignal: Check = (value, name) => {
  const { aborted, addEventListener } = (value ?? {}) as Partial<AbortSignal>;
  if (typeof aborted !== 'boolean' || typeof addEventListener !== 'function') refuse(name, 'an AbortSignal', value);
};

/** A node of the topology, or its address. */
export const aNode: Check = (value, name) => {
  const { hostId } = (value ?? {}) as { readonly hostId?: unknown };
  if (typeof hostId !== 'string' && (typeof value !== 'string' || !/:\d+$/.test(value))) {
    refuse(name, "a node of the topology, or its address as 'host:port'", value);
  }
};

export const microseconds: Check = (value, name) => {
  const isExact = typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value));
  if (!isExact || value < 0 || value > 0x7fffffffffffffffn)
    refuse(name, 'microseconds as a bigint or safe integer', value);
};

export const token: Check = (value, name) => {
  if (typeof value !== 'bigint' || BigInt.asIntN(64, value) !== value) refuse(name, 'a bigint of 64 bits', value);
};

/** One of a few names, which are no secrets: what was given instead is shown. */
export function oneName(names: readonly string[]): Check {
  return (value, name) => {
    if (names.includes(value as string)) return;
    const expected = `one of ${names.join(', ')}`;
    if (typeof value !== 'string') refuse(name, expected, value);
    const given = JSON.stringify(value.slice(0, 60));
    const hint = suggestion(value, names);
    throw new ConfigurationError(
      `The option ${JSON.stringify(name)} must be ${expected}; it is ${given}.${hint === undefined ? '' : ` ${hint}`}`,
    );
  };
}

export const consistency: Check = oneName(CONSISTENCIES);
export const serialConsistency: Check = oneName(['SERIAL', 'LOCAL_SERIAL']);

export function oneOf(...values: readonly unknown[]): Check {
  return (value, name) => {
    if (!values.includes(value)) refuse(name, values.map((known) => JSON.stringify(known)).join(' or '), value);
  };
}

export const payload: Check = (value, name) => {
  const entries = value instanceof Map ? [...value] : Object.entries(value ?? {});
  if (
    typeof value !== 'object' ||
    value === null ||
    !entries.every(([key, entry]) => typeof key === 'string' && entry instanceof Uint8Array)
  ) {
    refuse(name, 'an object or Map of strings to Uint8Arrays', value);
  }
};
