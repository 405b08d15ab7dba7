import { type MonoTypeOperatorFunction, Observable, takeWhile } from 'rxjs';
import { ConfigurationError, CqlError } from '../errors.js';
import type { Outcome } from './outcome.js';

/** Of fewer than these a share says nothing, unless there are no more. */
const LEAST = 100;

/**
 * Ends a pipeline in which too much fails. Passes all outcomes on, the one that is too many too, and then errors with a `CqlError`
 * `ERR_RXCQL_TOO_MANY_FAILURES`, whose `cause` is the error of that outcome.
 *
 * @param options `max`: how many may fail: a number, or a share, `'5%'`, which is looked at from the hundredth outcome on and at the end.
 *
 * @example
 * ```ts
 * rows.pipe(writeTo(session, insert), errorThreshold({ max: '1%' }));
 * ```
 */
export function errorThreshold(options: { max: number | `${number}%` }): MonoTypeOperatorFunction<Outcome> {
  return (source) =>
    new Observable((subscriber) => {
      const isTooMany = limitIn(options);
      let all = 0;
      let failed = 0;
      let cause: Error | undefined;
      const verdict = (isEnd: boolean): CqlError | undefined => {
        if (failed === 0 || !isTooMany(failed, all, isEnd)) return undefined;
        const message = `${failed} of ${all} records have failed, which is more than the ${options.max} that may.`;
        return new CqlError('ERR_RXCQL_TOO_MANY_FAILURES', message, { cause });
      };
      // What emits at once goes on until it is told.
      return source.pipe(takeWhile(() => !subscriber.closed)).subscribe({
        next: (outcome) => {
          all++;
          if (outcome.kind === 'failed') {
            failed++;
            cause = outcome.error;
          }
          subscriber.next(outcome);
          const error = verdict(false);
          if (error !== undefined) subscriber.error(error);
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          const error = verdict(true);
          if (error === undefined) subscriber.complete();
          else subscriber.error(error);
        },
      });
    });
}

function limitIn(options: unknown): (failed: number, all: number, isEnd: boolean) => boolean {
  const { max } = (options ?? {}) as { max?: unknown };
  if (Number.isInteger(max) && (max as number) >= 0) return (failed) => failed > (max as number);
  const share = typeof max === 'string' && /^\d+(\.\d+)?%$/.test(max) ? Number(max.slice(0, -1)) / 100 : NaN;
  if (share >= 0 && share <= 1) return (failed, all, isEnd) => (all >= LEAST || isEnd) && failed > share * all;
  throw new ConfigurationError('The option "max" of errorThreshold() is a whole number, or a share as \'5%\'.');
}
