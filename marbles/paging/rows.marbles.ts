import { concat, concatMap, take } from 'rxjs';
import { page, queryOf } from 'rxcql/testing';
import { behaviour, spec } from '../behaviour.js';

const text = `A page emits its rows one by one, and decodes each when its turn has come. It stops where nobody listens any more
(S6). It never asks the network for anything: who subscribes again gets the rows again, from memory (S9).`;

behaviour('A page is an Observable of its rows', text, () => {
  spec('Who has enough stops reading, and fetching', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('       --(r|)', { r: page('abc', { more: true }) });
    const fetch2 = cold('       --(r|)', { r: page('d') });
    const rows = queryOf(fetch1, fetch2).pipe(
      concatMap((page) => page),
      take(2),
    );

    expectObservable(rows).toBe('--(ab|)');
    expectSubscriptions(fetch2.subscriptions).toBe([]);
    // Row c is not even decoded.
  });

  spec('A page can be read again', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('       --(r|)', { r: page('ab') });
    const rows = queryOf(fetch1).pipe(concatMap((page) => concat(page, page)));

    expectObservable(rows).toBe('--(abab|)');
    expectSubscriptions(fetch1.subscriptions).toBe('^-!');
  });
});
