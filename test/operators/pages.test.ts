import {
  concatMap,
  config,
  count,
  EMPTY,
  from,
  map,
  NEVER,
  Observable,
  of,
  reduce,
  share,
  Subject,
  take,
  takeUntil,
  throwError,
} from 'rxjs';
import { type Chunk, type Page, pages } from 'rxcql';
import { describe, expect, it, vi } from 'vitest';

/** For what takes a second, on a machine that has other things to do. */
const LONG = 30_000;

const chunks = (total: number, rows: (index: number) => readonly number[]) =>
  pages<number, number>((state = 0) =>
    of({ rows: rows(state), pagingState: state + 1 < total ? state + 1 : undefined }),
  );

describe('the demand rule', () => {
  it('S10 takes 20,000 pages that are there at once on a flat stack', () => {
    const next = vi.fn();
    chunks(20_000, (index) => [index])
      .pipe(
        concatMap((page) => page),
        reduce((sum, row) => sum + row, 0),
      )
      .subscribe(next);
    expect(next).toHaveBeenCalledExactlyOnceWith((20_000 * 19_999) / 2);
  });

  it('S15 takes a million empty pages, and the row after them', { timeout: LONG }, () => {
    const seen: number[] = [];
    const total = 1_000_001;
    chunks(total, (index) => (index === total - 1 ? [42] : []))
      .pipe(concatMap((page) => page))
      .subscribe((row) => seen.push(row));
    expect(seen).toEqual([42]);
  });

  it('S4 never has two pages that are not read', () => {
    const read: Page<number>[] = [];
    let fetched = 0;
    pages<number, number>((state = 0) => {
      fetched++;
      return of({ rows: [state], pagingState: state + 1 });
    }).subscribe((page) => read.push(page));
    for (let turn = 1; turn <= 10; turn++) {
      expect(fetched).toBe(turn);
      const last = read.at(-1)!;
      last.subscribe();
      last.skip();
    }
  });

  it('asks nothing more when an earlier page is read again', () => {
    const seen: Page<number>[] = [];
    const fetch = vi.fn((state: number = 0) => of({ rows: [state], pagingState: state + 1 }));
    pages<number, number>(fetch).subscribe((page) => seen.push(page));
    seen[0]!.skip();
    expect(fetch).toHaveBeenCalledTimes(2);
    seen[0]!.subscribe();
    seen[0]!.skip();
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it('does not lose the demand of a page that is read later, from elsewhere', () => {
    const seen: Page<number>[] = [];
    const complete = vi.fn();
    chunks(3, (index) => [index]).subscribe({ next: (page) => seen.push(page), complete });
    expect(seen.length).toBe(1);
    seen[0]!.toArray();
    expect(seen.length).toBe(2);
    expect(complete).not.toHaveBeenCalled();
    seen[1]!.toArray();
    expect(complete).toHaveBeenCalledOnce();
  });
});

describe('a fetch', () => {
  const ended = (
    fetch: () => Parameters<typeof pages<number, number>>[0] extends (s: never) => infer R ? R : never,
  ) => {
    const events: string[] = [];
    const subscription = pages<number, number>(fetch).subscribe({
      next: () => events.push('page'),
      error: (error: Error & { code?: string }) => events.push(error.code ?? error.message),
      complete: () => events.push('complete'),
    });
    return { events, subscription };
  };

  it('that never answers leaves the query waiting', () => {
    expect(ended(() => NEVER).events).toEqual([]);
  });

  it('that completes without a chunk is an error, never the end of the result', () => {
    expect(ended(() => EMPTY).events).toEqual(['ERR_RXCQL_NO_CHUNK']);
  });

  it('that fails, throws, or is no source at all ends the query with that error', () => {
    expect(ended(() => throwError(() => new Error('refused'))).events).toEqual(['refused']);
    expect(
      ended(() => {
        throw new Error('thrown');
      }).events,
    ).toEqual(['thrown']);
    expect(ended(() => 42 as never).events[0]).toContain('42');
  });

  it('that brings no chunk is an error', () => {
    expect(ended(() => [null] as never).events[0]).toContain('null');
    expect(ended(() => [undefined] as never).events[0]).toContain('undefined');
    expect(ended(() => of({ rows: 5 as never })).events[0]).toContain('not a function');
  });

  it('counts with its first emission, and is left then', () => {
    const left = vi.fn();
    const source = new Observable<Chunk<number, number>>((subscriber) => {
      subscriber.next({ rows: [1] });
      subscriber.next({ rows: [2] });
      return left;
    });
    expect(ended(() => source).events).toEqual(['page', 'complete']);
    expect(left).toHaveBeenCalledOnce();
  });

  it('may be an iterable or a Promise', async () => {
    expect(ended(() => [{ rows: [1] }]).events).toEqual(['page', 'complete']);
    const { events } = ended(() => Promise.resolve({ rows: [1] }));
    await Promise.resolve();
    expect(events).toEqual(['page', 'complete']);
  });

  it('is left when the query is, wherever it is', () => {
    const answers = new Subject<Chunk<number, number>>();
    const { events, subscription } = ended(() => answers);
    expect(answers.observed).toBe(true);
    subscription.unsubscribe();
    expect(answers.observed).toBe(false);
    answers.next({ rows: [1] });
    expect(events).toEqual([]);
  });

  it('is not begun when the page before it was the last that was wanted', () => {
    const fetch = vi.fn((state: number = 0) => of({ rows: [1], pagingState: state + 1 }));
    pages<number, number>(fetch)
      .pipe(
        take(1),
        concatMap((page) => page),
      )
      .subscribe();
    expect(fetch).toHaveBeenCalledOnce();
  });
});

it('works with any source of chunks', () => {
  const next = vi.fn();
  pages<string, number>((state = 1) => from([{ rows: 'ab', pagingState: state < 3 ? state + 1 : undefined }]))
    .pipe(
      concatMap((page) => page),
      count(),
    )
    .subscribe(next);
  expect(next).toHaveBeenCalledWith(6);
});

describe('a query that is left', () => {
  /** A query of four pages whose fetches are counted as they begin and end. */
  function counted(later: boolean) {
    const answers = new Subject<undefined>();
    const counts = { begun: 0, ended: 0, answer: () => answers.next(undefined) };
    const source = pages<number, number>((state = 0) => {
      const chunk = { rows: [state, state + 10], pagingState: state < 3 ? state + 1 : undefined };
      return new Observable<Chunk<number, number>>((subscriber) => {
        counts.begun++;
        subscriber.add(() => counts.ended++);
        if (later) subscriber.add(answers.pipe(map(() => chunk)).subscribe(subscriber));
        else subscriber.next(chunk);
      });
    });
    return { counts, source };
  }

  it.each([1, 2, 3, 4])('inside next, with page %i, asks for nothing more though it was read', (last) => {
    for (const later of [false, true]) {
      const { counts, source } = counted(later);
      const stop = new Subject<undefined>();
      const seen: Page<number>[] = [];
      source.pipe(takeUntil(stop)).subscribe((page) => {
        seen.push(page);
        if (seen.length === last) stop.next(undefined);
        page.toArray();
      });
      for (let i = 0; later && i < 6; i++) counts.answer();
      expect(seen.length).toBe(last);
      expect(counts).toMatchObject({ begun: last, ended: last });
    }
  });

  it.each([1, 2, 3, 4])('while fetch %i is in flight, leaves that one, once', (inFlight) => {
    const { counts, source } = counted(true);
    const subscription = source.subscribe((page) => page.skip());
    for (let i = 1; i < inFlight; i++) counts.answer();
    expect(counts).toMatchObject({ begun: inFlight, ended: inFlight - 1 });
    subscription.unsubscribe();
    counts.answer();
    expect(counts).toMatchObject({ begun: inFlight, ended: inFlight });
  });

  it('by one of two who share it goes on for the other', () => {
    const { counts, source } = counted(true);
    const shared = source.pipe(share());
    const seen: number[] = [];
    const leaver = shared.subscribe();
    const reader = shared.pipe(concatMap((page) => page)).subscribe((row) => seen.push(row));
    counts.answer();
    leaver.unsubscribe();
    counts.answer();
    expect(seen).toEqual([0, 10, 1, 11]);
    expect(counts).toMatchObject({ begun: 3, ended: 2 });
    reader.unsubscribe();
    expect(counts).toMatchObject({ begun: 3, ended: 3 });
  });
});

describe('a page that is read twice at once', () => {
  it('is delivered when the first of both has ended', () => {
    const fetch = vi.fn((state: number = 0) => of({ rows: [1, 2, 3], pagingState: state + 1 }));
    const seen: Page<number>[] = [];
    pages<number, number>(fetch).subscribe((page) => seen.push(page));
    const [one, two] = [seen[0]![Symbol.iterator](), seen[0]![Symbol.iterator]()];
    expect([one.next().value, two.next().value, two.next().value, two.next().value]).toEqual([1, 1, 2, 3]);
    expect(fetch).toHaveBeenCalledTimes(1);
    expect(two.next().done).toBe(true);
    expect(fetch).toHaveBeenCalledTimes(2);
    expect([...one]).toEqual([2, 3]);
    expect(fetch).toHaveBeenCalledTimes(2);
  });
});

it('goes on when a next handler throws over a row; one that throws over its page has not read it', () => {
  const told = vi.fn();
  config.onUnhandledError = told;
  vi.useFakeTimers();
  try {
    const fetch = vi.fn((state: number = 0) => of({ rows: [state], pagingState: state < 2 ? state + 1 : undefined }));
    const complete = vi.fn();
    const thrower = (): never => {
      throw new Error('in the handler');
    };
    pages<number, number>(fetch)
      .pipe(concatMap((page) => page))
      .subscribe({ next: thrower, complete });
    expect(complete).toHaveBeenCalledOnce();
    pages<number, number>(fetch).subscribe(thrower);
    expect(fetch).toHaveBeenCalledTimes(3 + 1);
    vi.runAllTimers();
    expect(told).toHaveBeenCalledTimes(3 + 1);
  } finally {
    vi.useRealTimers();
    config.onUnhandledError = null;
  }
});
