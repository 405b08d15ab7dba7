import { inspect } from 'node:util';
import { take, toArray } from 'rxjs';
import { type CqlError, type Page, pages } from 'rxcql';
import { describe, expect, it, vi } from 'vitest';
import { ArrayRows } from '../../src/operators/array-rows.js';
import { Page as PageClass, type RowSource } from '../../src/operators/page.js';

/** Rows that count how many of them were decoded. */
function counted(count: number): RowSource<number> & { decoded: number } {
  const source = {
    rowCount: count,
    decoded: 0,
    cursor() {
      let next = 0;
      return {
        next() {
          source.decoded++;
          return next++;
        },
      };
    },
  };
  return source;
}

const pageOf = (count: number): Page<number> => new PageClass(counted(count), {});

function delivered(page: Page<unknown>): () => boolean {
  const callback = vi.fn();
  page.whenDelivered(callback);
  return () => callback.mock.calls.length === 1;
}

describe('a page as an Observable', () => {
  it('emits its rows synchronously and completes', () => {
    const seen: unknown[] = [];
    pageOf(3).subscribe({ next: (row) => seen.push(row), complete: () => seen.push('complete') });
    expect(seen).toEqual([0, 1, 2, 'complete']);
  });

  it('decodes no row further than it is listened to', () => {
    const rows = counted(5_000);
    new PageClass(rows, {}).pipe(take(2)).subscribe();
    expect(rows.decoded).toBe(2);
  });

  it('is delivered when its subscriber has left, also in the middle', () => {
    const page = pageOf(3);
    const isDelivered = delivered(page);
    expect(isDelivered()).toBe(false);
    page.pipe(take(1)).subscribe();
    expect(isDelivered()).toBe(true);
  });

  it('is delivered after it has completed, so that its end is heard first', () => {
    const events: string[] = [];
    const page = pageOf(1);
    page.whenDelivered(() => events.push('delivered'));
    page.subscribe({ complete: () => events.push('complete') });
    expect(events).toEqual(['complete', 'delivered']);
  });

  it('errors at a row that cannot be decoded, and is delivered all the same', () => {
    const page = new PageClass(
      {
        rowCount: 2,
        cursor: () => ({
          next: () => {
            throw new Error('damaged');
          },
        }),
      },
      {},
    );
    const isDelivered = delivered(page);
    const error = vi.fn();
    page.subscribe({ error });
    expect(error).toHaveBeenCalledExactlyOnceWith(new Error('damaged'));
    expect(isDelivered()).toBe(true);
  });

  it('gives all its rows to a second subscriber, but is delivered once', () => {
    const page = pageOf(2);
    const isDelivered = delivered(page);
    const second = vi.fn();
    page.subscribe();
    page.pipe(toArray()).subscribe(second);
    expect(second).toHaveBeenCalledWith([0, 1]);
    expect(isDelivered()).toBe(true);
  });

  it('gives all its rows to a subscriber that comes while it is read', () => {
    const page = pageOf(2);
    const inner: number[][] = [];
    page.subscribe(() => page.pipe(toArray()).subscribe((rows) => inner.push(rows)));
    expect(inner).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });
});

describe('a page as an Iterable', () => {
  it('decodes as it is asked, and is delivered when it is through', () => {
    const rows = counted(2);
    const page = new PageClass(rows, {});
    const isDelivered = delivered(page);
    const iterator = page[Symbol.iterator]();
    iterator.next();
    expect(rows.decoded).toBe(1);
    iterator.next();
    expect(isDelivered()).toBe(false);
    expect(iterator.next()).toEqual({ done: true, value: undefined });
    expect(isDelivered()).toBe(true);
    expect(iterator.next().done).toBe(true);
  });

  it('is delivered by leaving a loop over it', () => {
    const page = pageOf(3);
    const isDelivered = delivered(page);
    for (const row of page) if (row === 0) break;
    expect(isDelivered()).toBe(true);
  });

  it('throws at a row that cannot be decoded, and is delivered', () => {
    const [page] = syncPages([() => throwing(), () => ['b']]);
    const isDelivered = delivered(page!);
    expect(() => page!.toArray()).toThrow('damaged');
    expect(isDelivered()).toBe(true);
  });
});

describe('the methods of a page', () => {
  it('toArray() and first() deliver it', () => {
    const all = pageOf(3);
    const one = pageOf(3);
    const both = [delivered(all), delivered(one)];
    expect(all.toArray()).toEqual([0, 1, 2]);
    expect(one.first()).toBe(0);
    expect(both.map((isDelivered) => isDelivered())).toEqual([true, true]);
  });

  it('first() decodes one row, and is undefined on an empty page', () => {
    const rows = counted(100);
    new PageClass(rows, {}).first();
    expect(rows.decoded).toBe(1);
    expect(pageOf(0).first()).toBeUndefined();
  });

  it.each([
    ['none', pageOf(0), 'there are 0.'],
    ['two', pageOf(2), 'there are 2.'],
    [
      'one and more to come',
      new PageClass(counted(1), { hasMorePages: true }),
      'this page has 1, and others may follow.',
    ],
  ])('one() refuses a result of %s', (_, page, message) => {
    expect(() => page.one()).toThrow(expect.objectContaining({ code: 'ERR_RXCQL_NOT_ONE_ROW' }) as CqlError);
    expect(() => page.one()).toThrow(message);
  });

  it.each([
    ['console.log', (page: unknown) => inspect(page)],
    ['console.log, one level down,', (page: unknown) => inspect({ page })],
    ['JSON.stringify', (page: unknown) => JSON.stringify(page)],
  ])('is shown by %s without its rows and its paging state', (_, show) => {
    const columns = [{ name: 'id', type: 'int', keyspace: 'ks', table: 't' }];
    const customPayload = new Map([['k', Buffer.from('payload')]]);
    const details = { columns, pagingState: Buffer.from('state'), coordinator: 'node:9042', customPayload };
    const page = new PageClass(ArrayRows.from(['row']), details);
    const shown = show(page);
    for (const part of ['rowCount', '1', 'id int', 'hasMorePages', 'true', 'node:9042']) expect(shown).toContain(part);
    for (const secret of ["row'", 'row"', 'state', '73 74 61', 'payload', 'Buffer', '115,116']) {
      expect(shown).not.toContain(secret);
    }
    expect(show(pageOf(1))).not.toContain('coordinator');
  });

  it('one() gives the only row', () => {
    expect(pageOf(1).one()).toBe(0);
  });

  it('skip() delivers it, once, and leaves its rows readable', () => {
    const page = pageOf(2);
    const isDelivered = delivered(page);
    page.skip();
    page.skip();
    expect(isDelivered()).toBe(true);
    expect(page.toArray()).toEqual([0, 1]);
  });

  it('an empty page is born delivered', () => {
    expect(delivered(pageOf(0))()).toBe(true);
  });
});

function* throwing(): Generator<string> {
  yield 'a';
  throw new Error('damaged');
}

function syncPages(chunks: (() => Iterable<string>)[]): Page<string>[] {
  const seen: Page<string>[] = [];
  pages<string, number>((state = 0) => [
    { rows: chunks[state]!(), pagingState: state + 1 < chunks.length ? state + 1 : undefined },
  ]).subscribe((page) => seen.push(page));
  return seen;
}
