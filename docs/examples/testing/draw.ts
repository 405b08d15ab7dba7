import { concatMap } from 'rxjs';
import { marbles, page, queryOf, renderAscii } from 'rxcql/testing';

const { lanes } = marbles(({ cold, expectObservable }) => {
  const fetch1 = cold('             --(r|)', { r: page('ab', { more: true }) });
  const fetch2 = cold('               -----(r|)', { r: page('c') });
  const work = (row: string) => cold('---(x|)', { x: row });
  const result = queryOf(fetch1, fetch2).pipe(concatMap((page) => page.pipe(concatMap(work))));

  expectObservable(result, '         ^--------!').toBe('-----a--b');
});
console.log(renderAscii({ title: 'Left while row c is worked on', lanes }));
