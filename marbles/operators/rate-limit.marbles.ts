import { concatMap } from 'rxjs';
import { rateLimit } from 'rxcql';
import { page, queryOf } from 'rxcql/testing';
import { behaviour, spec } from '../behaviour.js';

const text = `\`rateLimit({ perSecond, burst, cost })\` lets values pass at a rate; those that come too early wait, in their order. It stands on the
pages of a query: behind flattening, rows would wait in memory.`;

behaviour('rateLimit()', text, () => {
  spec('Values are spaced evenly', ({ hot, expectObservable }) => {
    const source = hot('-(abc)-------d|');
    const result = source.pipe(rateLimit({ perSecond: 250 }));

    expectObservable(result).toBe('-a---b---c---d|');
  });

  spec('A burst passes at once, after a pause', ({ hot, expectObservable }) => {
    const source = hot('(abcd)----------(ef|)');
    const result = source.pipe(rateLimit({ perSecond: 250, burst: 2 }));

    expectObservable(result).toBe('(ab)c---d-------(ef|)');
  });

  spec('A query is fetched as fast as its rows may pass', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('          -(r|)', { r: page('ab', { more: true }) });
    const fetch2 = cold('           -(r|)', { r: page('cd', { more: true }) });
    const fetch3 = cold('                    -(r|)', { r: page('e') });
    const query = queryOf(fetch1, fetch2, fetch3);
    const result = query.pipe(
      rateLimit({ perSecond: 250, cost: (page) => page.rowCount }),
      concatMap((page) => page),
    );

    expectObservable(result).toBe('-(ab)----(cd)----(e|)');
    expectSubscriptions(fetch2.subscriptions).toBe('-^!');
    expectSubscriptions(fetch3.subscriptions).toBe('---------^!');
  });

  spec('The rate may change: 0 is a pause', ({ cold, hot, expectObservable }) => {
    const perSecond = cold('a-----z---------b', { a: 250, z: 0, b: 500 });
    const source = hot('   (abcde|)');
    const result = source.pipe(rateLimit({ perSecond }));

    expectObservable(result).toBe('a---b------------c-d-(e|)');
  });
});
