import { concatAll, concatMap, defer, finalize, map, mergeMap, type Observable, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { mergeRows, type Page, pages } from 'rxcql';
import { Random } from '../fuzz/random.js';

// A query and its consumer in virtual time: 50 pages of 100 rows, each page 10 ticks away; 5 ticks of work on a row, 50 on
// the two in a hundred that are stragglers; 16 rows at a time.

const PAGES = 50;
const PAGE_SIZE = 100;
const FETCH = 10;
const CONCURRENT = 16;
const random = new Random(1309);
const WORK = Array.from({ length: PAGES * PAGE_SIZE }, () => (random.chance(2) ? 50 : 5));

/** A way to consume pages of the numbers of rows, working on each row by `work`. */
export type Way = (query: Observable<Page<number>>, work: (row: number) => Observable<number>) => Observable<number>;

export const WAYS = {
  'mergeRows(work, 16)': (query, work) => query.pipe(mergeRows(work, CONCURRENT)),
  'concatMap(page => page.pipe(mergeMap(work, 16)))': (query, work) =>
    query.pipe(concatMap((page) => page.pipe(mergeMap(work, CONCURRENT)))),
  'concatAll(), mergeMap(work, 16)': (query, work) => query.pipe(concatAll(), mergeMap(work, CONCURRENT)),
  'concatMap(page => page.pipe(concatMap(work)))': (query, work) =>
    query.pipe(concatMap((page) => page.pipe(concatMap(work)))),
} as const satisfies Record<string, Way>;

/** How many ticks it would take if all rows were there after the first fetch: the next one goes to whoever is free first. */
export function idealTicks(): number {
  const freeAt = Array.from({ length: CONCURRENT }, () => FETCH);
  for (const ticks of WORK) freeAt[freeAt.indexOf(Math.min(...freeAt))]! += ticks;
  return Math.max(...freeAt);
}

export interface Measured {
  /** How many rows were worked on. */
  readonly rows: number;
  /** How long it took. */
  readonly ticks: number;
  /** The most rows that had been fetched and not been finished at a time. */
  readonly resident: number;
}

export function measure(way: Way): Measured {
  let rows = 0;
  let held = 0;
  let resident = 0;
  let ticks = NaN;
  const scheduler = new TestScheduler(() => undefined);
  scheduler.maxFrames = Infinity;
  scheduler.run(() => {
    const query = pages<number, number>((page = 0) =>
      timer(FETCH).pipe(
        map(() => {
          resident = Math.max(resident, (held += PAGE_SIZE));
          const first = page * PAGE_SIZE;
          const pagingState = page + 1 < PAGES ? page + 1 : undefined;
          return { rows: Array.from({ length: PAGE_SIZE }, (_, i) => first + i), pagingState };
        }),
      ),
    );
    const work = (row: number): Observable<number> =>
      defer(() => timer(WORK[row]!).pipe(map(() => row))).pipe(finalize(() => held--));
    way(query, work).subscribe({
      next: () => rows++,
      complete: () => (ticks = scheduler.now()),
    });
    scheduler.flush();
  });
  return { rows, ticks, resident };
}
