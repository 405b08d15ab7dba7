import { describe, expect, it } from 'vitest';
import { getOwn, setOwn } from '../../src/codec/own.js';

const INHERITED = Object.getOwnPropertyNames(Object.prototype);

describe('setOwn', () => {
  it.each(['plain', ...INHERITED])('gives an object an own property %s and leaves its prototype alone', (name) => {
    const object: Record<string, unknown> = {};
    setOwn(object, name, 1);
    setOwn(object, name, 2);
    expect(Object.entries(object)).toEqual([[name, 2]]);
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
    expect(Object.getOwnPropertyDescriptor(object, name)).toMatchObject({ writable: true, configurable: true });
  });
});

describe('getOwn', () => {
  it.each(INHERITED)('does not take the %s of every object for its own', (name) => {
    expect(getOwn({}, name)).toBeUndefined();
    expect(getOwn(Object.defineProperty({}, name, { value: 1 }), name)).toBe(1);
  });

  it('sees what a class gives its objects', () => {
    class User {
      readonly first = 'Ada';
      get name(): string {
        return `${this.first} Lovelace`;
      }
    }
    expect(getOwn(new User(), 'name')).toBe('Ada Lovelace');
  });
});
