import { EMPTY, Observable, of, throwError } from 'rxjs';
import { iterateRows, type Page, pages } from 'rxcql';
import { describe, expect, it, vi } from 'vitest';
import { damaged, outcome, queryOf, turns } from './support.js';

const DONE = { done: true, value: undefined };

async function textOf(source: Observable<Page<string>>): Promise<string> {
  let text = '';
  for await (const row of iterateRows(source)) text += row;
  return text;
}

describe.each([
  ['there at once', false],
  ['that come later', true],
])('iterateRows over pages %s', (_, later) => {
  it('gives every row, of one page, of many, of empty ones, and of none', async () => {
    expect(await textOf(queryOf(['abc'], { later }).source)).toBe('abc');
    expect(await textOf(queryOf(['ab', 'c', 'de'], { later }).source)).toBe('abcde');
    expect(await textOf(queryOf(['', 'a', '', '', 'b', ''], { later }).source)).toBe('ab');
    expect(await textOf(queryOf([''], { later }).source)).toBe('');
    expect(await textOf(EMPTY)).toBe('');
  });

  it('fetches a page when the rows before it are used up', async () => {
    const query = queryOf(['ab', 'cd', 'e'], { later });
    const iterator = iterateRows(query.source);
    await turns();
    expect(query).toMatchObject({ subscribed: 0, fetched: 0 });
    const fetched: number[] = [];
    for (let i = 0; i < 5; i++) {
      await iterator.next();
      await turns();
      fetched.push(query.fetched);
    }
    expect(fetched).toEqual([1, 1, 2, 2, 3]);
    expect(await iterator.next()).toEqual(DONE);
    expect(query).toMatchObject({ subscribed: 1, left: 1 });
  });

  it('asks for nothing more when the loop is left, at any row', async () => {
    for (const last of ['a', 'b', 'c', 'd']) {
      const query = queryOf(['ab', 'cd', 'e'], { later });
      for await (const row of iterateRows(query.source)) if (row === last) break;
      await turns();
      expect(query).toMatchObject({ fetched: last < 'c' ? 1 : 2, left: 1, inFlight: 0 });
    }
  });

  it('serves those who ask without waiting in the order in which they asked', async () => {
    const iterator = iterateRows(queryOf(['ab', '', 'c'], { later }).source);
    const results = await Promise.all([1, 2, 3, 4, 5].map(() => iterator.next()));
    expect(results.map(({ value }) => value as string)).toEqual(['a', 'b', 'c', undefined, undefined]);
  });

  it('rejects once with the error of a fetch, after the rows before it', async () => {
    const query = queryOf(['ab', 'c', 'd'], { later, failAt: 1 });
    const iterator = iterateRows(query.source);
    const results = await Promise.all([1, 2, 3, 4].map(() => outcome(iterator.next())));
    expect(results.slice(2)).toEqual(['rejected: The fetch failed.', DONE]);
    expect(query.left).toBe(1);
  });

  it('settles who waits as done when it is left', async () => {
    const query = queryOf(['a', 'b'], { later });
    const iterator = iterateRows(query.source);
    await iterator.next();
    const waiting = [iterator.next(), iterator.next(), iterator.next()];
    const returned = iterator.return!();
    const results = await Promise.all([returned, ...waiting, iterator.next()]);
    expect(results.slice(-3)).toEqual([DONE, DONE, DONE]);
    await turns();
    expect(query).toMatchObject({ left: 1, inFlight: 0 });
  });
});

describe('iterateRows', () => {
  it('ends a wait for a page that does not come', async () => {
    const left = vi.fn();
    const iterator = iterateRows(new Observable<Page<string>>(() => left));
    const waiting = iterator.next();
    await iterator.return!();
    expect(left).toHaveBeenCalledOnce();
    expect(await waiting).toEqual(DONE);
  });

  it('rejects with a row that cannot be read, and asks for nothing more', async () => {
    const source = damaged();
    const iterator = iterateRows(source);
    const results = await Promise.all([1, 2, 3].map(() => outcome(iterator.next())));
    expect(results).toEqual([{ done: false, value: 'a' }, 'rejected: The row is damaged.', DONE]);
    expect(source.fetched()).toBe(1);
  });

  it('passes on the error of the source', async () => {
    expect(await outcome(textOf(throwError(() => new Error('refused'))))).toBe('rejected: refused');
  });

  it('says who was given rows in the place of pages', async () => {
    const rows = of('a') as unknown as Observable<Page<string>>;
    await expect(iterateRows(rows).next()).rejects.toThrow('iterateRows takes the pages of a query');
  });

  it('takes a million empty pages that are there at once, and the row after them', { timeout: 30_000 }, async () => {
    const total = 1_000_001;
    const source = pages<string, number>((state = 0) =>
      of(state === total - 1 ? { rows: 'z' } : { rows: '', pagingState: state + 1 }),
    );
    expect(await textOf(source)).toBe('z');
  });
});
