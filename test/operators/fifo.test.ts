import { assert, boolean, array, property } from 'fast-check';
import { expect, it } from 'vitest';
import { Fifo } from '../../src/operators/fifo.js';

it('gives back what it was given, in that order', () => {
  assert(
    property(array(boolean(), { maxLength: 200 }), (steps) => {
      const fifo = new Fifo<number>();
      const array: number[] = [];
      for (const [i, isPush] of steps.entries()) {
        if (isPush) {
          fifo.push(i);
          array.push(i);
        } else {
          expect(fifo.shift()).toBe(array.shift());
        }
        expect(fifo.length).toBe(array.length);
        expect(fifo.first).toBe(array[0]);
      }
    }),
  );
});

it('does so for many more than it keeps places free for', () => {
  const fifo = new Fifo<number>();
  let [next, expected] = [0, 0];
  for (let round = 0; round < 20; round++) {
    for (let i = 0; i < 1_500; i++) fifo.push(next++);
    for (let i = 0; i < 1_300; i++) expect(fifo.shift()).toBe(expected++);
  }
  expect(fifo.length).toBe(next - expected);
  while (fifo.length > 0) expect(fifo.shift()).toBe(expected++);
  expect(expected).toBe(next);
  fifo.push(1);
  fifo.clear();
  expect([fifo.length, fifo.first, fifo.shift()]).toEqual([0, undefined, undefined]);
});
