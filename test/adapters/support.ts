import { Observable, of } from 'rxjs';
import { type Chunk, type Page, pages } from 'rxcql';

/** A query of strings, one page each of whose characters is a row, that counts what it is asked for. */
export function queryOf(texts: readonly string[], { later = false, failAt = Infinity } = {}) {
  const query = {
    /** How many pages were asked for. */
    fetched: 0,
    /** How many fetches are in flight. */
    inFlight: 0,
    /** How many subscriptions there were, and how many have ended. */
    subscribed: 0,
    left: 0,
    source: new Observable<Page<string>>((subscriber) => {
      query.subscribed++;
      subscriber.add(() => query.left++);
      subscriber.add(
        pages<string, number>((state = 0) => {
          query.fetched++;
          if (state === failAt) throw new Error('The fetch failed.');
          const pagingState = state + 1 < texts.length ? state + 1 : undefined;
          const answer: Chunk<string, number> = { rows: texts[state]!, pagingState };
          return later ? delayed(answer) : of(answer);
        }).subscribe(subscriber),
      );
    }),
  };
  const delayed = (chunk: Chunk<string, number>): Observable<Chunk<string, number>> =>
    new Observable((subscriber) => {
      query.inFlight++;
      const answer = setImmediate(() => {
        subscriber.next(chunk);
        subscriber.complete();
      });
      return () => {
        query.inFlight--;
        clearImmediate(answer);
      };
    });
  return query;
}

/** Rows of which the second cannot be read. */
export function damaged(): Observable<Page<string>> & { readonly fetched: () => number } {
  let fetched = 0;
  const source = pages<string, number>((state = 0) => {
    fetched++;
    return of({ rows: damagedRows(), pagingState: state + 1 });
  });
  return Object.assign(source, { fetched: () => fetched });
}

function* damagedRows(): Generator<string> {
  yield 'a';
  throw new Error('The row is damaged.');
}

/** As long as several turns of the event loop: enough for all that can happen by itself. */
export async function turns(count = 5): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** What a promise comes to: its value, or the message of its error. */
export const outcome = (promise: Promise<unknown>): Promise<unknown> =>
  promise.catch((error: unknown) => `rejected: ${(error as Error).message}`);
