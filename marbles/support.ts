import type { Observable } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import { type Chunk, type Page, pages } from 'rxcql';
import { expect } from 'vitest';

/** Runs a specification in virtual time: one character of a diagram is one millisecond. */
export function marbles(specification: (helpers: RunHelpers) => void): void {
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(specification);
}

/** The chunk of which each character is a row. `next` is the number of the fetch that brings the following one. */
export function chunk(rows: string, next?: number): Chunk<string, number> {
  return { rows: rows.split(''), pagingState: next };
}

/** A query whose first fetch is the first of `fetches`, and so on by the numbers in the chunks. */
export function queryOf(...fetches: readonly Observable<Chunk<string, number>>[]): Observable<Page<string>> {
  return pages<string, number>((number = 1) => fetches[number - 1]!);
}
