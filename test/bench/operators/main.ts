// What an operator costs for each row, beside the operators of RxJS: `npm run bench:operators [-- --rounds 15]`.
// The table has the medians of the rounds. `mergeRows` may cost 1 µs for each row with inners that answer at once.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { concatMap, EMPTY, mergeMap, Observable, type ObservableInput, of, range } from 'rxjs';
import type * as Rxcql from 'rxcql';
import type { Page } from 'rxcql';
import { idealTicks, measure, WAYS as WAYS_OF_MODEL } from '../../support/demand-model.js';

// The built package is what is measured: not the sources as some loader transforms them.
const { mergeRows, pages } = (await import(new URL('../../../dist/index.js', import.meta.url).href)) as typeof Rxcql;

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '9' } } });
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError('--rounds is a whole number, 1 or more.');

const PAGES = 40;
const PAGE_SIZE = 5_000;
const ROWS = PAGES * PAGE_SIZE;
const CONCURRENT = 16;
/** Of what is too slow for more. */
const FEW = ROWS / 10;
const TARGET = 1_000;

const rows = Array.from({ length: PAGE_SIZE }, (_, id) => ({ id }));

const query = (total: number): Observable<Page<{ id: number }>> =>
  pages<{ id: number }, number>((state = 0) => [
    { rows, pagingState: (state + 1) * PAGE_SIZE < total ? state + 1 : undefined },
  ]);

/** Answers in a later microtask, a thousand of them at once: what a socket does. */
class Later {
  private waiting: (() => void)[] = [];
  private readonly flush = (): void => {
    const { waiting } = this;
    this.waiting = [];
    for (const answer of waiting) answer();
  };

  add(answer: () => void): void {
    if (this.waiting.length === 0) queueMicrotask(this.flush);
    this.waiting.push(answer);
  }
}

const later = new Later();
const answer = of(1);
const async = new Observable<number>((subscriber) =>
  later.add(() => {
    subscriber.next(1);
    subscriber.complete();
  }),
);

type Work = () => ObservableInput<number>;
type Way = (work: Work, total: number) => Observable<unknown>;

const WAYS: readonly [name: string, way: Way][] = [
  ['mergeRows(work, n)', (work, total) => query(total).pipe(mergeRows(work, CONCURRENT))],
  [
    'mergeRows(work, n, { ordered: true })',
    (work, total) => query(total).pipe(mergeRows(work, CONCURRENT, { ordered: true })),
  ],
  [
    'concatMap(page => page.pipe(mergeMap(work, n)))',
    (work, total) => query(total).pipe(concatMap((page) => page.pipe(mergeMap(work, CONCURRENT)))),
  ],
  [
    'concatMap(page => page), mergeMap(work, n)',
    (work, total) =>
      query(total).pipe(
        concatMap((page) => page),
        mergeMap(work, CONCURRENT),
      ),
  ],
  ['range(), mergeMap(work, n)', (work, total) => range(0, total).pipe(mergeMap(work, CONCURRENT))],
  ['concatMap(page => page)', (_, total) => query(total).pipe(concatMap((page) => page))],
];

const INNERS: readonly [name: string, work: Work][] = [
  ['answers at once', () => answer],
  ['is empty', () => EMPTY],
  ['answers later', () => async],
];

function nanoseconds(way: Way, work: Work, total: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = process.hrtime.bigint();
    way(work, total).subscribe({
      error: reject,
      complete: () => resolve(Number(process.hrtime.bigint() - start) / total),
    });
  });
}

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;
const print = (...cells: readonly string[]): void =>
  console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(50) : cell.padStart(18))).join(''));

console.log(
  `Node ${process.version}, ${cpus()[0]?.model ?? 'unknown CPU'}; ${ROWS} rows in pages of ${PAGE_SIZE}, n = ${CONCURRENT}; ` +
    `nanoseconds for each row, medians of ${rounds} rounds.\n`,
);
print('work …', ...INNERS.map(([name]) => name));

const measured = new Map(WAYS.map(([name]) => [name, INNERS.map((): number[] => [])]));
for (let round = -1; round < rounds; round++) {
  for (const [name, way] of WAYS) {
    for (const [i, [inner, work]] of INNERS.entries()) {
      // Where mergeMap() keeps what it cannot work on yet, each row costs more the more there are.
      const isSlow = inner === 'answers later' && /^(range|concatMap\(page => page\),)/.test(name);
      const figure = await nanoseconds(way, work, isSlow ? FEW : ROWS);
      // The first is the compiler's.
      if (round >= 0) measured.get(name)![i]!.push(figure);
    }
  }
}
for (const [name, figures] of measured) print(name, ...figures.map((all) => median(all).toFixed(0)));

console.log(
  '\nIn virtual time: 50 pages of 100 rows, 10 ticks away each; 5 ticks of work, 50 on two rows of a hundred.\n',
);
print('', 'ticks', 'rows held');
print('as fast as 16 at a time can be', String(idealTicks()));
for (const [name, way] of Object.entries(WAYS_OF_MODEL)) {
  const { ticks, resident } = measure(way);
  print(name, String(ticks), String(resident));
}

const atOnce = median(measured.get(WAYS[0]![0])![0]!);
if (atOnce > TARGET) {
  console.log(`\nmergeRows takes ${atOnce.toFixed(0)} ns for a row, more than ${TARGET}.`);
  process.exitCode = 1;
}
