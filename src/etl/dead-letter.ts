import { closeSync, openSync } from 'node:fs';
import { inspect } from 'node:util';
import {
  concatMap,
  defer,
  finalize,
  from,
  ignoreElements,
  endWith,
  type MonoTypeOperatorFunction,
  type ObservableInput,
  of,
} from 'rxjs';
import type { CqlError } from '../errors.js';
import type { FailedOutcome, Outcome } from './outcome.js';
import { writeWhole } from './write-whole.js';

/** Takes what has failed. What it returns is waited for. */
export type DeadLetterSink = (outcome: FailedOutcome) => ObservableInput<unknown> | undefined;

/**
 * Puts away what has failed, and passes all outcomes on in their order; one that has failed, when it has been put away. So what is seen
 * behind it is not lost.
 *
 * Errors with the error of the sink: it does not go on without it.
 *
 * @param sink The path of a file, to which a line of JSON is added for each: `position`, `code`, `error`, `attempts` and the `record`; or a
 * function that does something else. **Records may be confidential**: who may read the file may read them.
 *
 * @example
 * ```ts
 * rows.pipe(writeTo(session, insert), deadLetter('failed.ndjson'), errorThreshold({ max: 100 }));
 * ```
 */
export function deadLetter(sink: string | DeadLetterSink): MonoTypeOperatorFunction<Outcome> {
  return (source) =>
    defer(() => {
      const file = typeof sink === 'string' ? new DeadLetterFile(sink) : undefined;
      const put = file === undefined ? (sink as DeadLetterSink) : (outcome: FailedOutcome) => file.put(outcome);
      return source.pipe(
        concatMap((outcome) => {
          if (outcome.kind !== 'failed') return of(outcome);
          const putting = put(outcome);
          return putting === undefined ? of(outcome) : from(putting).pipe(ignoreElements(), endWith(outcome));
        }),
        finalize(() => file?.close()),
      );
    });
}

/** Written at once: what fails is little, and has to be there whatever comes next. Made when there is something for it. */
class DeadLetterFile {
  private readonly path: string;
  private file: number | undefined;

  constructor(path: string) {
    this.path = path;
  }

  put({ position, error, attempts, record }: FailedOutcome): undefined {
    this.file ??= openSync(this.path, 'a');
    const { code } = error as Partial<CqlError>;
    const line = JSON.stringify({ position, code, error: error.message, attempts, record }, asJson);
    writeWhole(this.file, `${line}\n`);
    return undefined;
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }
}

/** What JSON does not know, as a text. */
function asJson(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Map || value instanceof Set) return inspect(value, { depth: null, breakLength: Infinity });
  return value;
}
