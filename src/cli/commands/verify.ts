import { map, type Observable, switchMap, tap } from 'rxjs';
import type { Diff } from '../../etl/diff.js';
import { verifying } from '../../etl/verify.js';
import type { Session } from '../../session/session.js';
import { connectionOptions, REQUEST_OPTIONS } from '../options/connection.js';
import { scanOptions, SPLITS_OPTION, WORK_OPTIONS } from '../options/ranges.js';
import { REPORT_OPTIONS } from '../options/reporting.js';
import { TABLE_OPTIONS, tableOf, TARGET_TABLE_OPTIONS, targetTableOf } from '../options/table.js';
import { plannedRanges } from '../planned-ranges.js';
import { shownJson } from '../report/shown-json.js';
import { tablesPlan } from '../tables-plan.js';
import type { Task } from '../task.js';
import { withBothSessions } from '../with-session.js';
import { writeOut } from '../write-out.js';
import type { Command } from './command.js';

/** `rxcql verify`. */
export const verify: Command = {
  name: 'verify',
  summary: 'compare two tables: writes the rows in which they differ, a line of JSON each',
  options: [
    ...connectionOptions(''),
    ...connectionOptions('to-'),
    ...REQUEST_OPTIONS,
    ...TABLE_OPTIONS,
    ...TARGET_TABLE_OPTIONS,
    { flags: '--columns <names>', description: 'only these columns, the primary key among them', group: 'Table:' },
    ...WORK_OPTIONS,
    SPLITS_OPTION,
    { flags: '--repair', description: 'write into the target what is missing there, or different', group: 'Work:' },
    ...REPORT_OPTIONS,
  ],
  examples: [
    'rxcql verify -h 10.0.0.1 -k shop -t orders --to-host 10.1.0.1   # exit code 1 if they differ',
    'rxcql verify -k shop -t orders --to-keyspace archive --repair',
  ],
  plan: (task) => tablesPlan(task),
  run: (task) =>
    withBothSessions(task, (source, target) => {
      task.meter.watch(source, 'in');
      return writeOut(differences(task, source, target), task.host.stdout);
    }),
  merge: (lines) => lines.pipe(map((line) => `${line}\n`)),
};

function differences(task: Task, source: Session, target: Session): Observable<string> {
  const { options, meter } = task;
  const table = tableOf(options);
  const columns = options.list('columns');
  return plannedRanges(task, source, table).pipe(
    switchMap((ranges) => {
      const [from, to] = [
        { session: source, table },
        { session: target, table: targetTableOf(options) },
      ];
      const repair = options.flag('repair') === true;
      const how = { ...scanOptions(options), ranges, ...(columns && { columns }), repair };
      return task.untilStopped(verifying(from, to, how, (page) => meter.page(page)));
    }),
    tap(() => meter.failed++),
    map((diff: Diff) => `${shownJson(diff)}\n`),
  );
}
