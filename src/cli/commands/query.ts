import { concat, concatMap, defer, EMPTY, ignoreElements, type Observable, of, tap } from 'rxjs';
import { ConfigurationError } from '../../errors.js';
import type { Page } from '../../operators/page.js';
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
    { flags: '--query <cql>', description: 'the statement, if it does not stand by itself', group },
    { flags: '-c, --format <format>', description: 'table, csv or ndjson', group },
    { flags: '--page-size <n>', description: `rows a page: of a table ${PAGE_SIZE}, otherwise 5000`, group },
    ...REPORT_OPTIONS,
  ],
  examples: [
    'rxcql query -h 10.0.0.1 "SELECT * FROM shop.orders LIMIT 10"',
    'rxcql query "SELECT * FROM shop.orders" | head -3   # reads one page, and ends',
    'rxcql query "SELECT * FROM shop.orders" --format ndjson > orders.ndjson',
  ],
  plan: ({ options }) => of({ items: { statement: statementOf(options.text('query')) } }),
  run: (task) => withSession(task, '', (session) => {
    const { options } = task;
    const cql = statementOf(options.text('query'));
    const format = options.oneOf('format', FORMATS) ?? (task.host.stdout.isTTY === true ? 'table' : 'csv');
    const pageSize = options.whole('page-size', 1, 1_000_000) ?? (format === 'table' ? PAGE_SIZE : 5_000);
    task.meter.watch(session, 'in');
    const pages = task.untilStopped(session.query<readonly unknown[]>(cql, undefined, { pageSize, rows: 'array' })).pipe(tap((page) => note(page, task)));
    return format === 'table' ? tables(pages, task) : EMPTY;
  }),
}; // prettier-ignore

function statementOf(text: string | undefined): string {
  if (text !== undefined && text.trim() !== '') return text;
  throw new ConfigurationError('Say what to execute: rxcql query "SELECT …".');
}

function note({ rowCount, warnings }: Page<unknown>, task: Task): void {
  task.meter.rows += rowCount;
  for (const warning of warnings) task.say(`The server warns: ${warning}\n`);
}

/** The next page is asked for when the terminal, or the pager, has taken the one before. */
function tables(pages: Observable<Page<readonly unknown[]>>, task: Task): Observable<never> {
  const { stdout } = task.host;
  return pages.pipe(
    concatMap((page) =>
      concat(
        writeOut(page.columns.length === 0 ? EMPTY : of(`${pageTable(page)}\n`), stdout),
        defer(() => {
          page.skip();
          return EMPTY;
        }),
      ),
    ),
    ignoreElements(),
  );
}
