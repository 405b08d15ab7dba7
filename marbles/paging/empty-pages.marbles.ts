import { concatMap, count, filter } from 'rxjs';
import { page, queryOf } from 'rxcql/testing';
import { behaviour, spec } from '../behaviour.js';

const text = `A page without rows, with others to follow, is normal in CQL: the server has looked at much and found nothing. Such
a page counts as read from the start (S15), so that it may be filtered out, and nobody has to skip it.`;

behaviour('Empty pages', text, () => {
  spec('They ask for the next by themselves', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('       --(r|)', { r: page('', { more: true }) });
    const fetch2 = cold('         --(r|)', { r: page('', { more: true }) });
    const fetch3 = cold('           --(r|)', { r: page('a') });
    const rows = queryOf(fetch1, fetch2, fetch3).pipe(
      filter((page) => page.rowCount > 0),
      concatMap((page) => page),
    );

    expectObservable(rows).toBe('------(a|)');
    expectSubscriptions(fetch2.subscriptions).toBe('--^-!');
    expectSubscriptions(fetch3.subscriptions).toBe('----^-!');
  });

  spec('Others have to be read: count() waits for ever', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('         --(r|)', { r: page('a', { more: true }) });
    const fetch2 = cold('         --(r|)', { r: page('b') });
    const counted = queryOf(fetch1, fetch2).pipe(count());

    expectObservable(counted).toBe('');
    expectSubscriptions(fetch2.subscriptions).toBe([]);
    // Count rows instead, or add up the rowCount of pages that are skipped.
  });
});
