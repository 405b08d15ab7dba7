import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  concat,
  config,
  count,
  EMPTY,
  from,
  NEVER,
  Observable,
  of,
  range,
  Subject,
  take,
  takeUntil,
  tap,
  throwError,
} from 'rxjs';
import { ConfigurationError, mergeRows, type MergeRowsOptions, type Page, pages } from 'rxcql';
import { describe, expect, it, vi } from 'vitest';
import { together } from '../../src/together.js';

/** Pages of `size` consecutive numbers, there at once. */
const numbers = (pageCount: number, size: number) =>
  pages<number, number>((state = 0) => [
    {
      rows: Array.from({ length: size }, (_, i) => state * size + i),
      pagingState: state + 1 < pageCount ? state + 1 : undefined,
    },
  ]);

/** For what takes a second, on a machine that has other things to do. */
const LONG = 30_000;

/** What is on the heap when all is collected that nobody holds. */
const heapUsed = (() => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  return (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
})();

const only = <T>(row: T) => of(row);

function observe<R>(source: Observable<R>) {
  const events: unknown[] = [];
  const subscription = source.subscribe({
    next: (value) => events.push(value),
    error: (error: Error) => events.push(`error: ${error.message}`),
    complete: () => events.push('complete'),
  });
  return { events, subscription };
}

describe.each<[string, MergeRowsOptions]>([
  ['as it comes', {}],
  ['ordered', { ordered: true }],
  ['with delayed errors', { delayError: true }],
])('mergeRows %s', (_, options) => {
  it('completes with an empty source, waits with one that never ends', () => {
    expect(observe(EMPTY.pipe(mergeRows(only, 2, options))).events).toEqual(['complete']);
    expect(observe(NEVER.pipe(mergeRows(only, 2, options))).events).toEqual([]);
  });

  it('emits all that the inners emit', () => {
    const inner = (row: number) => of(row, row * 10);
    expect(observe(numbers(2, 2).pipe(mergeRows(inner, 1, options))).events).toEqual([
      0,
      0,
      1,
      10,
      2,
      20,
      3,
      30,
      'complete',
    ]);
  });

  it('calls project with an index that counts over all pages', () => {
    const project = vi.fn(() => EMPTY);
    observe(numbers(2, 2).pipe(mergeRows(project, 2, options)));
    expect(project.mock.calls).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
  });

  it('errors with what project throws, and with what is no source', () => {
    const thrower = () => {
      throw new Error('thrown');
    };
    expect(observe(numbers(1, 1).pipe(mergeRows(thrower, 2, options))).events).toEqual(['error: thrown']);
    expect(String(observe(numbers(1, 1).pipe(mergeRows(() => 5 as never, 2, options))).events[0])).toContain('error');
  });

  it('begins as many inners as have ended together, behind all of them', () => {
    const inners = Array.from({ length: 6 }, () => new Subject<number>());
    const begun: number[] = [];
    const project = (row: number) => {
      begun.push(row);
      return inners[row]!;
    };
    const { events } = observe(numbers(2, 3).pipe(mergeRows(project, 2, options)));
    const end = (row: number) => {
      inners[row]!.next(row);
      inners[row]!.complete();
    };
    for (const last of [1, 3, 5]) {
      together(() => {
        for (const row of [last - 1, last]) end(row);
        expect(begun.length).toBe(last + 1);
      });
    }
    expect(events).toEqual([0, 1, 2, 3, 4, 5, 'complete']);
  });

  it('leaves the source and every inner when it is left', () => {
    const source = new Subject<Page<number>>();
    const inners = [new Subject<number>(), new Subject<number>()];
    const { subscription } = observe(source.pipe(mergeRows((row) => inners[row]!, 2, options)));
    numbers(1, 2).subscribe((page) => source.next(page));
    expect([source.observed, inners[0]!.observed, inners[1]!.observed]).toEqual([true, true, true]);
    subscription.unsubscribe();
    expect([source.observed, inners[0]!.observed, inners[1]!.observed]).toEqual([false, false, false]);
  });

  it('takes a million rows with inners that answer at once, on a flat stack and a flat heap', { timeout: LONG }, () => {
    const rows = Array.from({ length: 1_000 }, (_, i) => i);
    const query = pages<number, number>((page = 0) => {
      // Only what is held now, and no page that has been worked off, may be found by the collector.
      if (page % 100 === 50) collected.push(heapUsed());
      return [{ rows, pagingState: page < 999 ? page + 1 : undefined }];
    });
    const collected: number[] = [];
    let sum = 0;
    query.pipe(mergeRows((row) => of(row), 3, options)).subscribe((row) => (sum += row));
    expect(sum).toBe(1_000 * 499_500);
    expect(Math.max(...collected) - collected[0]!).toBeLessThan(4 * 2 ** 20);
  });

  it('goes on after an inner that takes its time, before 10,000 that answer at once: mergeMap() would not', () => {
    const first = new Subject<number>();
    const work = (row: number) => (row === 0 ? first : EMPTY);
    const { events } = observe(numbers(1, 10_000).pipe(mergeRows(work, 1, options)));
    first.complete();
    expect(events).toEqual(['complete']);
  });

  it('takes a million empty pages between two rows, while it works on the first', { timeout: LONG }, () => {
    const total = 1_000_000;
    const first = new Subject<string>();
    const query = pages<string, number>((page = 0) => {
      const pagingState = page < total ? page + 1 : undefined;
      return [{ rows: page === 0 ? 'ab' : pagingState === undefined ? 'z' : '', pagingState }];
    });
    const { events } = observe(query.pipe(mergeRows((row) => (row === 'a' ? first : of(row)), 1, options)));
    expect(events).toEqual([]);
    first.complete();
    expect(events).toEqual(['b', 'z', 'complete']);
  });

  it('begins no inner when project is what makes somebody leave', () => {
    const begun = vi.fn();
    const stop = new Subject<undefined>();
    const project = () => {
      stop.next(undefined);
      return new Observable<number>(begun);
    };
    const { events } = observe(numbers(2, 2).pipe(mergeRows(project, 2, options), takeUntil(stop)));
    expect(events).toEqual(['complete']);
    expect(begun).not.toHaveBeenCalled();
  });

  it('leaves everything when an inner is what makes somebody leave, while it is subscribed to or later', () => {
    for (const isLater of [false, true]) {
      const left = vi.fn();
      const stop = new Subject<undefined>();
      const stops: (() => void)[] = [];
      const inner = new Observable<number>(() => {
        stops.push(() => stop.next(undefined));
        if (!isLater && stops.length === 2) stops[0]!();
        return left;
      });
      const { events } = observe(
        numbers(2, 2).pipe(
          mergeRows(() => inner, 2, options),
          takeUntil(stop),
        ),
      );
      if (isLater) stops[1]!();
      expect(events).toEqual(['complete']);
      expect(left).toHaveBeenCalledTimes(2);
    }
  });

  it('goes on when a next handler throws: RxJS tells of that elsewhere', () => {
    const told = vi.fn();
    config.onUnhandledError = told;
    vi.useFakeTimers();
    try {
      const complete = vi.fn();
      const thrower = () => {
        throw new Error('in the handler');
      };
      numbers(2, 2)
        .pipe(mergeRows(only, 1, options))
        .subscribe({ next: thrower, complete });
      expect(complete).toHaveBeenCalledOnce();
      vi.runAllTimers();
      expect(told).toHaveBeenCalledTimes(4);
    } finally {
      vi.useRealTimers();
      config.onUnhandledError = null;
    }
  });

  it('never has more inners than it may', () => {
    let active = 0;
    let most = 0;
    const work = () =>
      new Observable<never>((subscriber) => {
        most = Math.max(most, ++active);
        const timer = setTimeout(() => subscriber.complete());
        return () => {
          active--;
          clearTimeout(timer);
        };
      });
    return new Promise<void>((resolve) => {
      numbers(5, 7)
        .pipe(mergeRows(work, 4, options))
        .subscribe({
          complete: () => {
            expect([active, most]).toEqual([0, 4]);
            resolve();
          },
        });
    });
  });

  it('can be left in the middle of an inner that emits for ever', () => {
    const endless = new Observable<number>((subscriber) => {
      for (let i = 0; !subscriber.closed; i++) subscriber.next(i);
    });
    const { events } = observe(
      numbers(1, 1).pipe(
        mergeRows(() => endless, 1, options),
        take(3),
      ),
    );
    expect(events).toEqual([0, 1, 2, 'complete']);
  });
});

describe('mergeRows', () => {
  it.each([0, -1, 1.5, NaN, '4' as unknown as number])(
    'refuses a concurrency of %s, through the Observable',
    (concurrent) => {
      const error = vi.fn();
      numbers(1, 1).pipe(mergeRows(only, concurrent)).subscribe({ error });
      expect(error).toHaveBeenCalledExactlyOnceWith(expect.any(ConfigurationError));
    },
  );

  it('errors at once with the error of an inner, and leaves the others', () => {
    const other = new Subject<number>();
    const project = (row: number) => (row === 0 ? other : throwError(() => new Error('refused')));
    expect(observe(numbers(1, 3).pipe(mergeRows(project, 2))).events).toEqual(['error: refused']);
    expect(other.observed).toBe(false);
  });

  it('with delayed errors works off what was read, asks for nothing more, and errors with the first', () => {
    const fetch = vi.fn((state: number = 0) => of({ rows: [state * 2, state * 2 + 1], pagingState: state + 1 }));
    const project = (row: number) => concat(of(row), row % 2 === 0 ? EMPTY : throwError(() => new Error(`row ${row}`)));
    const { events } = observe(pages<number, number>(fetch).pipe(mergeRows(project, 1, { delayError: true })));
    expect(events).toEqual([0, 1, 2, 3, 'error: row 1'].slice(0, events.length - 1).concat('error: row 1'));
    expect(fetch.mock.calls.length).toBeLessThanOrEqual(2);
  });

  it('errors with a row that cannot be decoded, after the rows before it', () => {
    const rows = (function* () {
      yield 1;
      throw new Error('damaged');
    })();
    expect(observe(pages(() => [{ rows }]).pipe(mergeRows((row) => of(row), 1))).events).toEqual([1, 'error: damaged']);
  });

  it('takes a source that does not wait to be asked', () => {
    const seen: Page<number>[] = [];
    numbers(1, 3).subscribe((page) => seen.push(page));
    numbers(1, 3).subscribe((page) => seen.push(page));
    expect(observe(from(seen).pipe(mergeRows((row) => of(row)))).events).toEqual([0, 1, 2, 0, 1, 2, 'complete']);
  });

  it('refuses options that it does not have, and rows in the place of pages', () => {
    const misspelled = { order: true } as MergeRowsOptions;
    expect(observe(numbers(1, 1).pipe(mergeRows(only, 1, misspelled))).events[0]).toContain('"ordered"');
    const rows = of({ id: 1 }) as unknown as Observable<Page<number>>;
    expect(observe(rows.pipe(mergeRows(only, 1))).events).toEqual([
      expect.stringContaining('takes the pages of a query'),
    ]);
  });

  it('leaves a source that does not end by itself as soon as nobody listens', () => {
    let fetches = 0;
    const endless = pages<number, number>((state = 0) => {
      fetches++;
      if (fetches > 1_000) throw new Error('It goes on and on.');
      return of({ rows: [state], pagingState: state + 1 });
    });
    expect(observe(endless.pipe(mergeRows(only, 1), take(1))).events).toEqual([0, 'complete']);
    expect(fetches).toBeLessThan(3);
  });

  describe('in order', () => {
    it('stays so when what it emits sets off more', () => {
      const inners = [new Subject<string>(), new Subject<string>()];
      const events: unknown[] = [];
      numbers(1, 2)
        .pipe(mergeRows((row) => inners[row]!, 2, { ordered: true }))
        .subscribe((value) => {
          events.push(value);
          if (value === 'b1') inners[1]!.next('b3');
        });
      inners[1]!.next('b1');
      inners[1]!.next('b2');
      inners[0]!.next('a1');
      inners[0]!.complete();
      inners[1]!.next('b4');
      expect(events).toEqual(['a1', 'b1', 'b2', 'b3', 'b4']);
    });

    it(
      'keeps 200,000 values of an inner that is early, and 200,000 inners that are, at a cost that stays',
      { timeout: LONG },
      () => {
        const first = new Subject<number>();
        const many = 200_000;
        const { events } = observe(
          numbers(2, 1).pipe(
            mergeRows((row) => (row === 0 ? first : range(0, many)), 2, { ordered: true }),
            count(),
          ),
        );
        const all = observe(
          numbers(1, many).pipe(
            mergeRows((row) => (row === 0 ? first : of(row)), Infinity, { ordered: true }),
            count(),
          ),
        );
        first.complete();
        expect(events).toEqual([many, 'complete']);
        expect(all.events).toEqual([many - 1, 'complete']);
      },
    );

    it('goes on when an inner ends because of what it has emitted', () => {
      const first = new Subject<string>();
      const { events } = observe(
        numbers(1, 2).pipe(
          mergeRows((row) => (row === 0 ? first : of('second')), 1, { ordered: true }),
          tap((value) => {
            if (value === 'last') first.complete();
          }),
        ),
      );
      first.next('last');
      expect(events).toEqual(['last', 'second', 'complete']);
    });
  });
});

describe('mergeRows with a limit that changes', () => {
  it('begins nothing before there is one, works on more when it rises, and on fewer when it falls', () => {
    const limit = new Subject<number>();
    const inners = Array.from({ length: 6 }, () => new Subject<number>());
    const begun = (): boolean[] => inners.map(({ observed }) => observed);
    const { events } = observe(numbers(2, 3).pipe(mergeRows((row) => inners[row]!, limit)));
    expect(begun()).not.toContain(true);
    limit.next(2);
    expect(begun()).toEqual([true, true, false, false, false, false]);
    limit.next(4);
    expect(begun()).toEqual([true, true, true, true, false, false]);
    limit.next(1.9);
    for (const inner of inners.slice(0, 3)) inner.complete();
    expect(begun()).toEqual([false, false, false, true, false, false]);
    limit.complete();
    for (const inner of inners.slice(3)) inner.complete();
    expect(events).toEqual(['complete']);
    expect(limit.observed).toBe(false);
  });

  it('completes with an empty source that nobody has limited yet', () => {
    expect(observe(EMPTY.pipe(mergeRows(only, NEVER))).events).toEqual(['complete']);
  });

  it('errors with the error of the limit, and for one that is none', () => {
    const mine = new Error('mine');
    const failing = numbers(1, 1).pipe(mergeRows(() => NEVER, throwError(() => mine))); // prettier-ignore
    expect(observe(failing).events).toEqual(['error: mine']);
    const zero = numbers(1, 1).pipe(mergeRows(() => NEVER, of(0)));
    expect(observe(zero).events).toEqual(['error: The concurrency of mergeRows is a number, 1 or more.']);
  });
});
