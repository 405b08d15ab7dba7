import { defer, forkJoin, map, type Observable, of, switchMap } from 'rxjs';
import { ConfigurationError } from '../../errors.js';
import { formatTable } from '../../etl/table-shape.js';
import type { Session } from '../../session/session.js';
import { beginJob, journalOf } from '../journal.js';
import { checkFiles } from '../load/check-files.js';
import { loadTarget } from '../load/load-target.js';
import { filesOf } from '../load/load-source.js';
import { loading } from '../load/loading.js';
import { connectionOptions, REQUEST_OPTIONS } from '../options/connection.js';
import { FILE_OPTIONS, placeOf, READ_OPTIONS } from '../options/files.js';
import { WORK_OPTIONS } from '../options/ranges.js';
import { REPORT_OPTIONS } from '../options/reporting.js';
import { TABLE_OPTIONS } from '../options/table.js';
import { WRITE_OPTIONS } from '../options/writing.js';
import { bytes } from '../report/amounts.js';
import type { Task } from '../task.js';
import { withSession } from '../with-session.js';
import type { Command } from './command.js';

/** `rxcql load`. */
export const load: Command = {
  name: 'load',
  summary: 'write the records of files into a table',
  options: [
    ...connectionOptions(''),
    ...REQUEST_OPTIONS,
    ...TABLE_OPTIONS,
    { flags: '--query <cql>', description: 'a statement whose markers have the names of the fields, instead of a table', group: 'Table:' },
    { flags: '--ttl <seconds>', description: 'how long what is written lives', group: 'Table:' },
    { flags: '--timestamp <microseconds>', description: 'when it is taken to be written', group: 'Table:' },
    ...FILE_OPTIONS,
    ...READ_OPTIONS,
    ...WORK_OPTIONS,
    { flags: '--batch <how>', description: 'partition: records of one partition together; none (none)', group: 'Writing:' },
    ...WRITE_OPTIONS,
    ...REPORT_OPTIONS,
  ], // prettier-ignore
  examples: [
    'rxcql load -h 10.0.0.1 -k shop -t orders --url orders.csv',
    'rxcql load -k shop -t orders --url orders.csv.gz --max-errors 1% --dead-letter failed.ndjson',
    'rxcql load -k shop -t orders --url export.csv -m "Order=id, Sum=total"',
    'rxcql load -k shop -t orders --url folder --format ndjson --checkpoint orders.journal',
    'zcat orders.csv.gz | rxcql load -k shop -t orders --no-header -m id,total',
  ],
  plan: (task) =>
    withFiles(task, (session) =>
      forkJoin([loadTarget(session, task.options), of(filesOf(task.options))]).pipe(
        map(([{ cql, pairs, shape }, files]) => ({
          items: {
            ...(shape && { table: formatTable(shape) }),
            statement: cql,
            mapping: pairs.map(({ field, column }) => `${field} -> ${column}`),
            files: files.map(({ name, size }) => (size === undefined ? name : `${name}, ${bytes(size)}`)),
          },
        })),
      ),
    ),
  beforeSharing: (task) => {
    if (placeOf(task.options) === '-') {
      throw new ConfigurationError(
        'The standard input cannot be shared among workers: --url names a file or a folder.',
      );
    }
    checkFiles(task.options);
    begin(task, task.options.text('checkpoint'));
  },
  run: (task) =>
    withFiles(task, (session) => {
      // It is the cluster that a load waits for.
      task.host.keepHeap('smallest');
      task.meter.watch(session, 'out');
      const checkpoint = task.options.text('checkpoint');
      const journal = checkpoint === undefined ? undefined : journalOf(checkpoint, task.shard);
      begin(task, journal);
      return loadTarget(session, task.options).pipe(switchMap((target) => loading(task, session, target, journal)));
    }),
};

/** What is wrong with the files is told before anything is connected to. */
function withFiles<T>(task: Task, work: (session: Session) => Observable<T>): Observable<T> {
  return defer(() => {
    checkFiles(task.options);
    return withSession(task, '', work);
  });
}

function begin(task: Task, journal: string | undefined): void {
  if (journal !== undefined) beginJob(load, task, journal, journal);
}
