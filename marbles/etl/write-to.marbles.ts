import { map } from 'rxjs';
import { writeTo } from 'rxcql/etl';
import { page, queryOf } from 'rxcql/testing';
import { behaviour, spec } from '../behaviour.js';
import { toldBy, writerOf } from './writer-of.js';

const text = `\`writeTo(session, statement, { concurrency })\` writes the rows of pages and emits what became of each. The next page is fetched when
the first row of this one is begun. Here a row is a letter, which says what its write does, and \`!\` behind a letter is a failure.`;

const INSERT = 'INSERT …';

behaviour('writeTo()', text, () => {
  spec('So many at a time, across the borders of pages', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch1 = cold('  -(r|)', { r: page('ab', { more: true }) });
    const fetch2 = cold('   -(r|)', { r: page('c') });
    const a = cold('        -----(p|)', { p: page('') });
    const b = cold('        --(p|)', { p: page('') });
    const c = cold('          --(p|)', { p: page('') });
    const rows = queryOf(fetch1, fetch2);
    const session = writerOf({ a: [a], b: [b], c: [c] });
    const result = rows.pipe(writeTo(session, INSERT, { concurrency: 2 }), map(toldBy));

    expectObservable(result).toBe('---b-c(a|)');
    expectSubscriptions(fetch2.subscriptions).toBe('-^!');
    expectSubscriptions(c.subscriptions).toBe('---^-!');
  });

  spec('A failure is an outcome, and the others go on', ({ cold, expectObservable }) => {
    const fetch = cold('   -(r|)', { r: page('abc') });
    const a = cold('        --(p|)', { p: page('') });
    const b = cold<never>(' -#');
    const c = cold('         --(p|)', { p: page('') });
    const rows = queryOf(fetch);
    const session = writerOf({ a: [a], b: [b], c: [c] });
    const result = rows.pipe(writeTo(session, INSERT, { concurrency: 2 }), map(toldBy));

    expectObservable(result).toBe('--xa(c|)', { x: 'b!', a: 'a', c: 'c' });
  });

  spec('Leaving it leaves what is in flight', ({ cold, expectObservable, expectSubscriptions }) => {
    const fetch = cold('   -(r|)', { r: page('ab') });
    const a = cold('        -----(p|)', { p: page('') });
    const b = cold('        --(p|)', { p: page('') });
    const rows = queryOf(fetch);
    const session = writerOf({ a: [a], b: [b] });
    const result = rows.pipe(writeTo(session, INSERT, { concurrency: 2 }), map(toldBy));

    expectObservable(result, '^---!').toBe('---b');
    expectSubscriptions(a.subscriptions).toBe('-^--!');
  });
});
