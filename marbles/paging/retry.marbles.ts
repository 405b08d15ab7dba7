import { concatMap, defer, retry, tap } from 'rxjs';
import { CqlError } from 'rxcql';
import { page, queryFrom, queryOf } from 'rxcql/testing';
import { behaviour, spec } from '../behaviour.js';

const text = `\`retry()\` behind a query begins it again, with page 1: rows that came before come twice (S14). To go on where it
ended, resume with the \`pagingState\` of the error, or of the last page that was finished. What the driver itself tries
again, the fetch of one page, does not show in the pages at all (S17).`;

behaviour('retry()', text, () => {
  spec('retry() begins with page 1', ({ cold, expectObservable }) => {
    const fetch1 = cold('        --(r|)', { r: page('a', { more: true }) });
    const fails = cold<never>('    -#');
    const works = cold('                -(r|)', { r: page('b') });
    const answers = [fails, works];
    const fetch2 = defer(() => answers.shift()!);
    const rows = queryOf(fetch1, fetch2).pipe(
      concatMap((page) => page),
      retry(1),
    );

    expectObservable(rows).toBe('--a--a(b|)');
  });

  spec('Resuming goes on where it ended', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('        --(r|)', { r: page('a', { more: true }) });
    const fails = cold<never>('    -#', {}, new CqlError('ERR_RXCQL_REQUEST_TIMEOUT', 'Too late.'));
    const works = cold('            -(r|)', { r: page('b') });
    const answers = [fails, works];
    const fetch2 = defer(() => answers.shift()!);
    let pagingState: Buffer | undefined;
    const rows = defer(() => queryFrom(pagingState, fetch1, fetch2)).pipe(
      concatMap((page) => page),
      tap({ error: (error: CqlError) => (pagingState = error.pagingState) }),
      retry(1),
    );

    expectObservable(rows).toBe('--a-(b|)');
    expectSubscriptions(fetch1.subscriptions).toBe('^-!');
  });

  spec('Attempts at one fetch do not show', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('        --(r|)', { r: page('a', { more: true }) });
    const fails = cold<never>('    -#');
    const works = cold('            --(r|)', { r: page('b') });
    const attempts = [fails, works];
    const fetch2 = defer(() => attempts.shift()!).pipe(retry(1));
    const rows = queryOf(fetch1, fetch2).pipe(concatMap((page) => page));

    expectObservable(rows).toBe('--a--(b|)');
    expectSubscriptions(works.subscriptions).toBe('---^-!');
  });
});
