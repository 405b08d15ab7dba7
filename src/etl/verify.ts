import { asyncScheduler, defer, forkJoin, from, map, Observable, type ObservableInput, of, switchMap, tap } from 'rxjs';
import { anything, type Checks, checkOptions, flag, list, wholeNumber } from '../check.js';
import { RetryBudget } from '../cluster/retry-budget.js';
import { formatIdentifier } from '../codec/type.js';
import { ConfigurationError } from '../errors.js';
import { ArrayRows } from '../operators/array-rows.js';
import { mergeRows } from '../operators/merge-rows.js';
import { Page, type Row } from '../operators/page.js';
import type { Session } from '../session/session.js';
import type { Diff } from './diff.js';
import { concurrency, type Limiter, limitOf } from './limiter.js';
import { columnsOf, isKey, matchColumns, refuseCounters, refuseWithoutKey } from './matching-columns.js';
import type { Reading } from './range-reader.js';
import { RangeVerify, type Verifying } from './range-verify.js';
import { repairs } from './repairs.js';
import { readRange } from './scan.js';
import type { ScanPage } from './scan-page.js';
import { tableStatement } from './scan-statement.js';
import { shapeOf, type TableRef } from './table-ref.js';
import { formatTable, type ShapeColumn, type TableShape } from './table-shape.js';
import type { TokenRange } from './token-range.js';
import { tokenRanges } from './token-ranges.js';
import { layoutOf } from './verified-rows.js';

/** How two tables are compared. */
export interface VerifyOptions {
  /** Writes what the target lacks, or has otherwise, as the source has it; rows that only the target has are left. Default false. */
  repair?: boolean;
  /** How many ranges are compared at a time; default 8. */
  concurrency?: number | Limiter;
  /** Which columns are compared, the primary key among them; default: all of the source. */
  columns?: readonly string[];
  /** Which ranges; default: all, as {@link tokenRanges} plans them for the source. */
  ranges?: ObservableInput<TokenRange>;
  /** Rows a page; default 5,000. */
  pageSize?: number;
}

const CHECKS: Checks<VerifyOptions> = {
  repair: flag,
  concurrency,
  columns: list,
  ranges: anything,
  pageSize: wholeNumber(1, 0x7fffffff),
};

const AT_A_TIME = 8;
const PAGE_SIZE = 5_000;

/** As that of {@link scan}. */
const BUDGET = { percent: 20, burst: 100 };

/**
 * Compares the rows of two tables, of one cluster or of two, and emits those in which they differ. Both are read range by range, in the
 * order of their tokens and rows, so that no more than a page of each is held, and of what differs in a row no more than a thousand rows.
 * Values are compared as they lie in the responses; where these differ, as what is read of them. When cells were written is not.
 *
 * Cold. Completes when all has been compared: no {@link Diff}, no difference. With `repair`, one is emitted when it has been written; what
 * cannot be written ends it. What is written meanwhile into one of both tables may be taken for a difference, as may what replicas have not
 * told each other: reads have the consistency of their sessions.
 *
 * Errors with the error of a request, when a range cannot be read, after it was tried again; with a `ConfigurationError` if the tables
 * do not have the same primary key in the same order, or the target lacks columns, or has them with other types; for clusters without the
 * Murmur3Partitioner; to repair tables that count; with a `CqlError` `ERR_RXCQL_NOT_IN_SCHEMA` if there is no such table.
 *
 * @example
 * ```ts
 * verify({ session, table: 'shop.orders' }, { session: other, table: 'archive.orders' }).subscribe(({ kind, key, columns }) =>
 *   console.log(kind, key, columns),
 * );
 * ```
 */
export function verify(source: TableRef, target: TableRef, options: VerifyOptions = {}): Observable<Diff> {
  return verifying(source, target, options, () => undefined);
}

/** @internal The same, and says of each page of the source that its rows have been compared. */
export function verifying(
  source: TableRef,
  target: TableRef,
  options: VerifyOptions,
  compared: (page: ScanPage) => void,
): Observable<Diff> {
  return defer(() => {
    checkOptions<VerifyOptions>(options, CHECKS, 'options of verify()');
    return forkJoin([shapeOf(source, 'source of verify()'), shapeOf(target, 'target of verify()')]).pipe(
      switchMap(([shape, other]) => {
        const columns = columnsOf(shape, options.columns);
        refuseWithoutKey(shape, columns);
        refuseOtherKey(shape, other);
        if (options.repair === true) refuseCounters(shape, columns, 'to write one again');
        const from = { session: source.session, shape };
        const to = { session: target.session, shape: other };
        return matchColumns(from, to, columns).pipe(
          switchMap(() => (options.repair === true ? repairs(target.session, other, columns) : of(undefined))),
          switchMap((repair) => compare(from, to, columns, repair, options, compared)),
        );
      }),
    );
  });
}

interface Table {
  readonly session: Session;
  readonly shape: TableShape;
}

/** Rows that are sorted otherwise cannot be compared one after another. */
function refuseOtherKey(shape: TableShape, other: TableShape): void {
  const [key, otherKey] = [shape, other].map(({ columns }) =>
    columns.filter(isKey).map(({ name, kind, order }) => `${name} ${kind} ${order}`),
  );
  if (key!.join() === otherKey!.join()) return;
  throw new ConfigurationError(
    `${formatTable(shape)} and ${formatTable(other)} cannot be compared: their primary keys are not of the same columns in the same order. ` +
      'Look up the rows of one in the other: scan() and mergeRows().',
  );
}

function compare(
  source: Table,
  target: Table,
  columns: readonly ShapeColumn[],
  repair: Verifying['repair'],
  options: VerifyOptions,
  compared: (page: ScanPage) => void,
): Observable<Diff> {
  const { concurrency: given = AT_A_TIME, pageSize = PAGE_SIZE } = options;
  const names = columns.map(({ name }) => name);
  const limiter = typeof given === 'object' ? given : undefined;
  const readings = [source, target].map(({ session, shape }): Reading => ({
    session,
    statement: tableStatement(shape, names, []),
    pageSize,
    // What is left out would be taken for missing.
    onRangeError: 'fail',
    budget: new RetryBudget(BUDGET),
    failed: [],
    observe: (sample) => limiter?.observe?.(sample),
    now: () => asyncScheduler.now(),
  })) as [Reading, Reading];
  const verifying: Verifying = { layout: layoutOf(columns), isInTarget: (key) => isIn(target, key), repair };
  const ranges = options.ranges === undefined ? tokenRanges(source.session, formatTable(source.shape)) : from(options.ranges); // prettier-ignore
  return ranges.pipe(
    map((range) => new Page(ArrayRows.from([range]), {})),
    mergeRows((range) => {
      const [from, to] = readings.map((reading) => readRange<Row>(reading, range)) as [Observable<ScanPage>, Observable<ScanPage>]; // prettier-ignore
      return new Observable<Diff>((subscriber) => {
        const verified = new RangeVerify(verifying, subscriber);
        subscriber.add(verified);
        const counted = from.pipe(tap((page) => page.whenDelivered(() => compared(page))));
        verified.start({ source: counted, target: to });
      });
    }, limitOf(given)),
  );
}

/** Whether a table has a row, or, of a key that is that of a partition, a partition. */
function isIn({ session, shape }: Table, key: Row): Observable<boolean> {
  const [first] = shape.partitionKey;
  const conditions = Object.keys(key).map((name) => `${formatIdentifier(name)} = ?`);
  const query = `SELECT ${formatIdentifier(first!)} FROM ${formatTable(shape)} WHERE ${conditions.join(' AND ')} LIMIT 1`;
  return session.execute(query, Object.values(key), { idempotent: true }).pipe(map(({ rowCount }) => rowCount > 0));
}
