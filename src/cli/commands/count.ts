import { EMPTY, filter, map, type Observable, of, switchMap, tap, toArray } from 'rxjs';
import { ConfigurationError } from '../../errors.js';
import { counted, type CountStats, keysOf } from '../../etl/count-rows.js';
import { scan } from '../../etl/scan.js';
import type { Session } from '../../session/session.js';
import { missingRanges } from '../failures.js';
import { connectionOptions, REQUEST_OPTIONS } from '../options/connection.js';
import { Options } from '../options/options.js';
import { scanOptions, SPLITS_OPTION, WORK_OPTIONS } from '../options/ranges.js';
import { REPORT_OPTIONS } from '../options/reporting.js';
import { SELECT_OPTION, TABLE_OPTIONS } from '../options/table.js';
import { plannedRanges } from '../planned-ranges.js';
import { shownJson } from '../report/shown-json.js';
import { type Source, sourceIn } from '../source.js';
import type { Task } from '../task.js';
import { withSession } from '../with-session.js';
import { writeOut } from '../write-out.js';
import type { Command } from './command.js';

const STATS = ['ranges', 'nodes', 'partitions'] as const;

/** `rxcql count`. */
export const count: Command = {
  name: 'count',
  summary: 'count the rows of a table: writes the number, and nothing else',
  options: [
    ...connectionOptions(''),
    ...REQUEST_OPTIONS,
    ...TABLE_OPTIONS,
    SELECT_OPTION,
    ...WORK_OPTIONS,
    SPLITS_OPTION,
    { flags: '--stats <what>', description: 'also by ranges, nodes, partitions (the largest): an object of JSON', group: 'Work:' },
    { flags: '--top <n>', description: 'how many of the largest partitions (10)', group: 'Work:' },
    ...REPORT_OPTIONS,
  ], // prettier-ignore
  examples: [
    'rxcql count -h 10.0.0.1 -k shop -t orders',
    'rxcql count -k shop -t orders --workers 4',
    'rxcql count -k shop -t orders --stats partitions --top 3',
    'rxcql count --query "SELECT id FROM shop.orders WHERE total > 100 ALLOW FILTERING"',
  ],
  plan: (task) =>
    withSession(task, '', (session) =>
      sourceIn(session, task.options).pipe(
        switchMap((source) =>
          plannedRanges(task, session, source.table).pipe(
            switchMap((ranges) => of({ items: { statement: statementOf(source) }, ranges })),
          ),
        ),
      ),
    ),
  run: (task) =>
    withSession(task, '', (session) => {
      task.meter.watch(session, 'in');
      return sourceIn(session, task.options).pipe(switchMap((source) => counting(task, session, source)));
    }),
  beforeSharing: ({ options }) => {
    if (options.text('stats') === undefined) return;
    throw new ConfigurationError('--stats is for one process: leave --workers out.');
  },
  merge: (lines, workers) =>
    lines.pipe(
      toArray(),
      // One that has no number has not counted all of its rows.
      filter(({ length }) => length === workers),
      map((counts) => `${counts.reduce((sum, line) => sum + Number(line), 0)}\n`),
    ),
};

function counting(task: Task, session: Session, source: Source): Observable<never> {
  const { options } = task;
  const stats = (options.list('stats') ?? []).map((what) => new Options({ stats: what }).oneOf('stats', STATS)!);
  const top = options.whole('top', 1, 10_000);
  return plannedRanges(task, session, source.table).pipe(
    switchMap((ranges) => task.untilStopped(scan(session, statementOf(source), { ...scanOptions(options), ranges }))),
    tap((page) => task.meter.page(page)),
    counted(source.shape.partitionKey, { stats, ...(top !== undefined && { top }) }),
    missingRanges(task),
    // Of a part of the rows there is no number.
    switchMap((found) => (task.isStopping ? EMPTY : writeOut(of(textOf(found)), task.host.stdout))),
  );
}

function statementOf({ isQuery, tableOrQuery, shape }: Source): string {
  return isQuery ? tableOrQuery : keysOf(shape);
}

function textOf({ total, ranges, nodes, partitions }: CountStats): string {
  if (ranges === undefined && nodes === undefined && partitions === undefined) return `${total}\n`;
  const stats = {
    total,
    ...(ranges && { ranges: ranges.map(({ range, rows }) => ({ start: range.start, end: range.end, rows })) }),
    ...(nodes && { nodes: Object.fromEntries(nodes) }),
    ...(partitions && { partitions }),
  };
  return `${shownJson(stats)}\n`;
}
