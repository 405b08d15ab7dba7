import { catchError, defer, EMPTY, identity, tap, throwError, type MonoTypeOperatorFunction } from 'rxjs';
import { deadLetter } from '../etl/dead-letter.js';
import { errorThreshold } from '../etl/error-threshold.js';
import type { FailedOutcome, Outcome } from '../etl/outcome.js';
import { ScanError } from '../etl/scan-error.js';
import { maxErrorsOf } from './options/writing.js';
import type { Task } from './task.js';

/** Of so many failures the reasons are said. */
const SAID = 5;

/** Counts outcomes, puts away what has failed, says the first reasons, and ends what fails too often. */
export function countOutcomes(task: Task): MonoTypeOperatorFunction<Outcome> {
  return (source) =>
    defer(() => {
      const { options, meter } = task;
      const max = maxErrorsOf(options);
      const file = options.text('dead-letter');
      return source.pipe(
        file === undefined ? identity : deadLetter(file),
        tap((outcome) => {
          meter.outcome(outcome);
          if (outcome.kind === 'failed' && meter.failed <= SAID) task.say(reason(outcome));
        }),
        max === undefined ? identity : errorThreshold({ max }),
      );
    });
}

/** Ranges that could not be read are what is missing, and no reason to fail: all others were. */
export function missingRanges<T>(task: Task): MonoTypeOperatorFunction<T> {
  return (source) =>
    source.pipe(
      catchError((error: unknown) => {
        if (!(error instanceof ScanError)) return throwError(() => error);
        // Of what was to end, these are what is left.
        if (task.isStopping) return EMPTY;
        for (const { start, end } of error.ranges) task.missing.push(`the range (${start}, ${end}]`);
        task.say(`${error.message}\n`);
        return EMPTY;
      }),
    );
}

function reason({ position, error }: FailedOutcome): string {
  const { file, line } = (position ?? {}) as { readonly file?: string; readonly line?: number };
  const where = file === undefined ? 'A row' : `${file}, line ${line ?? 0},`;
  return `${where} has failed: ${error.message}\n`;
}
