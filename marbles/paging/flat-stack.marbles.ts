import { concatMap, delay, of } from 'rxjs';
import { page, queryOf } from 'rxcql/testing';
import { behaviour, spec } from '../behaviour.js';

const text = `Where pages are there at once, in a cache or a test, demand comes while the page before is still being emitted. It
waits its turn, so that the stack stays flat (S10): \`test/operators/pages.test.ts\` takes a million pages that way.`;

behaviour('Pages that are there at once', text, () => {
  spec('All in one turn, and in order', ({ cold, expectObservable }) => {
    const fetch1 = cold('       (r|)', { r: page('ab', { more: true }) });
    const fetch2 = cold('       (r|)', { r: page('c', { more: true }) });
    const fetch3 = cold('       (r|)', { r: page('de') });
    const rows = queryOf(fetch1, fetch2, fetch3).pipe(concatMap((page) => page));

    expectObservable(rows).toBe('(abcde|)');
  });

  spec('A slow reader still gets one at a time', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('       (r|)', { r: page('a', { more: true }) });
    const fetch2 = cold('       (r|)', { r: page('b', { more: true }) });
    const fetch3 = cold('       (r|)', { r: page('c') });
    const rows = queryOf(fetch1, fetch2, fetch3).pipe(concatMap(([row]) => of(row).pipe(delay(3))));

    expectObservable(rows).toBe('---a--b--(c|)');
    expectSubscriptions(fetch2.subscriptions).toBe('(^!)');
    expectSubscriptions(fetch3.subscriptions).toBe('---(^!)');
  });
});
