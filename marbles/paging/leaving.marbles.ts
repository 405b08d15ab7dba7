import { concatMap } from 'rxjs';
import { page, queryOf } from 'rxcql/testing';
import { behaviour, spec } from '../behaviour.js';

const text = `Unsubscribing leaves the fetch that is in flight, and everything that is worked on (S8). Nothing else is needed:
no \`close()\`, no \`AbortController\`.`;

behaviour('Leaving a query', text, () => {
  spec('Before the first response', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('               -----(r|)', { r: page('a') });
    const rows = queryOf(fetch1).pipe(concatMap((page) => page));

    expectObservable(rows, '^--!').toBe('---');
    expectSubscriptions(fetch1.subscriptions).toBe('^--!');
  });

  spec('While the next page is on its way', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('                 --(r|)', { r: page('a', { more: true }) });
    const fetch2 = cold('                   -----(r|)', { r: page('b') });
    const rows = queryOf(fetch1, fetch2).pipe(concatMap((page) => page));

    expectObservable(rows, '^----!').toBe('--a--');
    expectSubscriptions(fetch2.subscriptions).toBe('--^--!');
  });

  spec('While rows are worked on', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('                     --(r|)', { r: page('ab', { more: true }) });
    const fetch2 = cold('                       ---------(r|)', { r: page('c') });
    const work = (row: string) => cold('        ----(x|)', { x: row });
    const result = queryOf(fetch1, fetch2).pipe(concatMap((page) => page.pipe(concatMap(work))));

    expectObservable(result, '^-------!').toBe('------a-');
    expectSubscriptions(fetch2.subscriptions).toBe('--^-----!');
  });
});
