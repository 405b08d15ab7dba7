import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PagesInWork } from '../../../src/cli/load/pages-in-work.js';

it('tells of a page when all of its records have ended, and all pages before it', () => {
  const done: [string, number][] = [];
  const pages = new PagesInWork((file, line) => done.push([file, line]));
  pages.begin('a', 3, 2);
  pages.begin('a', 5, 1);
  pages.begin('b', 3, 1);
  pages.ended('b', 3);
  pages.ended('a', 5);
  pages.ended('a', 2);
  expect(done).toEqual([]);
  pages.ended('a', 3);
  expect(done).toEqual([['a', 3], ['a', 5], ['b', 3]]); // prettier-ignore
});

it('never tells of what has not ended, whatever the order', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 });
  const order = fc.infiniteStream(fc.nat());
  fc.assert(
    fc.property(sizes, order, (counts, places) => {
      const open = new Set<number>();
      const pages = new PagesInWork((_, upto) => {
        for (const line of open) expect(line).toBeGreaterThan(upto);
      });
      let line = 0;
      for (const count of counts) {
        for (let i = 0; i < count; i++) open.add(++line);
        pages.begin('a', line, count);
      }
      while (open.size > 0) {
        const next = [...open][places.next().value % open.size]!;
        open.delete(next);
        pages.ended('a', next);
      }
    }),
  );
});
