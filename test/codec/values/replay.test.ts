import { describe, expect, it } from 'vitest';
import { BindError } from '../../../src/errors.js';
import type { ValueCodec } from '../../../src/codec/value.js';
import { list, map, set } from '../../../src/codec/values/collections.js';
import { int } from '../../../src/codec/values/integers.js';
import { replayable } from '../../../src/codec/values/replay.js';
import { vector } from '../../../src/codec/values/vector.js';
import { encode } from '../support.js';

function* numbers(count: number): Generator<number> {
  for (let i = 0; i < count; i++) yield i;
}

describe('replayable', () => {
  it('gives what can be read again as it is', () => {
    for (const source of [
      [1],
      new Set([1]),
      new Map([[1, 2]]),
      Uint8Array.of(1),
      { [Symbol.iterator]: () => numbers(3) },
    ]) {
      expect(replayable(source)).toBe(source);
    }
  });

  it.each([0, 1, 5])('gives the %i items of an iterator each time', (count) => {
    const iterator = numbers(count);
    const all = [...numbers(count)];
    expect([...replayable(iterator)]).toEqual(all);
    expect([...replayable(iterator)]).toEqual(all);
  });

  it('reads an iterator no further than it is asked to, and goes on where it left', () => {
    let read = 0;
    const iterator = (function* () {
      for (;;) yield read++;
    })();
    for (const expected of [2, 2, 4]) {
      const items: unknown[] = [];
      for (const item of replayable(iterator)) {
        items.push(item);
        if (items.length === expected) break;
      }
      expect(items).toEqual([...numbers(expected)]);
      expect(read).toBe(expected);
    }
  });

  it('does not take the items before an error for all', () => {
    const reason = new Error('mid-way');
    const iterator = (function* () {
      yield 1;
      throw reason;
    })();
    expect(() => [...replayable(iterator)]).toThrow(reason);
    expect(() => [...replayable(iterator)]).toThrow(reason);
  });
});

describe('a value that is an iterator', () => {
  it.each<[name: string, codec: ValueCodec, make: () => Iterator<unknown>, same: unknown]>([
    ['list', list(int), () => numbers(3), [0, 1, 2]],
    ['set', set(int), () => new Set([1, 2]).values(), [1, 2]],
    ['map', map(int, int, false), () => new Map([[1, 2]]).entries(), [[1, 2]]],
    [
      'vector',
      vector(int, 2, 4),
      () =>
        new Map([
          [1, 2],
          [3, 4],
        ]).keys(),
      [1, 3],
    ],
  ])('is written to a %s the same each time', (_, codec, make, same) => {
    const iterator = make();
    const digits = encode(codec, same);
    expect([encode(codec, iterator), encode(codec, iterator)]).toEqual([digits, digits]);
  });

  it('is refused again by a vector that it is too long for', () => {
    const iterator = numbers(3);
    for (let i = 0; i < 2; i++) expect(() => encode(vector(int, 2, 4), iterator)).toThrow(BindError);
  });
});
