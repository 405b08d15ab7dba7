import { concatMap, share } from 'rxjs';
import { page, queryOf } from 'rxcql/testing';
import { behaviour, spec } from '../behaviour.js';

const text = `With \`share()\` there is one chain of fetches for all subscribers, and the fastest of them drives it (S13). Pages
are held in memory, so the slower ones lose nothing; what they have not come to yet waits in _their_ operators.`;

behaviour('share()', text, () => {
  spec('One chain, and the fastest reader drives it', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('             --(r|)', { r: page('a', { more: true }) });
    const fetch2 = cold('               --(r|)', { r: page('b') });
    const work = (row: string) => cold('-----(x|)', { x: row });
    const query = queryOf(fetch1, fetch2).pipe(share());
    const fast = query.pipe(concatMap((page) => page));
    const slow = query.pipe(concatMap((page) => page.pipe(concatMap(work))));

    expectObservable(fast).toBe('     --a-(b|)');
    expectObservable(slow).toBe('     -------a----(b|)');
    expectSubscriptions(fetch1.subscriptions).toBe('^-!');
  });

  spec('It is left with its last subscriber', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('                     --(r|)', { r: page('a', { more: true }) });
    const fetch2 = cold('                       ------(r|)', { r: page('b') });
    const query = queryOf(fetch1, fetch2).pipe(share());
    const first = query.pipe(concatMap((page) => page));
    const second = query.pipe(concatMap((page) => page));

    expectObservable(first, '  ^--!').toBe('  --a');
    expectObservable(second, ' ^----!').toBe('--a--');
    expectSubscriptions(fetch2.subscriptions).toBe('--^--!');
  });
});
