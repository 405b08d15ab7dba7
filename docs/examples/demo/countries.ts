import { concatMap, defer, mergeMap, type Observable, of, reduce, tap } from 'rxjs';
import type { Session } from 'rxcql';
import { cities, type City, nameOfCountry } from './cities.js';
import { Comparison } from './comparison.js';
import type { Finding } from './summary.js';
import { ALL_CITIES } from './table.js';
import { rate, seconds, stopwatch, title, whole } from './text.js';

const SHOWN = 10;

interface Country {
  readonly code: string;
  cities: number;
  people: number;
}

/** Reads the whole table page by page, to sum it up by country and to compare it with what was loaded. */
export function countries(session: Session): Observable<Finding> {
  return defer(() => {
    title('2. Scan: all pages of the table, summed up by country');
    const comparison = new Comparison(cities);
    const elapsed = stopwatch();
    let pages = 0;
    return session.query<City>(ALL_CITIES).pipe(
      tap(() => pages++),
      concatMap((page) => page), // a page emits its rows; when they have been read, the next one is fetched
      tap((city) => comparison.add(city)),
      reduce(addCity, new Map<string, Country>()),
      tap((byCountry) => printLargest([...byCountry.values()])),
      mergeMap(() => findings(comparison, pages, elapsed())),
    );
  });
}

function addCity(byCountry: Map<string, Country>, city: City): Map<string, Country> {
  const country = byCountry.get(city.country) ?? { code: city.country, cities: 0, people: 0 };
  country.cities++;
  country.people += city.population;
  return byCountry.set(city.country, country);
}

function printLargest(all: Country[]): void {
  const print = (name: string, cities: string, people: string): void =>
    console.log(`   ${name.padEnd(20)}${cities.padStart(8)}${people.padStart(16)}`);
  print('country', 'cities', 'people in them');
  for (const { code, cities, people } of all.sort((a, b) => b.people - a.people).slice(0, SHOWN)) {
    print(nameOfCountry(code), whole(cities), whole(people));
  }
  console.log(`   … and ${all.length - SHOWN} more`);
}

function findings(comparison: Comparison, pages: number, elapsed: number): Observable<Finding> {
  const { rows, isEqual, different, missing, unexpected } = comparison;
  return of(
    {
      label: 'rows read back',
      value: whole(rows),
      note: `in ${seconds(elapsed)}, ${rate(rows, elapsed)}, ${pages} pages`,
    },
    {
      label: 'equal',
      value: isEqual ? 'yes' : 'NO',
      note: isEqual
        ? 'every row in every column'
        : `${whole(different)} rows differ, ${whole(missing)} are missing, ${whole(unexpected)} were not expected`,
      isWrong: !isEqual,
    },
  );
}
