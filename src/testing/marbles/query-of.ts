import { catchError, defer, from, map, type Observable, type ObservableInput, throwError } from 'rxjs';
import { CqlError } from '../../errors.js';
import { Page } from '../../operators/page.js';
import { pages } from '../../operators/pages.js';

/**
 * A query as `session.query()` makes it, whose fetches are yours: the first is subscribed to when the query is, and each other
 * when the page before it has been read. Give it what your own pipeline should take for the result of a query.
 *
 * Cold; every subscription begins with the first fetch, and gets pages of its own. It completes with the first page that has no
 * more after it, and errors with the error of a fetch; a {@link CqlError} then has the `pagingState` of the page that could not
 * be fetched. A page that promises more than there are fetches is a `RangeError`.
 *
 * @param fetches Each emits one {@link page}, as a rule a `cold('--(r|)', { r: page('ab', { more: true }) })`. To let a fetch
 * behave otherwise the second time, `defer()` it.
 */
export function queryOf<T>(...fetches: readonly ObservableInput<Page<T>>[]): Observable<Page<T>> {
  return queryFrom(undefined, ...fetches);
}

/**
 * The same as {@link queryOf}, begun where `pagingState` says, which is that of one of its pages or errors: for code under test
 * that resumes. It stands for `session.query(…, { pagingState })`.
 */
export function queryFrom<T>(
  pagingState: Buffer | undefined,
  ...fetches: readonly ObservableInput<Page<T>>[]
): Observable<Page<T>> {
  return pages<T, Buffer>((state = pagingState) => {
    const index = state === undefined ? 0 : indexIn(state);
    const fetch = fetches[index];
    if (fetch === undefined) return throwError(() => missing(index + 1));
    return defer(() => from(fetch)).pipe(
      map((page) => fresh(page, index + 1)),
      catchError((error: unknown) => throwError(() => failed(error, state))),
    );
  });
}

/** A page of its own for each subscription, so that one that was read in another does not count as read here. */
function fresh<T>(page: Page<T>, next: number): Page<T> {
  if (!(page instanceof Page)) throw new TypeError('A fetch of queryOf() brought something else than a page().');
  const { columns, hasMorePages, wasApplied, warnings } = page;
  const pagingState = hasMorePages ? Buffer.from(`${PREFIX}${next}`) : undefined;
  return new Page(page.rows, { columns, hasMorePages, pagingState, wasApplied, warnings });
}

/** As of a session. A `cold()` has one error for all subscriptions, so what it was given in another is replaced. */
function failed(error: unknown, pagingState: Buffer | undefined): unknown {
  if (error instanceof CqlError) {
    Object.defineProperty(error, 'pagingState', { value: pagingState, configurable: true });
  }
  return error;
}

const PREFIX = 'fetch ';

function indexIn(pagingState: Buffer): number {
  const text = pagingState.toString();
  const index = text.startsWith(PREFIX) ? Number(text.slice(PREFIX.length)) : NaN;
  if (Number.isInteger(index)) return index;
  throw new TypeError('The paging state is of no page of queryOf(): it takes those of its own pages and errors.');
}

function missing(number: number): RangeError {
  if (number === 1) return new RangeError('A query needs a fetch: queryOf() was given none.');
  return new RangeError(
    `There is no fetch ${number}: page ${number - 1} says that others follow, but no fetch brings them.`,
  );
}
