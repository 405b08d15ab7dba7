import { TransformStream, WritableStream } from 'node:stream/web';
import { EMPTY, Observable, of } from 'rxjs';
import { type Page, toWebStream } from 'rxcql';
import { describe, expect, it, vi } from 'vitest';
import { damaged, outcome, queryOf, turns } from './support.js';

async function textOf(source: Observable<Page<string>>): Promise<string> {
  let text = '';
  for await (const row of toWebStream(source)) text += row;
  return text;
}

describe.each([
  ['there at once', false],
  ['that come later', true],
])('toWebStream over pages %s', (_, later) => {
  it('has every row, of one page, of many, of empty ones, and of none', async () => {
    expect(await textOf(queryOf(['abc'], { later }).source)).toBe('abc');
    expect(await textOf(queryOf(['', 'ab', 'c', '', 'de'], { later }).source)).toBe('abcde');
    expect(await textOf(EMPTY)).toBe('');
  });

  it('sends nothing before it is read, and fetches a page when its rows are asked for', async () => {
    const query = queryOf(['ab', 'c'], { later });
    const reader = toWebStream(query.source).getReader();
    await turns();
    expect(query.subscribed).toBe(0);
    const fetched: number[] = [];
    for (let i = 0; i < 3; i++) {
      await reader.read();
      await turns();
      fetched.push(query.fetched);
    }
    expect(fetched).toEqual([1, 1, 2]);
    expect(await reader.read()).toEqual({ done: true, value: undefined });
  });

  it('asks for nothing more when it is cancelled, at any row', async () => {
    for (const last of ['a', 'b', 'c']) {
      const query = queryOf(['ab', 'cd', 'e'], { later });
      for await (const row of toWebStream(query.source)) if (row === last) break;
      await turns();
      expect(query).toMatchObject({ fetched: last < 'c' ? 1 : 2, left: 1, inFlight: 0 });
    }
  });

  it('errors with the error of a fetch, after the rows before it', async () => {
    const query = queryOf(['ab', 'c'], { later, failAt: 1 });
    const reader = toWebStream(query.source).getReader();
    const results = [];
    for (let i = 0; i < 3; i++) results.push(await outcome(reader.read()));
    expect(results).toEqual([{ done: false, value: 'a' }, { done: false, value: 'b' }, 'rejected: The fetch failed.']);
    expect(query.left).toBe(1);
  });

  it('holds back a query whose rows are worked on slowly, through other streams too', async () => {
    const query = queryOf(
      Array.from({ length: 40 }, () => 'x'.repeat(10)),
      { later },
    );
    let written = 0;
    let ahead = 0;
    const slow = new WritableStream<string>({
      async write() {
        written++;
        ahead = Math.max(ahead, query.fetched - Math.ceil(written / 10));
        await turns(1);
      },
    });
    await toWebStream(query.source).pipeThrough(new TransformStream<string, string>()).pipeTo(slow);
    expect(written).toBe(400);
    expect(ahead).toBeLessThanOrEqual(1);
  });
});

describe('toWebStream', () => {
  it('leaves a fetch in flight when it is cancelled, and ends the read that waits', async () => {
    const left = vi.fn();
    const reader = toWebStream(new Observable<Page<string>>(() => left)).getReader();
    const waiting = reader.read();
    await turns();
    await reader.cancel();
    expect(left).toHaveBeenCalledOnce();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it('errors with a row that cannot be read, and asks for nothing more', async () => {
    const source = damaged();
    expect(await outcome(textOf(source))).toBe('rejected: The row is damaged.');
    expect(source.fetched()).toBe(1);
  });

  it('errors with rows in the place of pages', async () => {
    const rows = of('a') as unknown as Observable<Page<string>>;
    expect(await outcome(textOf(rows))).toContain('takes the pages of a query');
  });
});
