import { ConfigurationError } from '../../errors.js';

/** What an option of a policy has to be. */
export interface Expectation {
  /** In words, after "must be". */
  readonly words: string;
  holds(value: unknown): boolean;
  readonly isRequired?: boolean;
}

/**
 * Refuses options that a policy does not have, lacks, or cannot use. `undefined` stands for one that is not set.
 *
 * @throws ConfigurationError
 */
export function checkPolicyOptions<T extends object>(
  policy: string,
  options: T,
  expectations: { readonly [K in keyof T]-?: Expectation },
): void {
  // The types say so, but a program in JavaScript may not.
  if (typeof (options as unknown) !== 'object' || (options as unknown) === null) {
    throw new ConfigurationError(`The options of ${policy}() must be an object.`);
  }
  const known = Object.keys(expectations);
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      const given = JSON.stringify(name.slice(0, 60));
      throw new ConfigurationError(`${policy}() has no option ${given}. There are: ${known.join(', ')}.`);
    }
  }
  for (const [name, expectation] of Object.entries<Expectation>(expectations)) {
    const value: unknown = (options as Record<string, unknown>)[name];
    if (value === undefined ? expectation.isRequired !== true : expectation.holds(value)) continue;
    throw new ConfigurationError(
      `The option ${JSON.stringify(name)} of ${policy}() must be ${expectation.words}; it is ${shown(value)}.`,
    );
  }
}

/** @throws ConfigurationError for what is no function. */
export function checkFunction(policy: string, what: string, value: unknown): void {
  if (typeof value === 'function') return;
  throw new ConfigurationError(`The ${what} of ${policy}() must be a function; it is ${shown(value)}.`);
}

/** Numbers and the like are no secrets. */
function shown(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || value === undefined) return String(value);
  return `a value of type ${value === null ? 'null' : typeof value}`;
}

export function required(expectation: Expectation): Expectation {
  return { ...expectation, isRequired: true };
}

export const aName: Expectation = {
  words: 'a string that is not empty',
  holds: (value) => typeof value === 'string' && value !== '',
};

export function wholeNumber(least: number, most: number): Expectation {
  return {
    words: `a whole number from ${least} to ${most}`,
    holds: (value) => typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most,
  };
}

/** The longest that Node's timers wait, in milliseconds. */
const MAX_MILLISECONDS = 0x7fffffff;

export const milliseconds: Expectation = {
  words: `a number of milliseconds from 0 to ${MAX_MILLISECONDS}`,
  holds: (value) => typeof value === 'number' && value >= 0 && value <= MAX_MILLISECONDS,
};
