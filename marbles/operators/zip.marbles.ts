import { concatMap, zip } from 'rxjs';
import { page, queryOf } from 'rxcql/testing';
import { behaviour, spec } from '../behaviour.js';

const text = `Two results can be read side by side. Zipped page by page, each query waits until its pages are read together; zipped row by
row, the faster one is read ahead and waits in \`zip()\`.`;

behaviour('zip() of two queries', text, () => {
  spec('Page by page: nobody runs ahead', ({ cold, expectObservable, expectSubscriptions }) => {
    const left1 = cold('        -(r|)', { r: page('ab', { more: true }) });
    const left2 = cold('            -(r|)', { r: page('c') });
    const right1 = cold('       ----(r|)', { r: page('AB', { more: true }) });
    const right2 = cold('           ----(r|)', { r: page('C') });
    const pairs = zip(queryOf(left1, left2), queryOf(right1, right2)).pipe(
      concatMap(([left, right]) => zip(left, right)),
      concatMap(([small, large]) => [small + large]),
    );

    const values = { x: 'aA', y: 'bB', z: 'cC' };
    expectObservable(pairs).toBe('----(xy)(z|)', values);
    expectSubscriptions(left2.subscriptions).toBe('----^!');
    expectSubscriptions(right2.subscriptions).toBe('----^---!');
  });

  spec('Row by row: the faster is read ahead', ({ cold, expectObservable, expectSubscriptions }) => {
    const left1 = cold('        -(r|)', { r: page('ab', { more: true }) });
    const left2 = cold('         -(r|)', { r: page('c') });
    const right1 = cold('       ----(r|)', { r: page('AB', { more: true }) });
    const right2 = cold('           ----(r|)', { r: page('C') });
    const rows = [queryOf(left1, left2), queryOf(right1, right2)].map((query) => query.pipe(concatMap((page) => page)));
    const pairs = zip(rows).pipe(concatMap(([small, large]) => [`${small}${large}`]));

    const values = { x: 'aA', y: 'bB', z: 'cC' };
    expectObservable(pairs).toBe('----(xy)(z|)', values);
    expectSubscriptions(left2.subscriptions).toBe('-^!');
    // Rows a, b and c are in memory at 2 ms. With a million rows they would be too.
  });

  spec('Leaving it leaves both', ({ cold, expectObservable, expectSubscriptions }) => {
    const left1 = cold('                -(r|)', { r: page('a') });
    const right1 = cold('               ----(r|)', { r: page('A') });
    const pairs = zip(queryOf(left1), queryOf(right1)).pipe(concatMap(([left, right]) => zip(left, right)));

    expectObservable(pairs, '^--!').toBe('---');
    expectSubscriptions(right1.subscriptions).toBe('^--!');
  });
});
