import { concat, concatMap, defer, EMPTY, filter, type Observable, of, tap } from 'rxjs';
import { ConfigurationError } from '../../errors.js';
import { csvFormat } from '../../etl/files/csv-format.js';
import { ndjsonFormat } from '../../etl/files/ndjson-format.js';
import { toFiles } from '../../etl/files/to-files.js';
import type { Page } from '../../operators/page.js';
import type { Session } from '../../session/session.js';
import { connectionOptions, REQUEST_OPTIONS } from '../options/connection.js';
import { REPORT_OPTIONS } from '../options/reporting.js';
import { pageTable } from '../report/page-table.js';
import type { Task } from '../task.js';
import { withSession } from '../with-session.js';
import { writeOut } from '../write-out.js';
import type { Command } from './command.js';

const FORMATS = ['table', 'csv', 'ndjson'] as const;
/** What people look at is not more than they see. */
const PAGE_SIZE = 100;
const MACHINE_PAGE_SIZE = 5_000;

const group = 'Query:';

/** `rxcql query`. */
export const query: Command = {
  name: 'query',
  summary: 'execute a statement: rows as a table on a terminal, as CSV in a pipe',
  argument: { name: 'query', description: 'the statement in CQL' },
  isBrief: true,
  options: [
    ...connectionOptions(''),
    ...REQUEST_OPTIONS,
    { flags: '-k, --keyspace <name>', description: 'where names without a keyspace are looked up', group },
    { flags: '--query <cql>', description: 'the statement, for the file of options, or the environment', group },
    { flags: '-c, --format <format>', description: 'table, csv or ndjson', group },
    {
      flags: '--page-size <n>',
      description: `rows a page: of a table ${PAGE_SIZE}, otherwise ${MACHINE_PAGE_SIZE}`,
      group,
    },
    ...REPORT_OPTIONS,
  ],
  examples: [
    'rxcql query -h 10.0.0.1 "SELECT * FROM shop.orders LIMIT 10"',
    'rxcql query "SELECT * FROM shop.orders" | head -3   # reads one page, and ends',
    'rxcql query "SELECT * FROM shop.orders" --format ndjson > orders.ndjson',
  ],
  plan: ({ options }) => of({ items: { statement: statementOf(options.text('query')) } }),
  run: (task) =>
    withSession(task, '', (session) => {
      const { options, host } = task;
      const format = options.oneOf('format', FORMATS) ?? (host.stdout.isTTY === true ? 'table' : 'csv');
      task.meter.watch(session, 'in');
      return format === 'table' ? tables(task, session) : lines(task, session, format);
    }),
};

function statementOf(text: string | undefined): string {
  if (text !== undefined && text.trim() !== '') return text;
  throw new ConfigurationError('Say what to execute: rxcql query "SELECT …".');
}

function pagesOf<R>(task: Task, session: Session, rows: 'array' | 'object', most: number): Observable<Page<R>> {
  const { options, meter } = task;
  const pageSize = options.whole('page-size', 1, 1_000_000) ?? most;
  return task.untilStopped(session.query<R>(statementOf(options.text('query')), undefined, { pageSize, rows })).pipe(
    tap(({ rowCount, warnings }) => {
      meter.rows += rowCount;
      for (const warning of warnings) task.say(`The server warns: ${warning}\n`);
    }),
    // What changes something has no rows.
    filter(({ columns }) => columns.length > 0),
  );
}

/** The next page is asked for when the terminal, or the pager, has taken the one before. */
function tables(task: Task, session: Session): Observable<never> {
  return pagesOf<readonly unknown[]>(task, session, 'array', PAGE_SIZE).pipe(
    concatMap((page) =>
      concat(
        writeOut(of(`${pageTable(page)}\n`), task.host.stdout),
        defer(() => {
          page.skip();
          return EMPTY;
        }),
      ),
    ),
  );
}

function lines(task: Task, session: Session, format: 'csv' | 'ndjson'): Observable<unknown> {
  const files = format === 'csv' ? csvFormat() : ndjsonFormat();
  return pagesOf(task, session, 'object', MACHINE_PAGE_SIZE).pipe(toFiles(files, task.host.stdout));
}
