import {
  catchError,
  concat,
  concatMap,
  EMPTY,
  filter,
  map,
  materialize,
  mergeMap,
  of,
  retry,
  share,
  switchMap,
  take,
  takeUntil,
  throwError,
  timer,
} from 'rxjs';
import { type Chunk, pages } from 'rxcql';
import { describe, it } from 'vitest';
import { chunk, marbles, queryOf } from './support.js';

// The demand rule of docs/architecture.md, by its numbers. `r` is a response, other letters are rows. `fetch2` brings the
// second page: its line begins where it is subscribed to.

describe('S1 a query is cold', () => {
  it('sends a request for each subscription, and none before', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const fetch1 = cold('                     --(r|)', { r: chunk('a') });
      const result = queryOf(fetch1).pipe(concatMap((page) => page));

      expectObservable(result).toBe('           --(a|)');
      expectObservable(result, '----^').toBe('  ------(a|)');
      expectSubscriptions(fetch1.subscriptions).toBe(['^-!', '----^-!']);
    });
  });

  it('sends a statement that has no rows', () => {
    marbles(({ cold, expectObservable }) => {
      const fetch1 = cold('            --(r|)', { r: chunk('') });
      const result = queryOf(fetch1).pipe(map((page) => page.rowCount));

      expectObservable(result).toBe('  --(n|)', { n: 0 });
    });
  });
});

describe('S2 a response is one page', () => {
  it('is emitted in the moment in which it arrives', () => {
    marbles(({ cold, expectObservable }) => {
      const fetch1 = cold('            --(r|)', { r: chunk('abc') });
      const result = queryOf(fetch1).pipe(map((page) => page.rowCount));

      expectObservable(result).toBe('  --(n|)', { n: 3 });
    });
  });
});

describe('S3 a page that has been read asks for the next', () => {
  it('fetches one page ahead of the work', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const fetch1 = cold('                      --(r|)', { r: chunk('ab', 2) });
      const fetch2 = cold('                        -(r|)', { r: chunk('c') });
      const work = (row: string) => cold('         ---(x|)', { x: row });
      const result = queryOf(fetch1, fetch2).pipe(concatMap((page) => page.pipe(concatMap(work))));

      expectObservable(result).toBe('            -----a--b--(c|)');
      expectSubscriptions(fetch1.subscriptions).toBe('^-!');
      expectSubscriptions(fetch2.subscriptions).toBe('--^!');
    });
  });

  it('fetches nothing while the page waits to be read', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const fetch1 = cold('                      --(r|)', { r: chunk('ab', 2) });
      const fetch2 = cold('                            -(r|)', { r: chunk('c') });
      const result = queryOf(fetch1, fetch2).pipe(concatMap((page) => timer(4).pipe(switchMap(() => page))));

      expectObservable(result).toBe('            ------(ab)-(c|)');
      expectSubscriptions(fetch2.subscriptions).toBe('------^!');
    });
  });

  it('takes a page as read when it is skipped, and when it was read as an iterable', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const fetch1 = cold('                      --(r|)', { r: chunk('ab', 2) });
      const fetch2 = cold('                        -(r|)', { r: chunk('c', 3) });
      const fetch3 = cold('                         -(r|)', { r: chunk('d') });
      const result = queryOf(fetch1, fetch2, fetch3).pipe(
        map((page, index) => {
          if (index === 0) page.skip();
          return index === 0 ? '-' : page.toArray().join('');
        }),
      );

      expectObservable(result).toBe('            --sc(d|)', { s: '-', c: 'c', d: 'd' });
      expectSubscriptions(fetch2.subscriptions).toBe('--^!');
      expectSubscriptions(fetch3.subscriptions).toBe('---^!');
    });
  });

  it('stops at a page that nobody reads', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const fetch1 = cold('                      --(r|)', { r: chunk('ab', 2) });
      const fetch2 = cold('                        -(r|)', { r: chunk('c') });
      const result = queryOf(fetch1, fetch2).pipe(map(() => 'p'));

      expectObservable(result).toBe('            --p');
      expectSubscriptions(fetch2.subscriptions).toBe([]);
    });
  });
});

describe('S4 at most one page is not read', () => {
  it('holds one page more than are worked on', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const fetch1 = cold('                      -(r|)', { r: chunk('a', 2) });
      const fetch2 = cold('                       -(r|)', { r: chunk('b', 3) });
      const fetch3 = cold('                        -(r|)', { r: chunk('c', 4) });
      const fetch4 = cold('                            -(r|)', { r: chunk('d') });
      const work = (row: string) => cold('        -----(x|)', { x: row });
      const result = queryOf(fetch1, fetch2, fetch3, fetch4).pipe(mergeMap((page) => page.pipe(concatMap(work)), 2));

      // Pages 1 and 2 are worked on and 3 waits; when 1 is done, 3 is read, and 4 is asked for.
      expectObservable(result).toBe('            ------ab---c(d|)');
      expectSubscriptions(fetch3.subscriptions).toBe('--^!');
      expectSubscriptions(fetch4.subscriptions).toBe('------^!');
    });
  });
});

describe('S5 a query completes with its last page', () => {
  it('does so before that page is read', () => {
    marbles(({ cold, expectObservable }) => {
      const fetch1 = cold('            --(r|)', { r: chunk('ab') });
      const result = queryOf(fetch1).pipe(map(() => 'p'));

      expectObservable(result).toBe('  --(p|)');
    });
  });
});

describe('S6 rows are emitted one by one', () => {
  it('stops at the row after which nobody listens, and fetches nothing more', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const fetch1 = cold('            --(r|)', { r: chunk('abc', 2) });
      const fetch2 = cold('              -(r|)', { r: chunk('d') });
      const result = queryOf(fetch1, fetch2).pipe(
        concatMap((page) => page),
        take(2),
      );

      expectObservable(result).toBe('  --(ab|)');
      expectSubscriptions(fetch2.subscriptions).toBe([]);
    });
  });
});

describe('S7 errors', () => {
  it('end the query at once when they are of a fetch', () => {
    marbles(({ cold, expectObservable }) => {
      const fetch1 = cold('                       --(r|)', { r: chunk('ab', 2) });
      const fetch2 = cold<Chunk<string, number>>('  -#');
      const work = (row: string) => cold('          ---(x|)', { x: row });
      const result = queryOf(fetch1, fetch2).pipe(concatMap((page) => page.pipe(concatMap(work))));

      expectObservable(result).toBe('             ---#');
    });
  });

  it('let what was read be finished, where they are made values first', () => {
    marbles(({ cold, expectObservable }) => {
      const fetch1 = cold('                       --(r|)', { r: chunk('ab', 2) });
      const fetch2 = cold<Chunk<string, number>>('  -#');
      const work = (row: string) => cold('          ---(x|)', { x: row });
      const result = queryOf(fetch1, fetch2).pipe(
        materialize(),
        concatMap((event) => {
          if (event.kind === 'N') return event.value.pipe(concatMap(work));
          return event.kind === 'E' ? throwError(() => event.error as unknown) : EMPTY;
        }),
      );

      expectObservable(result).toBe('             -----a--(b#)');
    });
  });

  it('end only their page when they are of a row: caught, the page counts as read', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const rows = (function* () {
        yield 'a';
        throw new Error('a damaged row');
      })();
      const fetch1 = cold('                      --(r|)', { r: { rows, pagingState: 2 } });
      const fetch2 = cold('                        -----(r|)', { r: chunk('b') });
      const result = queryOf(fetch1, fetch2).pipe(concatMap((page) => page.pipe(catchError(() => of('x')))));

      expectObservable(result).toBe('            --(ax)-(b|)');
      expectSubscriptions(fetch2.subscriptions).toBe('--^----!');
    });
  });
});

describe('S8 unsubscribing leaves the fetch in flight', () => {
  it('before the first response', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const fetch1 = cold('                      -----(r|)', { r: chunk('a') });
      const result = queryOf(fetch1).pipe(concatMap((page) => page));

      expectObservable(result, '                 ^--!').toBe('---');
      expectSubscriptions(fetch1.subscriptions).toBe('^--!');
    });
  });

  it('while the next page is on its way', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const fetch1 = cold('                      --(r|)', { r: chunk('a', 2) });
      const fetch2 = cold('                        -----(r|)', { r: chunk('b') });
      const result = queryOf(fetch1, fetch2).pipe(concatMap((page) => page));

      expectObservable(result, '                 ^---!').toBe('--a-');
      expectSubscriptions(fetch2.subscriptions).toBe('--^-!');
    });
  });
});

describe('S9 a page never asks the network', () => {
  it('gives its rows again to whoever subscribes again', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const fetch1 = cold('                      --(r|)', { r: chunk('ab') });
      const result = queryOf(fetch1).pipe(concatMap((page) => concat(page, page)));

      expectObservable(result).toBe('            --(abab|)');
      expectSubscriptions(fetch1.subscriptions).toBe('^-!');
    });
  });
});

describe('S11 takeUntil', () => {
  it('before the pages are flattened stops reading, and lets the work be finished', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const fetch1 = cold('                      --(r|)', { r: chunk('ab', 2) });
      const fetch2 = cold('                        -----(r|)', { r: chunk('c') });
      const work = (row: string) => cold('         ---(x|)', { x: row });
      const stop = cold('                        ---s');
      const result = queryOf(fetch1, fetch2).pipe(
        takeUntil(stop),
        concatMap((page) => page.pipe(concatMap(work))),
      );

      expectObservable(result).toBe('            -----a--(b|)');
      expectSubscriptions(fetch2.subscriptions).toBe('--^!');
    });
  });

  it('after the pages are flattened drops everything', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const fetch1 = cold('                      --(r|)', { r: chunk('ab', 2) });
      const fetch2 = cold('                        -----(r|)', { r: chunk('c') });
      const work = (row: string) => cold('         ---(x|)', { x: row });
      const stop = cold('                        ---s');
      const result = queryOf(fetch1, fetch2).pipe(
        concatMap((page) => page.pipe(concatMap(work))),
        takeUntil(stop),
      );

      expectObservable(result).toBe('            ---|');
      expectSubscriptions(fetch2.subscriptions).toBe('--^!');
    });
  });
});

describe('S13 share()', () => {
  it('makes one chain, which the fastest subscriber drives', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const fetch1 = cold('                      --(r|)', { r: chunk('a', 2) });
      const fetch2 = cold('                        --(r|)', { r: chunk('b') });
      const query = queryOf(fetch1, fetch2).pipe(share());

      expectObservable(query.pipe(concatMap((page) => page))).toBe('--a-(b|)');
      expectObservable(query.pipe(map(() => 'p'))).toBe('           --p-(p|)');
      expectSubscriptions(fetch1.subscriptions).toBe('^-!');
    });
  });
});

describe('S14 retry()', () => {
  it('starts again with page 1: what was emitted before comes twice', () => {
    marbles(({ cold, expectObservable }) => {
      const fetch1 = cold('                       --(r|)', { r: chunk('a', 2) });
      const fails = cold<Chunk<string, number>>('   -#');
      const works = cold('                               -(r|)', { r: chunk('b') });
      const second = [fails, works];
      const query = pages<string, number>((state) => (state === undefined ? fetch1 : second.shift()!));
      const result = query.pipe(
        concatMap((page) => page),
        retry(1),
      );

      expectObservable(result).toBe('             --a--a(b|)');
    });
  });
});

describe('S15 an empty page', () => {
  it('asks for the next by itself, so that it may be filtered out', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const fetch1 = cold('                      --(r|)', { r: chunk('', 2) });
      const fetch2 = cold('                        --(r|)', { r: chunk('', 3) });
      const fetch3 = cold('                          --(r|)', { r: chunk('a') });
      const result = queryOf(fetch1, fetch2, fetch3).pipe(
        filter((page) => page.rowCount > 0),
        concatMap((page) => page),
      );

      expectObservable(result).toBe('            ------(a|)');
      expectSubscriptions(fetch2.subscriptions).toBe('--^-!');
    });
  });
});
