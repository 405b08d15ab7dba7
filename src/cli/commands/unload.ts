import { map, type Observable, switchMap } from 'rxjs';
import { ConfigurationError } from '../../errors.js';
import { columnsWritten, statementText } from '../unload/unload-source.js';
import { sinkOf } from '../unload/unload-sink.js';
import { beginUnload, unloading } from '../unload/unloading.js';
import { connectionOptions, REQUEST_OPTIONS } from '../options/connection.js';
import { FILE_OPTIONS, formatOf, placeOf } from '../options/files.js';
import { SPLITS_OPTION, WORK_OPTIONS } from '../options/ranges.js';
import { REPORT_OPTIONS } from '../options/reporting.js';
import { SELECT_OPTION, TABLE_OPTIONS } from '../options/table.js';
import { PRESERVE_OPTION } from '../options/writing.js';
import { plannedRanges } from '../planned-ranges.js';
import type { Plan } from '../report/plan.js';
import { sourceIn } from '../source.js';
import type { Task } from '../task.js';
import { withSession } from '../with-session.js';
import type { Command } from './command.js';

/** `rxcql unload`. */
export const unload: Command = {
  name: 'unload',
  summary: 'write a table, or what a SELECT finds, into files',
  options: [
    ...connectionOptions(''),
    ...REQUEST_OPTIONS,
    ...TABLE_OPTIONS,
    SELECT_OPTION,
    { flags: '--columns <names>', description: 'only these columns', group: 'Table:' },
    PRESERVE_OPTION,
    ...FILE_OPTIONS,
    { flags: '--overwrite', description: 'replace what is there already', group: 'Files:' },
    ...WORK_OPTIONS,
    SPLITS_OPTION,
    { flags: '--checkpoint <file>', description: 'the journal (in the folder)', group: 'Work:', isPath: true },
    { flags: '--resume', description: 'go on if it was begun; otherwise begin', group: 'Work:' },
    ...REPORT_OPTIONS,
  ],
  examples: [
    'rxcql unload -h 10.0.0.1 -k shop -t orders --url orders                  # a folder: a file for each range',
    'rxcql unload -k shop -t orders --url orders.parquet                      # one file',
    'rxcql unload -k shop -t orders --format ndjson --compress gzip --url orders --workers 4',
    'rxcql unload --query "SELECT id, total FROM shop.orders" | gzip > orders.csv.gz',
    'rxcql resume orders                                                      # after a crash',
  ],
  plan,
  beforeSharing: (task) => {
    const sink = sinkOf(task);
    if (sink.kind === 'folder') beginUnload(unload, task, sink);
    else throw new ConfigurationError('--workers and --shard write into a folder: --url names one.');
  },
  run: (task) =>
    withSession(task, '', (session) => {
      task.host.keepHeap('small');
      task.meter.watch(session, 'in');
      return unloading(unload, task, session);
    }),
};

function plan(task: Task): Observable<Plan> {
  const { options } = task;
  const place = placeOf(options);
  return withSession(task, '', (session) =>
    sourceIn(session, options).pipe(
      switchMap((source) =>
        plannedRanges(task, session, source.table).pipe(
          map((ranges) => ({
            items: {
              statement: statementText(source, options),
              columns: columnsWritten(source, options),
              writes: `${formatOf(options, place)} into ${sinkOf(task).kind} ${place}`,
            },
            ranges,
          })),
        ),
      ),
    ),
  );
}
