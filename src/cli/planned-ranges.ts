import { identity, map, type Observable, tap, toArray } from 'rxjs';
import type { TokenRange } from '../etl/token-range.js';
import { tokenRanges } from '../etl/token-ranges.js';
import type { Session } from '../session/session.js';
import { rangesOptions } from './options/ranges.js';
import type { Task } from './task.js';

/**
 * The ranges that a command reads a table by: all of them, at once, so that it is known how much there is.
 *
 * @param left What of a plan is left to do.
 */
export function plannedRanges(
  task: Task,
  session: Session,
  table: string,
  left: (plan: Observable<TokenRange>) => Observable<TokenRange> = identity,
): Observable<readonly TokenRange[]> {
  return left(tokenRanges(session, table, rangesOptions(task.options, task.shard))).pipe(
    toArray(),
    tap((ranges) => task.meter.plan(ranges)),
    map((ranges): readonly TokenRange[] => ranges),
  );
}
