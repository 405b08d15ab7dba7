import { concatMap, mergeMap } from 'rxjs';
import { page, queryOf } from 'rxcql/testing';
import { behaviour, spec } from '../behaviour.js';

const text = `Of all pages at most one waits to be read (S4). So a query holds as many pages as are worked on, and one more.`;

behaviour('One page more than are worked on', text, () => {
  spec('Two pages at a time, and a third that waits', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('                     -(r|)', { r: page('a', { more: true }) });
    const fetch2 = cold('                      -(r|)', { r: page('b', { more: true }) });
    const fetch3 = cold('                       -(r|)', { r: page('c', { more: true }) });
    const fetch4 = cold('                           -(r|)', { r: page('d') });
    const work = (row: string) => cold('       -----(x|)', { x: row });
    const result = queryOf(fetch1, fetch2, fetch3, fetch4).pipe(mergeMap((page) => page.pipe(concatMap(work)), 2));

    expectObservable(result).toBe('           ------ab---c(d|)');
    expectSubscriptions(fetch3.subscriptions).toBe('--^!');
    expectSubscriptions(fetch4.subscriptions).toBe('------^!');
    // While the rows of pages 1 and 2 are worked on, page 3 is there and waits. At 6 ms work on the first is done: page 3 is
    // read, and page 4 is asked for.
  });
});
