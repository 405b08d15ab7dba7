import { concatMap, mergeMap } from 'rxjs';
import { mergeRows, type Chunk } from 'rxcql';
import { describe, it } from 'vitest';
import { chunk, marbles, queryOf } from './support.js';

// S12 of the demand rule: rows of several pages under one limit. Row `a` takes nine milliseconds, the others two.

describe('S12 mergeRows', () => {
  it('does not wait for a straggler before it begins the next page', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const fetch1 = cold('                      --(r|)', { r: chunk('abc', 2) });
      const fetch2 = cold('                        -(r|)', { r: chunk('de') });
      const work = (row: string) => (row === 'a' ? cold('---------(a|)') : cold('--(x|)', { x: row }));

      const merged = queryOf(fetch1, fetch2).pipe(mergeRows(work, 2));
      expectObservable(merged).toBe('            ----b-c-d-e(a|)');

      // For comparison: a limit within each page has a barrier where it ends.
      const separate = queryOf(fetch1, fetch2).pipe(concatMap((page) => page.pipe(mergeMap(work, 2))));
      expectObservable(separate).toBe('          ----b-c----a-(de|)');
      expectSubscriptions(fetch2.subscriptions).toBe(['--^!', '--^!']);
    });
  });

  it('begins to read the next page when all rows of the one before are begun', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const fetch1 = cold('                      --(r|)', { r: chunk('bc', 2) });
      const fetch2 = cold('                        -(r|)', { r: chunk('de', 3) });
      const fetch3 = cold('                            -(r|)', { r: chunk('f') });
      const work = (row: string) => cold('         --(x|)', { x: row });
      const result = queryOf(fetch1, fetch2, fetch3).pipe(mergeRows(work, 1));

      expectObservable(result).toBe('            ----b-c-d-e-(f|)');
      expectSubscriptions(fetch2.subscriptions).toBe('--^!');
      expectSubscriptions(fetch3.subscriptions).toBe('------^!');
    });
  });

  it('emits in the order of the rows where it is asked to, and counts what waits as work', () => {
    marbles(({ cold, expectObservable }) => {
      const fetch1 = cold('            --(r|)', { r: chunk('abc', 2) });
      const fetch2 = cold('              -(r|)', { r: chunk('d') });
      const work = (row: string) => (row === 'a' ? cold('----(a|)') : cold('--(x|)', { x: row }));
      const slow = (row: string) => (row === 'c' ? cold('-----(c|)') : work(row));
      const result = queryOf(fetch1, fetch2).pipe(mergeRows(slow, 2, { ordered: true }));

      // b is done at 4 but comes after a, at 6; until then its place is taken, and c and d do not begin.
      expectObservable(result).toBe('  ------(ab)-(cd|)');
    });
  });

  it('errors at once, and leaves what is being worked on', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const fetch1 = cold('                      --(r|)', { r: chunk('abc') });
      const slow = cold('                          ---------(a|)');
      const fails = cold('                 --#');
      const result = queryOf(fetch1).pipe(mergeRows((row) => (row === 'a' ? slow : fails), 2));

      expectObservable(result).toBe('            ----#');
      expectSubscriptions(slow.subscriptions).toBe('--^-!');
    });
  });

  it('errors after everything that was read, where it is asked to', () => {
    marbles(({ cold, expectObservable }) => {
      const fetch1 = cold('                        --(r|)', { r: chunk('bcd', 2) });
      const fetch2 = cold<Chunk<string, number>>('   -#');
      const work = (row: string) => cold('           --(x|)', { x: row });
      const result = queryOf(fetch1, fetch2).pipe(mergeRows(work, 1, { delayError: true }));

      expectObservable(result).toBe('              ----b-c-(d#)');
    });
  });
});
