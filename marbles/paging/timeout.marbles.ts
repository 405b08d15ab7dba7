import { concatMap, timeout } from 'rxjs';
import { page, queryOf } from 'rxcql/testing';
import { behaviour, spec } from '../behaviour.js';

const text = `The pages of a query come as fast as they are read. \`timeout()\` behind it measures the reader as well as the server, and
blames the server for both. So the time that a request may take is an option of the driver, \`timeout\`, which counts from the
moment in which a page is asked for (S16).`;

behaviour('timeout() on pages blames the slow reader', text, () => {
  spec('On pages: a slow reader ends the query', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('             --(r|)', { r: page('ab', { more: true }) });
    const fetch2 = cold('               --(r|)', { r: page('c', { more: true }) });
    const fetch3 = cold('             --(r|)', { r: page('d') });
    const work = (row: string) => cold('----(x|)', { x: row });
    const result = queryOf(fetch1, fetch2, fetch3).pipe(
      timeout(5),
      concatMap((page) => page.pipe(concatMap(work))),
    );

    expectObservable(result).toBe('   ------a--#', undefined, { name: 'TimeoutError' });
    expectSubscriptions(fetch3.subscriptions).toBe([]);
    // Every answer came within 2 ms. Page 2 waits for its reader, who would need until 10 ms; meanwhile nothing is asked for.
  });

  spec('On each fetch: only the server counts', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('             --(r|)', { r: page('ab', { more: true }) });
    const fetch2 = cold('               --(r|)', { r: page('c', { more: true }) });
    const fetch3 = cold('                       --(r|)', { r: page('d') });
    const work = (row: string) => cold('----(x|)', { x: row });
    const fetches = [fetch1, fetch2, fetch3].map((fetch) => fetch.pipe(timeout(5)));
    const result = queryOf(...fetches).pipe(concatMap((page) => page.pipe(concatMap(work))));

    expectObservable(result).toBe('   ------a---b---c---(d|)');
    expectSubscriptions(fetch3.subscriptions).toBe('----------^-!');
    // This is what the option of the driver does.
  });
});
