import { concatMap, takeUntil } from 'rxjs';
import { page, queryOf } from 'rxcql/testing';
import { behaviour, spec } from '../behaviour.js';

const text = `Where \`takeUntil()\` stands decides what it means (S11). Before the pages are flattened, it stops reading, and lets what
was read be finished. After that, it drops everything at once.`;

behaviour('takeUntil() before and after flattening', text, () => {
  spec('Before: stop reading, finish the work', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('             --(r|)', { r: page('ab', { more: true }) });
    const fetch2 = cold('               -----(r|)', { r: page('c') });
    const work = (row: string) => cold('---(x|)', { x: row });
    const stop = cold('               ---s');
    const result = queryOf(fetch1, fetch2).pipe(
      takeUntil(stop),
      concatMap((page) => page.pipe(concatMap(work))),
    );

    expectObservable(result).toBe('   -----a--(b|)');
    expectSubscriptions(fetch2.subscriptions).toBe('--^!');
  });

  spec('After: drop everything', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('             --(r|)', { r: page('ab', { more: true }) });
    const fetch2 = cold('               -----(r|)', { r: page('c') });
    const work = (row: string) => cold('---(x|)', { x: row });
    const stop = cold('               ---s');
    const result = queryOf(fetch1, fetch2).pipe(
      concatMap((page) => page.pipe(concatMap(work))),
      takeUntil(stop),
    );

    expectObservable(result).toBe('   ---|');
    expectSubscriptions(fetch2.subscriptions).toBe('--^!');
  });
});
