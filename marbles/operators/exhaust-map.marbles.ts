import { concatMap, exhaustMap } from 'rxjs';
import { page, queryOf } from 'rxcql/testing';
import { behaviour, spec } from '../behaviour.js';

const text = `\`exhaustMap()\` ignores what comes while it is busy: a refresh that is asked for while one is running. Never put the pages
of one query through it: a page that it ignores is never read, and so the query stops.`;

behaviour('exhaustMap()', text, () => {
  spec('A refresh at a time', ({ cold, hot, expectObservable, expectSubscriptions }) => {
    const clicks = hot('        c--c----c--|');
    const fetch1 = cold('       --(r|)', { r: page('a', { more: true }) });
    const fetch2 = cold('         --(r|)', { r: page('b') });
    const rows = clicks.pipe(exhaustMap(() => queryOf(fetch1, fetch2).pipe(concatMap((page) => page))));

    expectObservable(rows).toBe('--a-b-----a-(b|)');
    expectSubscriptions(fetch1.subscriptions).toBe(['^-!', '--------^-!']);
  });

  spec('A page that it ignores stops the query', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('             --(r|)', { r: page('a', { more: true }) });
    const fetch2 = cold('               -(r|)', { r: page('b', { more: true }) });
    const fetch3 = cold('             --(r|)', { r: page('c') });
    const work = (row: string) => cold('----(x|)', { x: row });
    const result = queryOf(fetch1, fetch2, fetch3).pipe(exhaustMap((page) => page.pipe(concatMap(work))));

    expectObservable(result).toBe('   ------a');
    expectSubscriptions(fetch3.subscriptions).toBe([]);
    // Page 2 came while row a was worked on. Nobody reads it, and nobody ever asks for page 3.
  });

  spec('Leaving it leaves the query that runs', ({ cold, hot, expectObservable, expectSubscriptions }) => {
    const clicks = hot('                c--c----c--|');
    const fetch1 = cold('               --(r|)', { r: page('a', { more: true }) });
    const fetch2 = cold('                 ------(r|)', { r: page('b') });
    const rows = clicks.pipe(exhaustMap(() => queryOf(fetch1, fetch2).pipe(concatMap((page) => page))));

    expectObservable(rows, '^----!').toBe('--a--');
    expectSubscriptions(fetch2.subscriptions).toBe('--^--!');
  });
});
