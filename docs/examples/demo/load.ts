import { defer, last, map, type Observable, of, switchMap } from 'rxjs';
import { mergeRows, pages, type Prepared, type Session } from 'rxcql';
import { cities } from './cities.js';
import { type Progress, showProgress } from './progress.js';
import type { Finding } from './summary.js';
import { INSERT } from './table.js';
import { rate, seconds, stopwatch, title, whole } from './text.js';

const CONCURRENCY = 128;

/** Loads all cities into the table. */
export function load(session: Session): Observable<Finding> {
  return defer(() => {
    title(`1. Load: a prepared insert for each, ${CONCURRENCY} in flight`);
    return session.prepare(INSERT).pipe(
      switchMap((insert) => insertCities(session, insert)),
      showProgress(cities.length),
      last(),
      map(({ rows, elapsed }) => ({
        label: 'rows loaded',
        value: whole(rows),
        note: `in ${seconds(elapsed)}, ${rate(rows, elapsed)}`,
      })),
    );
  });
}

function insertCities(session: Session, insert: Prepared): Observable<Progress> {
  const elapsed = stopwatch();
  let inFlight = 0;
  // The whole array is one page, from which mergeRows takes a row when there is room for it. With from(cities) and
  // mergeMap() all rows would be queued at once.
  return pages(() => of({ rows: cities })).pipe(
    mergeRows((city) => {
      inFlight++;
      return session.execute(insert, city);
    }, CONCURRENCY),
    map((_, index) => ({ rows: index + 1, inFlight: inFlight--, elapsed: elapsed() })),
  );
}
