import { describe, expect, it } from 'vitest';
import { misfit, outOfRange } from '../../../src/codec/values/misfit.js';
import { BindError } from '../../../src/errors.js';

describe('misfit', () => {
  class Point {
    readonly x = 'secret';
  }

  it.each<[unknown, string]>([
    [null, 'null'],
    [undefined, 'undefined'],
    [5, 'an integer'],
    [-0, 'an integer'],
    [2 ** 53, 'an unsafe integer'],
    [0.5, 'a number with a fraction'],
    [NaN, 'a number that is not finite'],
    [-Infinity, 'a number that is not finite'],
    [5n, 'a bigint'],
    ['secret', 'a string'],
    [true, 'a boolean'],
    [Symbol('secret'), 'a symbol'],
    [(): string => 'secret', 'a function'],
    [{ secret: 'secret' }, 'an object'],
    [Object.create(null), 'an object'],
    [Object.create(Object.create(null) as object), 'an object'],
    [['secret'], 'an object of class Array'],
    [new Date(0), 'an object of class Date'],
    [Buffer.from('secret'), 'an object of class Buffer'],
    [new Point(), 'an object of class Point'],
    [
      new (class {
        readonly x = 'secret';
      })(),
      'an object',
    ],
    [{ constructor: { name: 'secret' } }, 'an object'],
    [Object.create({ constructor: { name: 'secret' } }), 'an object'],
    [Object.create({ constructor: Point }), 'an object'],
    [Object.create({ constructor: Object.assign(() => 0, { prototype: {} }) }), 'an object'],
  ])('says of %o what it is, never its value', (value, given) => {
    expect(misfit('a flag', value)).toEqual(new BindError(`expected a flag, got ${given}`));
  });

  it('says of what throws when it is asked for its class that it is an object', () => {
    const refuse = (): never => {
      throw new Error('secret');
    };
    const hostile = [
      Object.create(Object.defineProperty({}, 'constructor', { get: refuse })) as object,
      new Proxy(new Point(), { getPrototypeOf: refuse }),
    ];
    for (const value of hostile) {
      expect(misfit('a flag', value).message).toBe('expected a flag, got an object');
    }
  });
});

describe('outOfRange', () => {
  it('says of which kind the value is that does not fit', () => {
    expect(outOfRange('a digit', 10)).toEqual(new BindError('expected a digit, got an integer out of range'));
    expect(outOfRange('a digit', 10n)).toEqual(new BindError('expected a digit, got a bigint out of range'));
  });
});
