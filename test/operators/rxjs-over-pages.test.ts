import {
  bufferCount,
  combineLatestWith,
  concatAll,
  concatMap,
  count,
  debounceTime,
  delay,
  exhaustMap,
  filter,
  last,
  map,
  mergeAll,
  mergeMap,
  Observable,
  observeOn,
  of,
  asyncScheduler,
  type OperatorFunction,
  reduce,
  retry,
  share,
  shareReplay,
  switchMap,
  take,
  takeUntil,
  tap,
  throttleTime,
  throwError,
  timeout,
  timer,
  toArray,
  zip,
} from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { mergeRows, type Page, pages } from 'rxcql';
import { describe, expect, it } from 'vitest';

// What docs/backpressure.md says of the operators of RxJS over pages, in virtual time: five pages of two rows, a tick away
// each; work takes ten ticks.

const PAGES = 5;

interface Outcome {
  /** All that was emitted; `complete`, or the name of an error, or nothing where it stands still. */
  readonly events: readonly unknown[];
  /** How many pages were fetched. */
  readonly fetched: number;
  /** The most pages that had been fetched, and not all of whose rows been worked on. */
  readonly held: number;
}

function run<R>(operator: OperatorFunction<Page<string>, R>, subscribers = 1): Outcome {
  const events: unknown[] = [];
  let [fetched, held, worked] = [0, 0, 0];
  const scheduler = new TestScheduler(() => undefined);
  work = (row) =>
    timer(10).pipe(
      map(() => row),
      tap(() => worked++),
    );
  scheduler.run(() => {
    const query = pages<string, number>((page = 0) =>
      timer(1).pipe(
        map(() => {
          held = Math.max(held, Math.ceil((++fetched * 2 - worked) / 2));
          return { rows: [`${page}a`, `${page}b`], pagingState: page + 1 < PAGES ? page + 1 : undefined };
        }),
      ),
    );
    const result = operator(query);
    for (let i = 0; i < subscribers; i++) {
      result.subscribe({
        next: (value) => events.push(value),
        error: (error: Error) => events.push(error.name),
        complete: () => events.push('complete'),
      });
    }
    scheduler.flush();
  });
  return { events, fetched, held };
}

let work: (row: string) => Observable<string>;
const worker = (row: string): Observable<string> => work(row);
const slowly = (page: Page<string>): Observable<string> => page.pipe(concatMap(worker));
const ALL = Array.from({ length: PAGES }, (_, page) => [`${page}a`, `${page}b`]).flat();
const pipe =
  <R>(apply: (source: Observable<Page<string>>) => Observable<R>): OperatorFunction<Page<string>, R> =>
  (source) =>
    apply(source);

describe('pages hold back the query', () => {
  it('in concatMap(): one is worked on, one waits', () => {
    expect(run(concatMap(slowly))).toEqual({ events: [...ALL, 'complete'], fetched: PAGES, held: 2 });
  });

  it('in mergeMap(…, n): n are worked on, one waits', () => {
    const { events, held } = run(mergeMap(slowly, 2));
    expect([...events].sort()).toEqual([...ALL, 'complete']);
    expect(held).toBe(3);
  });

  it('in mergeRows(…, n)', () => {
    expect(run(mergeRows(worker, 1))).toEqual({ events: [...ALL, 'complete'], fetched: PAGES, held: 2 });
  });

  it('behind delay() and observeOn()', () => {
    for (const later of [delay<Page<string>>(5), observeOn<Page<string>>(asyncScheduler)]) {
      const { events, held } = run(pipe((source) => source.pipe(later, concatMap(slowly))));
      expect(events).toEqual([...ALL, 'complete']);
      expect(held).toBe(2);
    }
  });

  it('in zip() of two queries, in step', () => {
    const both = pipe((source) =>
      zip(source, source).pipe(concatMap(([one, two]) => zip(one, two).pipe(concatMap(([row]) => work(row))))),
    );
    const { events, fetched, held } = run(both);
    expect(events).toEqual([...ALL, 'complete']);
    expect(fetched).toBe(2 * PAGES);
    expect(held).toBeGreaterThan(2);
  });

  it('with share(), by the fastest subscriber: the slower keeps what it has not come to', () => {
    const shared = pipe((source) => {
      const one = source.pipe(share());
      return new Observable<string>((subscriber) => {
        subscriber.add(one.pipe(concatMap(slowly)).subscribe(subscriber));
        subscriber.add(one.subscribe((page) => page.skip()));
      });
    });
    expect(run(shared)).toEqual({ events: [...ALL, 'complete'], fetched: PAGES, held: PAGES });
  });

  it('behind debounceTime(): as long as a page waits, none comes that could take its place', () => {
    expect(run(pipe((source) => source.pipe(debounceTime(5), concatMap(slowly))))).toMatchObject({
      events: [...ALL, 'complete'],
      held: 2,
    });
  });

  it('with buffers of rows inside of a page', () => {
    const inBatches = concatMap((page: Page<string>) =>
      page.pipe(
        bufferCount(10),
        concatMap((rows) => work(rows.join(''))),
      ),
    );
    expect(run(inBatches).events).toEqual(['0a0b', '1a1b', '2a2b', '3a3b', '4a4b', 'complete']);
  });
});

describe('everything is read ahead of the work', () => {
  it.each<[string, OperatorFunction<Page<string>, unknown>]>([
    ['by mergeMap() without a limit', mergeMap(slowly)],
    ['by concatAll() before the work', pipe((source) => source.pipe(concatAll(), concatMap(worker)))],
    ['by mergeAll() before the work', pipe((source) => source.pipe(mergeAll(), mergeMap(worker, 2)))],
    [
      'by map(page => page.toArray()) before the work',
      pipe((source) =>
        source.pipe(
          map((page) => page.toArray()),
          concatMap((rows) => of(...rows).pipe(concatMap(worker))),
        ),
      ),
    ],
    [
      'by shareReplay(), which keeps it too',
      pipe((source) => source.pipe(concatAll(), shareReplay(), concatMap(worker))),
    ],
  ])('%s', (_, operator) => {
    const { events, held } = run(operator);
    expect([...events].sort()).toEqual([...ALL, 'complete']);
    expect(held).toBe(PAGES);
  });
});

describe('the query stands still at a page that was not read', () => {
  it.each<[string, OperatorFunction<Page<string>, unknown>]>([
    ['with count() of pages', count()],
    ['with toArray() of pages', toArray()],
    ['with last() page', last()],
    ['with bufferCount(2) of pages', bufferCount(2)],
    ['with reduce() that does not read', reduce((sum, page) => sum + page.rowCount, 0)],
    ['with a filter() that drops it', filter(() => false)],
  ])('%s', (_, operator) => {
    expect(run(operator)).toMatchObject({ events: [], fetched: 1 });
  });

  it('with exhaustMap(), which drops what comes while it is busy', () => {
    expect(run(exhaustMap(slowly))).toMatchObject({ events: ['0a', '0b'], fetched: 2 });
  });

  it('with throttleTime(), which drops what comes too early', () => {
    expect(run(pipe((source) => source.pipe(throttleTime(20), concatMap(slowly))))).toMatchObject({
      events: ['0a', '0b'],
      fetched: 2,
    });
  });

  it('but not if the pages are skipped, or read, on the way', () => {
    const skip = tap<Page<string>>((page) => page.skip());
    expect(run(pipe((source) => source.pipe(skip, count()))).events).toEqual([PAGES, 'complete']);
    const total = reduce((sum: number, page: Page<string>) => sum + page.toArray().length, 0);
    expect(run(total).events).toEqual([2 * PAGES, 'complete']);
    expect(run(filter((page) => page.rowCount > 0)).fetched).toBe(1);
  });
});

describe('other operators', () => {
  it('switchMap() leaves the work on a page when the next one comes', () => {
    expect(run(switchMap(slowly)).events).toEqual(['4a', '4b', 'complete']);
  });

  it('takeUntil() before flattening finishes what was read, after flattening drops it', () => {
    const stop = (): Observable<number> => timer(15);
    expect(run(pipe((source) => source.pipe(takeUntil(stop()), concatMap(slowly)))).events).toEqual([
      ...ALL.slice(0, 4),
      'complete',
    ]);
    expect(run(pipe((source) => source.pipe(concatMap(slowly), takeUntil(stop())))).events).toEqual(['0a', 'complete']);
  });

  it('retry() begins with the first page again', () => {
    let failures = 0;
    const result = run(
      pipe((source) =>
        source.pipe(
          concatMap((page, index) => (index === 1 && failures++ === 0 ? throwError(() => new Error()) : page)),
          retry(1),
        ),
      ),
    );
    expect(result.events).toEqual(['0a', '0b', ...ALL, 'complete']);
  });

  it('timeout() over pages blames a consumer that is slow', () => {
    expect(run(pipe((source) => source.pipe(timeout(15), concatMap(slowly)))).events.at(-1)).toBe('TimeoutError');
  });

  it('take() leaves the query', () => {
    expect(run(pipe((source) => source.pipe(take(2), concatMap(slowly))))).toMatchObject({
      events: [...ALL.slice(0, 4), 'complete'],
      fetched: 2,
    });
  });

  it('combineLatest() emits a page again, which gives its rows again', () => {
    const again = pipe((source) =>
      source.pipe(
        take(1),
        combineLatestWith(timer(5, 5).pipe(take(2))),
        concatMap(([page]) => page),
      ),
    );
    expect(run(again).events).toEqual(['0a', '0b', '0a', '0b', 'complete']);
  });
});
