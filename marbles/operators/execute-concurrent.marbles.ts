import { map } from 'rxjs';
import { executeConcurrent } from 'rxcql';
import { page, queryOf } from 'rxcql/testing';
import { behaviour, spec } from '../behaviour.js';
import { sessionOf, shown } from '../session-of.js';

const text = `\`executeConcurrent(session, statement, source, { concurrency })\` executes a statement for each element of a source. An element is
taken when a place is free for it, and a place is free when the result has been emitted. Here the statement is a SELECT of the row that
the element names, \`source\` is \`[['a'], ['b'], …]\`, and what is shown of a result is that row.`;

const SELECT = 'SELECT …';

behaviour('executeConcurrent()', text, () => {
  spec('Results as they come', ({ cold, expectObservable, expectSubscriptions }) => {
    const a = cold('       -----(p|)', { p: page('a') });
    const b = cold('       --(p|)', { p: page('b') });
    const c = cold('         --(p|)', { p: page('c') });
    const session = sessionOf({ a: [a], b: [b], c: [c] });
    const options = { concurrency: 2, ordered: false };
    const result = executeConcurrent<string>(session, SELECT, [['a'], ['b'], ['c']], options).pipe(map(shown));

    expectObservable(result).toBe('--b-c(a|)');
    expectSubscriptions(c.subscriptions).toBe('--^-!');
  });

  spec('In order, what waits keeps its place', ({ cold, expectObservable, expectSubscriptions }) => {
    const a = cold('       -----(p|)', { p: page('a') });
    const b = cold('       --(p|)', { p: page('b') });
    const c = cold('            ----(p|)', { p: page('c') });
    const session = sessionOf({ a: [a], b: [b], c: [c] });
    const result = executeConcurrent<string>(session, SELECT, [['a'], ['b'], ['c']], { concurrency: 2 }).pipe(
      map(shown),
    );

    expectObservable(result).toBe('-----(ab)(c|)');
    expectSubscriptions(c.subscriptions).toBe('-----^---!');
    // b is there at 2 ms, and c does not begin before b has been emitted.
  });

  spec('Further pages are fetched in the same place', ({ cold, expectObservable, expectSubscriptions }) => {
    const a1 = cold('      --(p|)', { p: page('a', { more: true }) });
    const a2 = cold('        --(p|)', { p: page('A') });
    const b = cold('           --(p|)', { p: page('b') });
    const session = sessionOf({ a: [a1, a2], b: [b] });
    const result = executeConcurrent<string>(session, SELECT, [['a'], ['b']], { concurrency: 1 }).pipe(map(shown));

    expectObservable(result).toBe('--a-A-(b|)');
    expectSubscriptions(b.subscriptions).toBe('----^-!');
  });

  spec('In order, further pages wait for their turn', ({ cold, expectObservable, expectSubscriptions }) => {
    const a = cold('       -----(p|)', { p: page('a') });
    const b1 = cold('      --(p|)', { p: page('b', { more: true }) });
    const b2 = cold('           ----(p|)', { p: page('B') });
    const session = sessionOf({ a: [a], b: [b1, b2] });
    const result = executeConcurrent<string>(session, SELECT, [['a'], ['b']], { concurrency: 2 }).pipe(map(shown));

    expectObservable(result).toBe('-----(ab)(B|)');
    expectSubscriptions(b2.subscriptions).toBe('-----^---!');
  });

  spec('The first failure in time ends it', ({ cold, expectObservable, expectSubscriptions }) => {
    const a = cold('       -----(p|)', { p: page('a') });
    const b = cold<never>('--#');
    const session = sessionOf({ a: [a], b: [b] });
    const result = executeConcurrent<string>(session, SELECT, [['a'], ['b'], ['c']], { concurrency: 2 }).pipe(
      map(shown),
    );

    expectObservable(result).toBe('--#');
    expectSubscriptions(a.subscriptions).toBe('^-!');
  });

  spec('Without failFast, failures are results', ({ cold, expectObservable }) => {
    const a = cold('       --(p|)', { p: page('a') });
    const b = cold<never>('-#');
    const c = cold('         ----(p|)', { p: page('c') });
    const session = sessionOf({ a: [a], b: [b], c: [c] });
    const options = { concurrency: 2, failFast: false };
    const result = executeConcurrent<string>(session, SELECT, [['a'], ['b'], ['c']], options).pipe(map(shown));

    expectObservable(result).toBe('--(ax)(c|)', { a: 'a', x: 'not b', c: 'c' });
  });

  spec('Pages as a source are fetched as needed', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('  -(r|)', { r: page([['a'], ['b']], { more: true }) });
    const fetch2 = cold('   -(r|)', { r: page([['a'], ['b']], { more: true }) });
    const fetch3 = cold('       -(r|)', { r: page([['b']]) });
    const a = cold('        --(p|)', { p: page('a') });
    const b = cold('          --(p|)', { p: page('b') });
    const session = sessionOf({ a: [a], b: [b] });
    const keys = queryOf(fetch1, fetch2, fetch3);
    const result = executeConcurrent<string>(session, SELECT, keys, { concurrency: 1 }).pipe(map(shown));

    expectObservable(result).toBe('---a-b-a-b-(b|)');
    expectSubscriptions(fetch2.subscriptions).toBe('-^!');
    expectSubscriptions(fetch3.subscriptions).toBe('-----^!');
  });

  spec('Leaving it leaves everything', ({ cold, expectObservable, expectSubscriptions }) => {
    const a = cold('       --(p|)', { p: page('a') });
    const b = cold('         -----(p|)', { p: page('b') });
    const session = sessionOf({ a: [a], b: [b] });
    const result = executeConcurrent<string>(session, SELECT, [['a'], ['b'], ['c']], { concurrency: 1 }).pipe(
      map(shown),
    );

    expectObservable(result, '^---!').toBe('--a');
    expectSubscriptions(b.subscriptions).toBe('--^-!');
  });
});
