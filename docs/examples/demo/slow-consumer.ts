import { connect, defer, last, map, merge, type Observable, sampleTime, tap, timer, toArray } from 'rxjs';
import { mergeRows, type Session } from 'rxcql';
import { cities, type City } from './cities.js';
import type { Finding } from './summary.js';
import { CITIES_OF_COUNTRY } from './table.js';
import { bar, megabytes, rate, seconds, stopwatch, title, whole } from './text.js';

const COUNTRY = 'US';
const PAGE_SIZE = 500;
const CONCURRENCY = 16;
const MILLISECONDS = 10;

const total = cities.filter(({ country }) => country === COUNTRY).length;

/** How things are when a city has been worked on. */
interface Moment {
  readonly elapsed: number;
  readonly pages: number;
  readonly done: number;
  /** Rows that were fetched and are not done. */
  readonly held: number;
  readonly mostHeld: number;
}

/** A moment that is shown. */
interface Sample extends Moment {
  readonly rss: number;
}

/** Works on rows more slowly than they could be fetched. */
export function slowConsumer(session: Session): Observable<Finding> {
  return defer(() => {
    title(`4. A slow consumer of the same rows: mergeRows(work, ${CONCURRENCY}), ${MILLISECONDS} ms of work for each`);
    console.log(`     time   pages of ${PAGE_SIZE} fetched        rows held (of ${whole(total)})        memory (RSS)`);
    return workOnCities(session).pipe(
      // Once a second, and at the end.
      connect((moments) => merge(moments.pipe(sampleTime(1_000)), moments.pipe(last()))),
      map((moment): Sample => ({ ...moment, rss: process.memoryUsage.rss() })),
      tap(printSample),
      toArray(),
      map(conclude),
    );
  });
}

function workOnCities(session: Session): Observable<Moment> {
  const elapsed = stopwatch();
  let pages = 0;
  let done = 0;
  let held = 0;
  let mostHeld = 0;
  return session.query<City>(CITIES_OF_COUNTRY, [COUNTRY], { pageSize: PAGE_SIZE }).pipe(
    tap((page) => {
      pages++;
      held += page.rowCount;
      mostHeld = Math.max(mostHeld, held);
    }),
    // Takes the next row when one is done, and has the next page fetched meanwhile: that one, and no further.
    mergeRows(work, CONCURRENCY),
    map((): Moment => ({ elapsed: elapsed(), pages, done: ++done, held: --held, mostHeld })),
  );
}

/** Stands for a service that takes its time over each city. */
const work = (): Observable<unknown> => timer(MILLISECONDS);

function printSample({ elapsed, pages, held, rss }: Sample): void {
  const columns = [
    seconds(elapsed).padStart(6),
    `${bar((pages * PAGE_SIZE) / total, 20)} ${String(pages).padStart(3)}`,
    `${bar(held / total, 20)} ${whole(held).padStart(6)}`,
    megabytes(rss),
  ];
  console.log(`   ${columns.join('   ')}`);
}

function conclude(samples: readonly Sample[]): Finding {
  const { elapsed, pages, done, mostHeld } = samples.at(-1)!;
  const rss = samples.map((sample) => sample.rss);
  console.log(
    `\n   Never more than ${whole(mostHeld)} of ${whole(done)} rows were here at a time; ` +
      `RSS from ${megabytes(Math.min(...rss))} to ${megabytes(Math.max(...rss))}.`,
  );
  return {
    label: 'slow consumer',
    value: whole(done),
    note: `in ${seconds(elapsed)}, ${rate(done, elapsed)}, ${pages} pages, at most ${whole(mostHeld)} rows held`,
  };
}
