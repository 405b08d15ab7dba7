import { concatMap, EMPTY, expand } from 'rxjs';
import { page, queryOf } from 'rxcql/testing';
import { behaviour, spec } from '../behaviour.js';

const text = `\`expand()\` is for results that lead to further queries: the children of a folder, the friends of a friend. Its second
parameter bounds how many of those run at a time. It is not for paging, which it would do without waiting for anybody to read.`;

behaviour('expand(): queries that lead to queries', text, () => {
  spec('The children of each row, two at a time', ({ cold, expectObservable, expectSubscriptions }) => {
    const root = cold('         -(r|)', { r: page('ab') });
    const ofA = cold('           ----(r|)', { r: page('cd') });
    const ofB = cold('           --------(r|)', { r: page('e') });
    const children = (row: string) => ({ a: queryOf(ofA), b: queryOf(ofB) })[row] ?? EMPTY;
    const rows = queryOf(root).pipe(
      concatMap((page) => page),
      expand((row) => children(row).pipe(concatMap((page) => page)), 2),
    );

    expectObservable(rows).toBe('-(ab)(cd)(e|)');
    expectSubscriptions(ofB.subscriptions).toBe('-^-------!');
  });

  spec('Leaving it leaves every query', ({ cold, expectObservable, expectSubscriptions }) => {
    const root = cold('                   -(r|)', { r: page('ab') });
    const ofA = cold('                     ----(r|)', { r: page('cd') });
    const ofB = cold('                     --------(r|)', { r: page('e') });
    const children = (row: string) => ({ a: queryOf(ofA), b: queryOf(ofB) })[row] ?? EMPTY;
    const rows = queryOf(root).pipe(
      concatMap((page) => page),
      expand((row) => children(row).pipe(concatMap((page) => page)), 2),
    );

    expectObservable(rows, '^------!').toBe('-(ab)(cd)');
    expectSubscriptions(ofB.subscriptions).toBe('-^-----!');
  });
});
