import { concatMap, switchMap } from 'rxjs';
import { page, queryOf } from 'rxcql/testing';
import { behaviour, spec } from '../behaviour.js';

const text = `\`switchMap()\` is for the newest of several queries: a search box, a screen that is left. Over the _pages_ of one query it
drops work, since the next page arrives while the rows of this one are being worked on.`;

behaviour('switchMap()', text, () => {
  spec('A new search leaves the one before', ({ cold, hot, expectObservable, expectSubscriptions }) => {
    const searches = hot('      s----t---|');
    const fetch1 = cold('       --(r|)', { r: page('ab', { more: true }) });
    const fetch2 = cold('         -----(r|)', { r: page('c') });
    const other = cold('             --(r|)', { r: page('x') });
    const query = (text: string) => (text === 's' ? queryOf(fetch1, fetch2) : queryOf(other));
    const rows = searches.pipe(switchMap((text) => query(text).pipe(concatMap((page) => page))));

    expectObservable(rows).toBe('--(ab)-x-|');
    expectSubscriptions(fetch2.subscriptions).toBe('--^--!');
  });

  spec('Over the pages of one query it drops work', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('             --(r|)', { r: page('ab', { more: true }) });
    const fetch2 = cold('                     --(r|)', { r: page('cd') });
    const work = (row: string) => cold('----(x|)', { x: row });
    const result = queryOf(fetch1, fetch2).pipe(switchMap((page) => page.pipe(concatMap(work))));

    expectObservable(result).toBe('   --------c---(d|)');
    expectSubscriptions(fetch2.subscriptions).toBe('--^-!');
    // Rows a and b are read, and lost: page 2 came before work on a was done.
  });

  spec('Leaving it leaves the newest query', ({ cold, hot, expectObservable, expectSubscriptions }) => {
    const searches = hot('              s----t---|');
    const fetch1 = cold('               --(r|)', { r: page('a') });
    const other = cold('                     -----(r|)', { r: page('x') });
    const query = (text: string) => (text === 's' ? queryOf(fetch1) : queryOf(other));
    const rows = searches.pipe(switchMap((text) => query(text).pipe(concatMap((page) => page))));

    expectObservable(rows, '^------!').toBe('--a----');
    expectSubscriptions(other.subscriptions).toBe('-----^-!');
  });
});
