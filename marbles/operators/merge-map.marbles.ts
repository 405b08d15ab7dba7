import { mergeMap } from 'rxjs';
import { page, queryOf } from 'rxcql/testing';
import { behaviour, spec } from '../behaviour.js';

const text = `\`mergeMap(page => …, n)\` works on n pages at a time. The next page is asked for when one of them is begun, so n + 1 are
held at most. For n _rows_ at a time there is [\`mergeRows()\`](../paging/merge-rows.md).`;

behaviour('mergeMap() over pages', text, () => {
  spec('Two pages at a time', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('                          -(r|)', { r: page('ab', { more: true }) });
    const fetch2 = cold('                           -(r|)', { r: page('cd', { more: true }) });
    const fetch3 = cold('                            -(r|)', { r: page('e', { more: true }) });
    const fetch4 = cold('                                 -(r|)', { r: page('f') });
    const write = (rows: string[]) => cold('        -----(x|)', { x: rows.join('+') });
    const result = queryOf(fetch1, fetch2, fetch3, fetch4).pipe(mergeMap((page) => write(page.toArray()), 2));

    const values = { p: 'a+b', q: 'c+d', e: 'e', f: 'f' };
    expectObservable(result).toBe('                ------pq---e(f|)', values);
    expectSubscriptions(fetch3.subscriptions).toBe('--^!');
    expectSubscriptions(fetch4.subscriptions).toBe('------^!');
  });

  spec('Without a limit it reads everything', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('                          -(r|)', { r: page('ab', { more: true }) });
    const fetch2 = cold('                           -(r|)', { r: page('cd', { more: true }) });
    const fetch3 = cold('                            -(r|)', { r: page('e') });
    const write = (rows: string[]) => cold('        -----(x|)', { x: rows.join('+') });
    const result = queryOf(fetch1, fetch2, fetch3).pipe(mergeMap((page) => write(page.toArray())));

    const values = { p: 'a+b', q: 'c+d', e: 'e' };
    expectObservable(result).toBe('                ------pq(e|)', values);
    expectSubscriptions(fetch3.subscriptions).toBe('--^!');
  });

  spec('Leaving it leaves both', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('                     -(r|)', { r: page('ab', { more: true }) });
    const fetch2 = cold('                      -(r|)', { r: page('cd', { more: true }) });
    const fetch3 = cold('                       --------(r|)', { r: page('e') });
    const write = (rows: string[]) => cold('   -----(x|)', { x: rows.join('+') });
    const result = queryOf(fetch1, fetch2, fetch3).pipe(mergeMap((page) => write(page.toArray()), 2));

    expectObservable(result, '^----!').toBe('  -----');
    expectSubscriptions(fetch3.subscriptions).toBe('--^--!');
  });
});
