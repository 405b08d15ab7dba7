import {
  asyncScheduler,
  concat,
  defer,
  from,
  map,
  Observable,
  type ObservableInput,
  switchMap,
  throwError,
} from 'rxjs';
import { anything, type Check, type Checks, checkOptions, list, oneOf, text, wholeNumber } from '../check.js';
import { RetryBudget } from '../cluster/retry-budget.js';
import { ConfigurationError } from '../errors.js';
import { ArrayRows } from '../operators/array-rows.js';
import { mergeRows } from '../operators/merge-rows.js';
import { Page, type Row } from '../operators/page.js';
import type { Session } from '../session/session.js';
import { concurrency, type Limiter, limitOf } from './limiter.js';
import { isSelect, parseSelect } from './parse-select.js';
import { RangeReader, type Reading } from './range-reader.js';
import { ScanError } from './scan-error.js';
import type { ScanPage } from './scan-page.js';
import { queryStatement, type ScanStatement, tableStatement } from './scan-statement.js';
import { formatTable, parseTable, tableShape } from './table-shape.js';
import { tokenRanges } from './token-ranges.js';
import type { TokenRange } from './token-range.js';

/** How a table is read. */
export interface ScanOptions {
  /** The ranges to read; default: all, as {@link tokenRanges} plans them. They may come one after another. */
  ranges?: ObservableInput<TokenRange>;
  /** How many ranges are read at a time; default 8. */
  concurrency?: number | Limiter;
  /** Rows a page; default 5,000. */
  pageSize?: number;
  /** Of a table: which columns; default: all. */
  columns?: readonly string[];
  /**
   * Of a table: also when each cell was written, in microseconds, and how many seconds it has to live. A row has them as `writetime(v)` and
   * `ttl(v)`; keys and counters have neither.
   */
  preserve?: readonly ('ttl' | 'writetime')[];
  /**
   * What becomes of a range that cannot be read. `'split'`, the default: it is halved, what can be read of it is, and so are all other
   * ranges; then there is a {@link ScanError} with what is missing. `'collect'`: the same, but each missing range is a page with an
   * `error`, and the scan completes. `'fail'`: the scan errors at once, with the error itself.
   */
  onRangeError?: 'split' | 'fail' | 'collect';
}

const preserved: Check = (value, name) => {
  list(value, name);
  for (const each of value as readonly unknown[]) oneOf('ttl', 'writetime')(each, name);
};

const names: Check = (value, name) => {
  list(value, name);
  for (const each of value as readonly unknown[]) text(each, name);
};

const CHECKS: Checks<ScanOptions> = {
  ranges: anything,
  concurrency,
  pageSize: wholeNumber(1, 0x7fffffff),
  columns: names,
  preserve: preserved,
  onRangeError: oneOf('split', 'fail', 'collect'),
};

const AT_A_TIME = 8;
const PAGE_SIZE = 5_000;

/** Reading again a fifth of what is read is enough for a node that is away for a while, and too little to keep one down. */
const BUDGET = { percent: 20, burst: 100 };

/**
 * Reads a table range by range, several at a time, each from its own replicas. Every row comes exactly once, in no order but that of the
 * tokens within a range.
 *
 * Cold. Emits pages, of several ranges in turn. The next page of a range is fetched when the one before has been *delivered* (see
 * {@link Page}), and the next range is begun when the last page of one has been: **every page has to be read or skipped, the last of a
 * range too**. With `concatMap((page) => …)` behind it no more pages are held than `concurrency` and one.
 *
 * What fails is asked for again twice, with fewer rows a page, after a pause; within a budget of a fifth of all requests. What is too much
 * for a node is then halved three times. What becomes of the rest, `onRangeError` says. A statement that is wrong, or a session that is
 * closed, ends the scan at once.
 *
 * Errors with a {@link ScanError} or the error of a request; a `ConfigurationError` for options that are wrong; a `CqlError`
 * `ERR_RXCQL_NOT_IN_SCHEMA` if there is no such table.
 *
 * @param tableOrQuery `keyspace.table`, names as the schema has them; or a SELECT without LIMIT and markers, to which the condition for
 * the tokens is added. Of one that gives columns other names, or leaves some of the key out, `upto` moves on with whole ranges only.
 *
 * @example
 * ```ts
 * scan(session, 'shop.orders').pipe(
 *   concatMap((page) => page),
 *   filter(({ total }) => total > 100),
 * ).subscribe((order) => console.log(order.id));
 * ```
 */
export function scan<R = Row>(
  session: Session,
  tableOrQuery: string,
  options: ScanOptions = {},
): Observable<ScanPage<R>> {
  return defer(() => {
    checkOptions<ScanOptions>(options, CHECKS, 'options of scan()');
    return scanSource(session, tableOrQuery, options).pipe(
      switchMap(({ table, statement }) => read<R>(session, table, statement, options)),
    );
  });
}

interface ScanSource {
  /** As `keyspace.table`. */
  readonly table: string;
  readonly statement: ScanStatement;
}

function scanSource(session: Session, text: string, { columns, preserve }: ScanOptions): Observable<ScanSource> {
  if (!isSelect(text)) {
    const name = parseTable(text, session.keyspace);
    return tableShape(session, name.keyspace, name.table).pipe(
      map((shape) => ({ table: formatTable(shape), statement: tableStatement(shape, columns, preserve ?? []) })),
    );
  }
  if (columns !== undefined || preserve !== undefined) {
    throw new ConfigurationError(
      'The options "columns" and "preserve" are for tables: a SELECT says itself what it reads.',
    );
  }
  const parts = parseSelect(text);
  const keyspace = parts.keyspace ?? session.keyspace;
  if (keyspace === undefined) {
    throw new ConfigurationError('A SELECT names its table as keyspace.table, since the session has no keyspace.');
  }
  return tableShape(session, keyspace, parts.table).pipe(
    map((shape) => ({ table: formatTable(shape), statement: queryStatement(shape, parts) })),
  );
}

function read<R>(
  session: Session,
  table: string,
  statement: ScanStatement,
  options: ScanOptions,
): Observable<ScanPage<R>> {
  const { concurrency: given = AT_A_TIME, pageSize = PAGE_SIZE, onRangeError = 'split' } = options;
  const ranges = options.ranges ?? tokenRanges(session, table);
  const limiter = typeof given === 'number' ? undefined : given;
  const reading: Reading = {
    session,
    statement,
    pageSize,
    onRangeError,
    budget: new RetryBudget(BUDGET),
    failed: [],
    observe: (sample) => limiter?.observe?.(sample),
    now: () => asyncScheduler.now(),
  };
  const pages = from(ranges).pipe(
    map((range) => new Page(ArrayRows.from([range]), {})),
    mergeRows((range) => readRange<R>(reading, range), limitOf(given)),
  );
  const verdict = defer(() => {
    const { failed } = reading;
    return failed.length === 0 ? [] : throwError(() => scanError(table, failed));
  });
  return concat(pages, verdict);
}

/** Reads one range, page by page as they are read; the order is that of its rows. */
export function readRange<R>(reading: Reading, range: TokenRange): Observable<ScanPage<R>> {
  return new Observable((subscriber) => {
    const reader = new RangeReader<R>(reading, range, subscriber);
    subscriber.add(reader);
    reader.read();
  });
}

function scanError(table: string, failed: Reading['failed']): ScanError {
  const [first] = failed;
  const what = failed.length === 1 ? 'One range' : `${failed.length} ranges`;
  return new ScanError(
    `${what} of ${table} could not be read; all others were. Read them again with the option "ranges" of scan(). ` +
      `The first failed with: ${first!.error.message}`,
    failed.map(({ range }) => range),
    { cause: first!.error },
  );
}
