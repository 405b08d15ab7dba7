import { buffer, bufferCount, concatMap } from 'rxjs';
import { page, queryOf } from 'rxcql/testing';
import { behaviour, spec } from '../behaviour.js';

const text = `Rows can be gathered in groups that have nothing to do with pages: \`bufferCount()\` behind \`concatMap()\`, with the work on
each group inside, where it slows the query down. Gathering _pages_ stops at the first: nobody has read it.`;

behaviour('buffer() and bufferCount()', text, () => {
  spec('Groups of rows across pages', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('       --(r|)', { r: page('abc', { more: true }) });
    const fetch2 = cold('         -----(r|)', { r: page('de') });
    const groups = queryOf(fetch1, fetch2).pipe(
      concatMap((page) => page),
      bufferCount(2),
    );

    const values = { x: ['a', 'b'], y: ['c', 'd'], z: ['e'] };
    expectObservable(groups).toBe('--x----(yz|)', values);
    expectSubscriptions(fetch2.subscriptions).toBe('--^----!');
  });

  spec('Groups in each page, worked on one by one', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('                     --(r|)', { r: page('abc', { more: true }) });
    const fetch2 = cold('                       -(r|)', { r: page('de', { more: true }) });
    const fetch3 = cold('                             -(r|)', { r: page('f') });
    const write = (rows: string[]) => cold('    ---(x|)', { x: rows.join('+') });
    const result = queryOf(fetch1, fetch2, fetch3).pipe(
      concatMap((page) => page.pipe(bufferCount(2), concatMap(write))),
    );

    const values = { x: 'a+b', c: 'c', y: 'd+e', f: 'f' };
    expectObservable(result).toBe('           -----x--c--y--(f|)', values);
    expectSubscriptions(fetch3.subscriptions).toBe('--------^!');
  });

  spec('Pages in a buffer are not read', ({ cold, hot, expectObservable, expectSubscriptions }) => {
    const every = hot('           ----x---x---|');
    const fetch1 = cold('         --(r|)', { r: page('a', { more: true }) });
    const fetch2 = cold('         --(r|)', { r: page('b') });
    const buffers = queryOf(fetch1, fetch2).pipe(buffer(every));

    const values = { x: [page('a', { more: true })], y: [] };
    expectObservable(buffers).toBe('----x---y---', values);
    expectSubscriptions(fetch2.subscriptions).toBe([]);
  });

  spec('Leaving it drops what was gathered', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('                 --(r|)', { r: page('a', { more: true }) });
    const fetch2 = cold('                   ------(r|)', { r: page('b') });
    const groups = queryOf(fetch1, fetch2).pipe(
      concatMap((page) => page),
      bufferCount(2),
    );

    expectObservable(groups, '^----!').toBe('-----');
    expectSubscriptions(fetch2.subscriptions).toBe('--^--!');
  });
});
