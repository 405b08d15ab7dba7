import { concatMap } from 'rxjs';
import { page, queryOf } from 'rxcql/testing';
import { behaviour, spec } from '../behaviour.js';

const text = `Nothing is sent before somebody subscribes. Every subscription is a chain of requests of its own, the first of
which is sent at once (S1). Each response is one page (S2), and the query completes with its last (S5).`;

behaviour('A query is cold', text, () => {
  spec('Every subscription sends its own request', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('                --(r|)', { r: page('a') });
    const rows = queryOf(fetch1).pipe(concatMap((page) => page));
    const later = rows;

    expectObservable(rows).toBe('        --(a|)');
    expectObservable(later, '----^').toBe('------(a|)');
    expectSubscriptions(fetch1.subscriptions).toBe(['^-!', '----^-!']);
  });

  spec('Each response is one page', ({ cold, expectObservable }) => {
    const fetch1 = cold('        --(r|)', { r: page('abc') });
    const pages = queryOf(fetch1);

    expectObservable(pages).toBe('--(p|)', { p: page('abc') });
    // The query completes in the same turn, whether its last page is read or not.
  });

  spec('A statement without rows is one empty page', ({ cold, expectObservable }) => {
    const fetch1 = cold('        --(r|)', { r: page('') });
    const pages = queryOf(fetch1);

    expectObservable(pages).toBe('--(p|)', { p: page('') });
  });
});
