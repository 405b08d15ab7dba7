import { concatMap, mergeMap } from 'rxjs';
import { mergeRows } from 'rxcql';
import { page, queryOf } from 'rxcql/testing';
import { behaviour, spec } from '../behaviour.js';

const text = `\`mergeRows(project, n)\` works on up to n rows at a time, and keeps them full across the borders of pages (S12).`;

behaviour('mergeRows()', text, () => {
  spec('A straggler holds up nothing', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('    --(r|)', { r: page('abc', { more: true }) });
    const fetch2 = cold('      -(r|)', { r: page('de') });
    const work = (row: string) => (row === 'a' ? cold('---------(a|)') : cold('--(x|)', { x: row }));
    const result = queryOf(fetch1, fetch2).pipe(mergeRows(work, 2));

    expectObservable(result).toBe('----b-c-d-e(a|)');
    expectSubscriptions(fetch2.subscriptions).toBe('--^!');
  });

  spec('For comparison: mergeMap() in each page', ({ cold, expectObservable }) => {
    const fetch1 = cold('    --(r|)', { r: page('abc', { more: true }) });
    const fetch2 = cold('      -(r|)', { r: page('de') });
    const work = (row: string) => (row === 'a' ? cold('---------(a|)') : cold('--(x|)', { x: row }));
    const result = queryOf(fetch1, fetch2).pipe(concatMap((page) => page.pipe(mergeMap(work, 2))));

    expectObservable(result).toBe('----b-c----a-(de|)');
    // Each page ends with a barrier: from 6 ms on a single place is in use.
  });

  spec('A page is begun when all of the last is begun', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('             --(r|)', { r: page('bc', { more: true }) });
    const fetch2 = cold('               -(r|)', { r: page('de', { more: true }) });
    const fetch3 = cold('                   -(r|)', { r: page('f') });
    const work = (row: string) => cold('--(x|)', { x: row });
    const result = queryOf(fetch1, fetch2, fetch3).pipe(mergeRows(work, 1));

    expectObservable(result).toBe('   ----b-c-d-e-(f|)');
    expectSubscriptions(fetch2.subscriptions).toBe('--^!');
    expectSubscriptions(fetch3.subscriptions).toBe('------^!');
  });

  spec('Ordered: what waits for its turn takes a place', ({ cold, expectObservable }) => {
    const fetch1 = cold('    --(r|)', { r: page('abc', { more: true }) });
    const fetch2 = cold('      -(r|)', { r: page('d') });
    const work = (row: string) => cold({ a: '----(x|)', c: '-----(x|)' }[row] ?? '--(x|)', { x: row });
    const result = queryOf(fetch1, fetch2).pipe(mergeRows(work, 2, { ordered: true }));

    expectObservable(result).toBe('------(ab)-(cd|)');
    // b is done at 4 ms but comes after a, at 6; until then its place is taken, and c and d do not begin.
  });

  spec('An error leaves what is worked on', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('    --(r|)', { r: page('abc') });
    const slow = cold('        ---------(a|)');
    const fails = cold('       --#');
    const result = queryOf(fetch1).pipe(mergeRows((row) => (row === 'a' ? slow : fails), 2));

    expectObservable(result).toBe('----#');
    expectSubscriptions(slow.subscriptions).toBe('--^-!');
  });

  spec('delayError: what was read is finished first', ({ cold, expectObservable }) => {
    const fetch1 = cold('             --(r|)', { r: page('bcd', { more: true }) });
    const fetch2 = cold<never>('        -#');
    const work = (row: string) => cold('--(x|)', { x: row });
    const result = queryOf(fetch1, fetch2).pipe(mergeRows(work, 1, { delayError: true }));

    expectObservable(result).toBe('   ----b-c-(d#)');
  });

  spec('Leaving it leaves everything', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('                     --(r|)', { r: page('abc', { more: true }) });
    const fetch2 = cold('                       --------(r|)', { r: page('d') });
    const work = (row: string) => cold('        ---(x|)', { x: row });
    const result = queryOf(fetch1, fetch2).pipe(mergeRows(work, 2));

    expectObservable(result, '^------!').toBe('-----(ab)');
    expectSubscriptions(fetch2.subscriptions).toBe('--^----!');
  });
});
