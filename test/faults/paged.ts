import { concatMap, lastValueFrom, map, type Observable, tap, toArray } from 'rxjs';
import type { Page } from 'rxcql';
import { cql, type CqlRequest, type CqlResponse, rows, type Rule, when } from 'rxcql/testing';
import { CANARY } from './tokens.js';

/** A query of several pages, and what it has to bring (O3: all rows in their order, none twice, none missing). */
export const PAGED = 'SELECT v FROM ks.paged';
export const PAGES = 6;
const ROWS = 5;

export const rowsOfPage = (page: number): string[] =>
  // One page has none, as may be.
  page === 3 ? [] : Array.from({ length: ROWS }, (_, i) => `${CANARY}-${page}-${i}`);

export const TRUTH: readonly string[] = Array.from({ length: PAGES }, (_, page) => rowsOfPage(page)).flat();

/** Which page is asked for, from 0. */
export const pageOf = ({ pagingState }: CqlRequest): number =>
  pagingState === undefined ? 0 : Number(Buffer.from(pagingState).toString().replace('page ', ''));

export const stateOf = (page: number): string => `page ${page}`;

export const pageRows = (page: number): CqlResponse =>
  rows(
    { v: 'text' },
    rowsOfPage(page).map((v) => [v]),
    page < PAGES - 1 ? { pagingState: stateOf(page + 1) } : {},
  );

/** Answers the query page by page. */
export const PAGING: Rule = when(cql(PAGED)).reply((request) => pageRows(pageOf(request)));

/** All rows of a query. */
export const valuesOf = (query: Observable<Page>): Observable<string> =>
  query.pipe(
    concatMap((page) => page),
    map((row) => row['v'] as string),
  );

/** Reads a query to its end or its error; says what was read, and the error. */
export async function readToTheEnd(
  query: Observable<Page>,
): Promise<{ read: string[]; error: (Error & Record<string, unknown>) | undefined }> {
  const read: string[] = [];
  try {
    await lastValueFrom(
      valuesOf(query).pipe(
        tap((value) => read.push(value)),
        toArray(),
      ),
    );
    return { read, error: undefined };
  } catch (error) {
    return { read, error: error as Error & Record<string, unknown> };
  }
}
