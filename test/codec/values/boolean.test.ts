import { describe, expect, it } from 'vitest';
import { boolean } from '../../../src/codec/values/boolean.js';
import { BindError } from '../../../src/errors.js';
import { decode, encode, thrownBy } from '../support.js';

describe('boolean', () => {
  it('is written as one byte', () => {
    expect(encode(boolean, true)).toBe('01');
    expect(encode(boolean, false)).toBe('00');
  });

  it('is read as false from 00 and as true from any other byte', () => {
    expect(decode(boolean, '00')).toBe(false);
    expect(decode(boolean, '01')).toBe(true);
    expect(decode(boolean, 'ff')).toBe(true);
  });

  it.each([
    [1, 'an integer'],
    ['true', 'a string'],
    [Object(true), 'an object of class Boolean'],
  ])('refuses %j: what counts as true is not for the driver to say', (value, given) => {
    expect(thrownBy(() => encode(boolean, value))).toEqual(new BindError(`expected a boolean, got ${given}`));
  });
});
