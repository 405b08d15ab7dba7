import { catchError, concatMap, EMPTY, materialize, of, throwError } from 'rxjs';
import { page, queryOf } from 'rxcql/testing';
import { behaviour, spec } from '../behaviour.js';

const text = `A fetch that fails ends the query at once; what was read before and is still being worked on is dropped with it.
A row that cannot be decoded ends only its page (S7).`;

behaviour('Errors', text, () => {
  spec('A fetch that fails ends the query at once', ({ cold, expectObservable }) => {
    const fetch1 = cold('             --(r|)', { r: page('ab', { more: true }) });
    const fetch2 = cold<never>('        --#');
    const work = (row: string) => cold('---(x|)', { x: row });
    const result = queryOf(fetch1, fetch2).pipe(concatMap((page) => page.pipe(concatMap(work))));

    expectObservable(result).toBe('   ----#');
  });

  spec('materialize(): errors wait for their turn', ({ cold, expectObservable }) => {
    const fetch1 = cold('             --(r|)', { r: page('ab', { more: true }) });
    const fetch2 = cold<never>('        --#');
    const work = (row: string) => cold('---(x|)', { x: row });
    const result = queryOf(fetch1, fetch2).pipe(
      materialize(),
      concatMap((event) => {
        if (event.kind === 'N') return event.value.pipe(concatMap(work));
        return event.kind === 'E' ? throwError(() => event.error as unknown) : EMPTY;
      }),
    );

    expectObservable(result).toBe('   -----a--(b#)');
  });

  spec('A bad row ends its page only', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('           --(r|)', { r: page('a', { more: true, error: new Error('damaged') }) });
    const fetch2 = cold('             ----(r|)', { r: page('b') });
    const result = queryOf(fetch1, fetch2).pipe(concatMap((page) => page.pipe(catchError(() => of('x')))));

    expectObservable(result).toBe(' --(ax)(b|)');
    expectSubscriptions(fetch2.subscriptions).toBe('--^---!');
    // Caught, the page counts as read.
  });
});
