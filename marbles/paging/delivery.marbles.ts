import { concatMap, map, switchMap, timer } from 'rxjs';
import { page, queryOf } from 'rxcql/testing';
import { behaviour, spec } from '../behaviour.js';

const text = `A page is _delivered_ when its first reader is through with it, has left it, or has skipped it. That, and nothing
else, makes the query fetch the next one (rule S3).`;

behaviour('A page that has been read asks for the next', text, () => {
  spec('The next page comes while this one is worked on', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('             --(r|)', { r: page('ab', { more: true }) });
    const fetch2 = cold('               -(r|)', { r: page('c') });
    const work = (row: string) => cold('---(x|)', { x: row });
    const result = queryOf(fetch1, fetch2).pipe(concatMap((page) => page.pipe(concatMap(work))));

    expectObservable(result).toBe('   -----a--b--(c|)');
    expectSubscriptions(fetch1.subscriptions).toBe('^-!');
    expectSubscriptions(fetch2.subscriptions).toBe('--^!');
  });

  spec('Nothing is fetched while a page waits', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('          --(r|)', { r: page('ab', { more: true }) });
    const fetch2 = cold('                -(r|)', { r: page('c') });
    const result = queryOf(fetch1, fetch2).pipe(concatMap((page) => timer(4).pipe(switchMap(() => page))));

    expectObservable(result).toBe('------(ab)-(c|)');
    expectSubscriptions(fetch2.subscriptions).toBe('------^!');
  });

  spec('Skipping and iterating are reading', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('          --(r|)', { r: page('ab', { more: true }) });
    const fetch2 = cold('            -(r|)', { r: page('cd', { more: true }) });
    const fetch3 = cold('             -(r|)', { r: page('e') });
    const read = queryOf(fetch1, fetch2, fetch3).pipe(
      map((page, index) => (index === 0 ? page.skip() : [...page])),
      map((rows) => rows?.join('') ?? 'skipped'),
    );

    expectObservable(read).toBe('  --xy(z|)', { x: 'skipped', y: 'cd', z: 'e' });
    expectSubscriptions(fetch2.subscriptions).toBe('--^!');
    expectSubscriptions(fetch3.subscriptions).toBe('---^!');
  });

  spec('A page that nobody reads stops the query', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('        --(r|)', { r: page('ab', { more: true }) });
    const fetch2 = cold('        --(r|)', { r: page('c') });
    const pages = queryOf(fetch1, fetch2);

    expectObservable(pages).toBe('--p', { p: page('ab', { more: true }) });
    expectSubscriptions(fetch2.subscriptions).toBe([]);
  });
});
