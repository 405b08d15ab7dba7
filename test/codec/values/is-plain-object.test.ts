import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { isPlainObject } from '../../../src/codec/values/is-plain-object.js';
import { bytes } from '../support.js';

class Address {
  readonly street = 'Main';
}

describe('isPlainObject', () => {
  it.each([
    ['{}', {}],
    ['Object.create(null)', Object.create(null)],
    ['{} of another realm', runInNewContext('({})')],
  ])('takes %s for one', (_, value) => {
    expect(isPlainObject(value)).toBe(true);
  });

  it.each([
    ['an Array', []],
    ['a Map', new Map()],
    ['a Date', new Date()],
    ['bytes', bytes('')],
    ['an instance of a class', new Address()],
    ['null', null],
    ['undefined', undefined],
    ['a string', 'a'],
    ['a number', 1],
  ])('does not take %s for one', (_, value) => {
    expect(isPlainObject(value)).toBe(false);
  });
});
