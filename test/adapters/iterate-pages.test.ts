import { EMPTY, from, NEVER, Observable, of, Subject, throwError } from 'rxjs';
import { ConfigurationError, iteratePages, type Page, pages } from 'rxcql';
import { describe, expect, it, vi } from 'vitest';
import { outcome, queryOf, turns } from './support.js';

const DONE = { done: true, value: undefined };

async function textsOf(source: Observable<Page<string>>): Promise<string[]> {
  const texts: string[] = [];
  for await (const page of iteratePages(source)) texts.push(page.toArray().join(''));
  return texts;
}

describe.each([
  ['there at once', false],
  ['that come later', true],
])('iteratePages over pages %s', (_, later) => {
  it('gives every page, of one, of many, and of none', async () => {
    expect(await textsOf(queryOf(['ab'], { later }).source)).toEqual(['ab']);
    expect(await textsOf(queryOf(['ab', 'c', 'de'], { later }).source)).toEqual(['ab', 'c', 'de']);
    expect(await textsOf(queryOf([''], { later }).source)).toEqual(['']);
    expect(await textsOf(EMPTY)).toEqual([]);
  });

  it('subscribes when the first page is asked for, once, and leaves at the end', async () => {
    const query = queryOf(['a', 'b'], { later });
    const iterator = iteratePages(query.source);
    await turns();
    expect(query).toMatchObject({ subscribed: 0, fetched: 0 });
    await iterator.next();
    await iterator.next();
    expect(await iterator.next()).toEqual(DONE);
    expect(await iterator.next()).toEqual(DONE);
    expect(query).toMatchObject({ subscribed: 1, left: 1, fetched: 2 });
  });

  it('asks for no page before it is asked for it, or the one before has been read', async () => {
    const query = queryOf(['a', 'b', 'c'], { later });
    const iterator = iteratePages(query.source);
    const first = (await iterator.next()).value as Page<string>;
    await turns();
    expect(query.fetched).toBe(1);
    first.toArray();
    await turns();
    expect(query.fetched).toBe(2);
    await turns();
    expect(query.fetched).toBe(2);
  });

  it('takes a page as read when the next is asked for', async () => {
    const query = queryOf(['a', 'b', 'c'], { later });
    let seen = 0;
    for await (const page of iteratePages(query.source)) {
      seen++;
      expect(page.rowCount).toBe(1);
      expect(query.fetched).toBe(seen);
    }
    expect(seen).toBe(3);
  });

  it('serves those who ask without waiting in the order in which they asked', async () => {
    const iterator = iteratePages(queryOf(['a', 'b', 'c'], { later }).source);
    const results = await Promise.all([1, 2, 3, 4, 5].map(() => iterator.next()));
    expect(results.map(({ done, value }) => (done === true ? 'done' : value.first()))).toEqual([
      'a',
      'b',
      'c',
      'done',
      'done',
    ]);
  });

  it('asks for nothing more when the loop is left, read or not, and leaves the query', async () => {
    for (const read of [true, false]) {
      const query = queryOf(['a', 'b', 'c'], { later });
      for await (const page of iteratePages(query.source)) {
        if (read) for (const row of page) if (row === 'a') continue;
        break;
      }
      await turns();
      expect(query).toMatchObject({ fetched: read ? 2 : 1, left: 1, inFlight: 0 });
    }
  });

  it('rejects once with the error of a fetch, and is done then', async () => {
    for (const failAt of [0, 1, 2]) {
      const query = queryOf(['a', 'b', 'c'], { later, failAt });
      const iterator = iteratePages(query.source);
      const results = await Promise.all([1, 2, 3, 4].map(() => outcome(iterator.next())));
      expect(results.slice(failAt)).toEqual(['rejected: The fetch failed.', ...Array<unknown>(3 - failAt).fill(DONE)]);
      expect(query.left).toBe(1);
    }
  });
});

describe('iteratePages', () => {
  it('waits for a query that does not answer, until it is left: whoever waits hears that there is none', async () => {
    const left = vi.fn();
    const iterator = iteratePages(new Observable<Page<string>>(() => left));
    const waiting = [iterator.next(), iterator.next()];
    const settled = vi.fn();
    void Promise.race(waiting).then(settled);
    await turns();
    expect(settled).not.toHaveBeenCalled();
    const returned = iterator.return!();
    expect(left).toHaveBeenCalledOnce();
    expect(await Promise.all([returned, ...waiting, iterator.next()])).toEqual([DONE, DONE, DONE, DONE]);
  });

  it('leaves the query before it gives up its page', async () => {
    const query = queryOf(['a', 'b', 'c']);
    const iterator = iteratePages(query.source);
    const page = (await iterator.next()).value as Page<string>;
    const delivered = vi.fn(() => expect(query.left).toBe(1));
    page.whenDelivered(delivered);
    await iterator.return!();
    expect(delivered).toHaveBeenCalledOnce();
    expect(query.fetched).toBe(1);
  });

  it('never subscribes if it is left before the first page', async () => {
    const query = queryOf(['a']);
    const iterator = iteratePages(query.source);
    expect(await iterator.return!()).toEqual(DONE);
    expect(await iterator.next()).toEqual(DONE);
    expect(query.subscribed).toBe(0);
  });

  it('can be left while it subscribes', async () => {
    const left = vi.fn();
    const iterator: AsyncIterator<Page<string>> = iteratePages(
      new Observable<Page<string>>(() => {
        void iterator.return!();
        return left;
      }),
    );
    expect(await iterator.next()).toEqual(DONE);
    expect(left).toHaveBeenCalledOnce();
  });

  it('keeps an error until somebody asks: nothing is rejected that nobody waits for', async () => {
    const source = new Subject<Page<string>>();
    const iterator = iteratePages(source);
    const first = iterator.next();
    queryOf(['a']).source.subscribe((page) => source.next(page));
    await first;
    source.error(new Error('lost'));
    await turns();
    expect(await outcome(iterator.next())).toBe('rejected: lost');
    expect(await iterator.next()).toEqual(DONE);
  });

  it('tells nobody of an error after it was left', async () => {
    const source = new Subject<Page<string>>();
    const iterator = iteratePages(source);
    const waiting = iterator.next();
    await iterator.return!();
    source.error(new Error('lost'));
    expect(await waiting).toEqual(DONE);
    expect(await iterator.next()).toEqual(DONE);
  });

  it('keeps what a source brings that does not wait, and its error behind that', async () => {
    const all: Page<string>[] = [];
    for (const text of ['a', 'b', 'c']) queryOf([text]).source.subscribe((page) => all.push(page));
    expect(await textsOf(from(all))).toEqual(['a', 'b', 'c']);

    const iterator = iteratePages(
      new Observable<Page<string>>((subscriber) => {
        for (const page of all) subscriber.next(page);
        subscriber.error(new Error('lost'));
      }),
    );
    const results = [];
    for (let i = 0; i < 5; i++) results.push(await outcome(iterator.next()));
    expect(results).toEqual([...all.map((value) => ({ done: false, value })), 'rejected: lost', DONE]);
  });

  it('keeps one of the empty pages that come unasked while nobody asks', async () => {
    let fetched = 0;
    const total = 100_000;
    const source = pages<string, number>((state = 0) => {
      fetched++;
      const isLast = state === total - 1;
      return of({ rows: state === 0 ? 'a' : isLast ? 'z' : '', pagingState: isLast ? undefined : state + 1 });
    });
    const iterator = iteratePages(source);
    ((await iterator.next()).value as Page<string>).skip();
    expect(fetched).toBe(total);
    expect(((await iterator.next()).value as Page<string>).toArray()).toEqual(['z']);
    expect(await iterator.next()).toEqual(DONE);
  });

  it('rejects with what is wrong with a source of rows', async () => {
    const rows = of('a', 'b') as unknown as Observable<Page<string>>;
    const iterator = iteratePages(rows);
    await expect(iterator.next()).rejects.toThrow(ConfigurationError);
    expect(await iterator.next()).toEqual(DONE);
    await expect(iteratePages(rows).next()).rejects.toThrow('iteratePages takes the pages of a query');
  });

  it('errors with the error of a source that has none but that', async () => {
    expect(await outcome(textsOf(throwError(() => new Error('refused'))))).toBe('rejected: refused');
  });

  it('does not stop for a page that two loops read at once', async () => {
    const query = queryOf(['ab', 'c']);
    const texts: string[] = [];
    for await (const page of iteratePages(query.source)) {
      const [one, two] = [page[Symbol.iterator](), page[Symbol.iterator]()];
      texts.push([one.next().value, two.next().value, one.next().value].join(''));
      // `two` is left half-way: asking for the next page ends this one.
    }
    expect(texts).toEqual(['aab', 'cc']);
  });

  it('lets go of a query that never ends', async () => {
    const iterator = iteratePages(NEVER);
    const waiting = iterator.next();
    await iterator.return!();
    expect(await waiting).toEqual(DONE);
  });
});
