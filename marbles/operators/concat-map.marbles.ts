import { concatAll, concatMap, mergeMap } from 'rxjs';
import { page, queryOf } from 'rxcql/testing';
import { behaviour, spec } from '../behaviour.js';

const text = `\`concatMap()\` reads one page after another: the plain way to read a result. What must slow the query down stands inside:
flatten last.`;

behaviour('concatMap() over pages', text, () => {
  spec('One page after another', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('       --(r|)', { r: page('ab', { more: true }) });
    const fetch2 = cold('         -----(r|)', { r: page('c') });
    const rows = queryOf(fetch1, fetch2).pipe(concatMap((page) => page));

    expectObservable(rows).toBe('--(ab)-(c|)');
    expectSubscriptions(fetch2.subscriptions).toBe('--^----!');
  });

  spec('Work inside slows the query down', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('             --(r|)', { r: page('ab', { more: true }) });
    const fetch2 = cold('               -(r|)', { r: page('cd', { more: true }) });
    const fetch3 = cold('                     -(r|)', { r: page('e') });
    const work = (row: string) => cold('---(x|)', { x: row });
    const result = queryOf(fetch1, fetch2, fetch3).pipe(concatMap((page) => page.pipe(concatMap(work))));

    expectObservable(result).toBe('   -----a--b--c--d--(e|)');
    expectSubscriptions(fetch3.subscriptions).toBe('--------^!');
  });

  spec('Work behind it slows nothing down', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('             --(r|)', { r: page('ab', { more: true }) });
    const fetch2 = cold('               -(r|)', { r: page('cd', { more: true }) });
    const fetch3 = cold('                -(r|)', { r: page('e') });
    const work = (row: string) => cold('---(x|)', { x: row });
    const result = queryOf(fetch1, fetch2, fetch3).pipe(concatAll(), mergeMap(work, 1));

    expectObservable(result).toBe('   -----a--b--c--d--(e|)');
    expectSubscriptions(fetch3.subscriptions).toBe('---^!');
    // The whole result is in memory at 4 ms: it waits in mergeMap(), which has no way to ask for less.
  });

  spec('Leaving it leaves the page and the fetch', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('                     --(r|)', { r: page('ab', { more: true }) });
    const fetch2 = cold('                       ---------(r|)', { r: page('c') });
    const work = (row: string) => cold('        ----(x|)', { x: row });
    const result = queryOf(fetch1, fetch2).pipe(concatMap((page) => page.pipe(concatMap(work))));

    expectObservable(result, '^-------!').toBe('------a-');
    expectSubscriptions(fetch2.subscriptions).toBe('--^-----!');
  });
});
