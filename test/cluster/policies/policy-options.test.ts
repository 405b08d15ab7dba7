import { describe, expect, it } from 'vitest';
import {
  aName,
  checkFunction,
  checkPolicyOptions,
  milliseconds,
  required,
  wholeNumber,
} from '../../../src/cluster/policies/policy-options.js';
import { ConfigurationError } from '../../../src/errors.js';

const check = (options: unknown): void =>
  checkPolicyOptions('policy', options as { count: number; name: string; delay: number }, {
    count: wholeNumber(1, 3),
    name: aName,
    delay: required(milliseconds),
  });

describe('the options of a policy', () => {
  it.each([{ delay: 0 }, { delay: 0.5, count: 3 }, { delay: 1, name: 'x', count: undefined }])(
    'may be %j',
    (options) => {
      expect(() => check(options)).not.toThrow();
    },
  );

  it.each([
    [null, 'The options of policy() must be an object.'],
    [undefined, 'The options of policy() must be an object.'],
    [{}, 'The option "delay" of policy() must be a number of milliseconds from 0 to 2147483647; it is undefined.'],
    [
      { delay: NaN },
      'The option "delay" of policy() must be a number of milliseconds from 0 to 2147483647; it is NaN.',
    ],
    [{ delay: 1, count: 4 }, 'The option "count" of policy() must be a whole number from 1 to 3; it is 4.'],
    [
      { delay: 1, count: null },
      'The option "count" of policy() must be a whole number from 1 to 3; it is a value of type null.',
    ],
    // It could be a secret that was meant for something else.
    [
      { delay: 'sesame' },
      'The option "delay" of policy() must be a number of milliseconds from 0 to 2147483647; it is a value of type string.',
    ],
    [
      { delay: 1, name: '' },
      'The option "name" of policy() must be a string that is not empty; it is a value of type string.',
    ],
    [{ delay: 1, max: 2 }, 'policy() has no option "max". There are: count, name, delay.'],
  ])('may not be %j', (options, message) => {
    expect(() => check(options)).toThrow(new ConfigurationError(message));
  });

  it('may have functions beside them', () => {
    expect(() => checkFunction('policy', 'child', () => [])).not.toThrow();
    expect(() => checkFunction('policy', 'child', 7)).toThrow('The child of policy() must be a function; it is 7.');
  });
});
