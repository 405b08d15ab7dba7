import { concat, concatMap, count, defer, ignoreElements, map, type Observable, take, tap } from 'rxjs';
import type { Session } from 'rxcql';
import { cities, type City, nameOfCountry } from './cities.js';
import type { Finding } from './summary.js';
import { CITIES_OF_COUNTRY, LARGEST_OF_COUNTRY } from './table.js';
import { title, whole } from './text.js';

const COUNTRY = 'US';
const total = cities.filter(({ country }) => country === COUNTRY).length;

/** Leaves a long result after five rows, and asks for something else. */
export function peek(session: Session): Observable<Finding> {
  return defer(() => {
    title(`3. take(5), of a query for all ${whole(total)} cities of the ${nameOfCountry(COUNTRY)}, the largest first`);
    return concat(firstFive(session), lookup(session));
  });
}

function firstFive(session: Session): Observable<Finding> {
  let pages = 0;
  let fetched = 0;
  let decoded = 0;
  return session.query<City>(CITIES_OF_COUNTRY, [COUNTRY]).pipe(
    tap((page) => {
      pages++;
      fetched += page.rowCount;
    }),
    // Rows arrive as bytes. The page decodes one when it is about to emit it, which it does only while somebody listens.
    concatMap((page) => page.pipe(tap(() => decoded++))),
    take(5),
    tap(({ name, population }) => console.log(`   ${name.padEnd(20)}${whole(population).padStart(12)}`)),
    count(),
    map((rows) => ({
      label: 'take(5)',
      value: whole(rows),
      note: `${pages} page fetched, ${decoded} of its ${whole(fetched)} rows decoded`,
    })),
    tap(({ note }) => console.log(`\n   Only this was needed: ${note}.`)),
  );
}

function lookup(session: Session): Observable<never> {
  return session.execute<City>(LARGEST_OF_COUNTRY, ['IS']).pipe(
    map((page) => page.one()),
    tap(({ name, population }) =>
      console.log(
        `   The connection is still good. Largest city of ${nameOfCountry('IS')}: ${name}, ${whole(population)}.`,
      ),
    ),
    ignoreElements(),
  );
}
