import { isObservable, Observable, type ObservableInput, type ObservedValueOf, type OperatorFunction } from 'rxjs';
import { ConfigurationError } from '../errors.js';
import type { Page } from './page.js';
import { RowMerge } from './row-merge.js';

export interface MergeRowsOptions {
  /** Errors only after everything that was read has been worked off, with the first error. Default false: at once. */
  delayError?: boolean;
  /** Emits what the rows project to in the order of the rows. Default false: as it comes. */
  ordered?: boolean;
}

/** Nothing is begun before an Observable has said how much. */
const NONE_YET = 0;

/**
 * Works on rows, up to `concurrent` at a time, kept full across the borders of pages: unlike
 * `concatMap((page) => page.pipe(mergeMap(project, n)))` it does not wait for the last straggler of a page before it begins
 * the next. A row is decoded when its turn has come. At most two pages and `concurrent` rows are held.
 *
 * Emits what the inner Observables emit. Completes when the source and all inners have. Errors with the first error of the
 * source, of a row, of `project` or of an inner; unsubscribing leaves the source and all inners.
 *
 * @param project Called with each row and its index over all pages.
 * @param concurrent At least 1. Default: unlimited, which begins work on every row as soon as it is there, and so reads the
 * whole result: give a limit unless it is small. With `ordered`, results that wait for their turn count.
 *
 * @example
 * ```ts
 * session.query('SELECT id FROM users').pipe(
 *   mergeRows((row) => session.execute('DELETE FROM sessions WHERE user = ?', [row.id]), 64),
 * );
 * ```
 */
export function mergeRows<T, O extends ObservableInput<unknown>>(
  project: (row: T, index: number) => O,
  concurrent: number | Observable<number> = Infinity,
  options: MergeRowsOptions = {},
): OperatorFunction<Page<T>, ObservedValueOf<O>> {
  return (source) =>
    new Observable((subscriber) => {
      const mistake = mistakeIn(concurrent, options);
      if (mistake !== undefined) {
        subscriber.error(new ConfigurationError(mistake));
        return;
      }
      const limits = isObservable(concurrent) ? concurrent : undefined;
      const merge = new RowMerge(
        project,
        limits === undefined ? (concurrent as number) : NONE_YET,
        options,
        subscriber,
      );
      // Before it starts: whatever it emits meanwhile may already be enough.
      subscriber.add(merge);
      if (limits !== undefined) merge.follow(limits);
      merge.start(source);
    });
}

function mistakeIn(concurrent: unknown, options: object): string | undefined {
  if (
    !isObservable(concurrent) &&
    concurrent !== Infinity &&
    !(Number.isInteger(concurrent) && (concurrent as number) >= 1)
  ) {
    return 'The concurrency of mergeRows is a whole number, 1 or more.';
  }
  const unknown = Object.keys(options).find((name) => name !== 'delayError' && name !== 'ordered');
  return unknown && `mergeRows has no option ${JSON.stringify(unknown)}; there are "delayError" and "ordered".`;
}
