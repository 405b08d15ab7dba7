import { type Observable, switchMap, tap } from 'rxjs';
import { checkpointFile } from '../../etl/checkpoint-store.js';
import { ConfigurationError } from '../../errors.js';
import { copy as copyTable } from '../../etl/copy.js';
import { parseTable } from '../../etl/table-shape.js';
import type { Session } from '../../session/session.js';
import { countOutcomes, missingRanges } from '../failures.js';
import { beginJob, journalOf } from '../journal.js';
import { connectionOptions, isElsewhere, REQUEST_OPTIONS } from '../options/connection.js';
import type { Options } from '../options/options.js';
import { SPLITS_OPTION, WORK_OPTIONS } from '../options/ranges.js';
import { REPORT_OPTIONS } from '../options/reporting.js';
import { TABLE_OPTIONS, tableOf, TARGET_TABLE_OPTIONS, targetTableOf } from '../options/table.js';
import { paceOf, PRESERVE_OPTION, preserveOf, WRITE_OPTIONS } from '../options/writing.js';
import { plannedRanges } from '../planned-ranges.js';
import { tablesPlan } from '../tables-plan.js';
import type { Task } from '../task.js';
import { withBothSessions } from '../with-session.js';
import type { Command } from './command.js';

/** `rxcql copy`. */
export const copy: Command = {
  name: 'copy',
  summary: 'copy a table into another, of the same cluster or of another one',
  options: [
    ...connectionOptions(''),
    ...connectionOptions('to-'),
    ...REQUEST_OPTIONS,
    ...TABLE_OPTIONS,
    ...TARGET_TABLE_OPTIONS,
    { flags: '--columns <names>', description: 'only these columns, the primary key among them', group: 'Table:' },
    PRESERVE_OPTION,
    ...WORK_OPTIONS,
    SPLITS_OPTION,
    ...WRITE_OPTIONS,
    ...REPORT_OPTIONS,
  ],
  examples: [
    'rxcql copy -h 10.0.0.1 -k shop -t orders --to-host 10.1.0.1',
    'rxcql copy -k shop -t orders --to-keyspace archive --preserve ttl,writetime',
    'rxcql copy -k shop -t orders --to-table orders2 --checkpoint orders.journal --workers 4',
  ],
  plan: (task) => {
    refuseItself(task.options);
    return tablesPlan(task);
  },
  beforeSharing: (task) => {
    refuseItself(task.options);
    begin(task, task.options.text('checkpoint'));
  },
  run: (task) => {
    refuseItself(task.options);
    return withBothSessions(task, (source, target) => {
      const checkpoint = task.options.text('checkpoint');
      const journal = checkpoint === undefined ? undefined : journalOf(checkpoint, task.shard);
      begin(task, journal);
      task.meter.watch(target, 'out');
      return copying(task, source, target, journal);
    });
  },
};

/** @throws ConfigurationError where each row would be written upon itself. */
function refuseItself(options: Options): void {
  const table = tableOf(options);
  const source = parseTable(table, undefined);
  const target = parseTable(targetTableOf(options), undefined);
  if (isElsewhere(options) || source.keyspace !== target.keyspace || source.table !== target.table) return;
  throw new ConfigurationError(
    `The table ${table} would be copied onto itself: say --to-keyspace, --to-table or --to-host.`,
  );
}

function begin(task: Task, journal: string | undefined): void {
  if (journal !== undefined) beginJob(copy, task, journal, journal);
}

function copying(task: Task, source: Session, target: Session, journal: string | undefined): Observable<unknown> {
  const { options, meter } = task;
  const table = tableOf(options);
  const columns = options.list('columns');
  const preserve = preserveOf(options);
  const pageSize = options.whole('page-size', 1, 1_000_000);
  return plannedRanges(task, source, table).pipe(
    switchMap((ranges) => {
      const outcomes = copyTable({ session: source, table }, { session: target, table: targetTableOf(options) }, {
        ranges,
        ...paceOf(options),
        ...(columns && { columns }),
        ...(preserve && { preserve }),
        ...(pageSize !== undefined && { pageSize }),
        ...(journal !== undefined && { checkpoint: checkpointFile(journal) }),
      }); // prettier-ignore
      return task.untilStopped(outcomes);
    }),
    tap(({ position }) => meter.place(position)),
    countOutcomes(task),
    missingRanges(task),
  );
}
