import { describe, expect, it } from 'vitest';
import { getOwn, templateOf } from '../../src/codec/own.js';

const INHERITED = Object.getOwnPropertyNames(Object.prototype);

describe('templateOf', () => {
  it.each(['plain', '', '1', 'a"b\\', '\u2028', ...INHERITED])(
    'has an own property %j, which can be assigned to in a copy',
    (name) => {
      const copy = { ...templateOf([name]) };
      expect(Object.entries(copy)).toEqual([[name, null]]);
      copy[name] = 1;
      expect(Object.entries(copy)).toEqual([[name, 1]]);
      expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
      expect(Object.entries(templateOf([name]))).toEqual([[name, null]]);
    },
  );

  it('has properties in the order of their names', () => {
    expect(Object.keys(templateOf(['b', 'a', 'c']))).toEqual(['b', 'a', 'c']);
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
