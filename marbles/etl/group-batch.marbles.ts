import { concatMap, map } from 'rxjs';
import { groupBatch } from 'rxcql/etl';
import { page, queryOf } from 'rxcql/testing';
import { behaviour, spec } from '../behaviour.js';

const text = `\`groupBatch({ key, maxItems, maxBytes, maxOpen })\` gathers records with the same key, for a batch. A group is emitted when it is full, and
those that are not when the source completes. Here the key is the letter, small or large.`;

const key = (letter: string): string => letter.toLowerCase();
const joined = (group: readonly string[]): string => group.join('');

behaviour('groupBatch()', text, () => {
  spec('What is full is emitted at once, the rest at the end', ({ hot, expectObservable }) => {
    const source = hot('abAc-C|');
    const result = source.pipe(groupBatch({ key, maxItems: 2 }), map(joined));

    expectObservable(result).toBe('--x--y(b|)', { x: 'aA', y: 'cC', b: 'b' });
  });

  spec('To make room, the oldest is emitted', ({ hot, expectObservable }) => {
    const source = hot('ab-c-A|');
    const result = source.pipe(groupBatch({ key, maxOpen: 2 }), map(joined));

    expectObservable(result).toBe('---a-b(cA|)');
  });

  spec('Inside of a page, nothing waits for the next', ({ cold, expectObservable }) => {
    const fetch1 = cold('-(r|)', { r: page('abA', { more: true }) });
    const fetch2 = cold(' -----(r|)', { r: page('a') });
    const query = queryOf(fetch1, fetch2);
    const result = query.pipe(concatMap((rows) => rows.pipe(groupBatch({ key }), map(joined))));

    expectObservable(result).toBe('-(xb)-(a|)', { x: 'aA', b: 'b', a: 'a' });
  });
});
