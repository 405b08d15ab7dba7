import {
  defer,
  EMPTY,
  finalize,
  forkJoin,
  from,
  map,
  type Observable,
  type ObservableInput,
  of,
  switchMap,
  tap,
} from 'rxjs';
import {
  anything,
  callable,
  type Check,
  type Checks,
  checkOptions,
  consistency,
  list,
  oneOf,
  wholeNumber,
} from '../check.js';
import { ConfigurationError, type Consistency } from '../errors.js';
import { mapPage } from '../operators/map-page.js';
import { mergeRows } from '../operators/merge-rows.js';
import type { Row } from '../operators/page.js';
import { resume } from './checkpoint.js';
import type { CheckpointStore } from './checkpoint-store.js';
import { CopiedPages } from './copied-pages.js';
import { concurrency, type Limiter, limitOf } from './limiter.js';
import { columnsOf, matchColumns, refuseCounters, refuseWithoutKey } from './matching-columns.js';
import type { Outcome } from './outcome.js';
import { Pace } from './pace.js';
import { plainWrites } from './plain-writes.js';
import { preservingWrites } from './preserving-writes.js';
import type { RowWrites } from './row-statements.js';
import { RowWriter } from './row-writer.js';
import { scan } from './scan.js';
import type { ScanPage } from './scan-page.js';
import { shapeOf, type TableRef } from './table-ref.js';
import { formatTable, type ShapeColumn, type TableShape } from './table-shape.js';
import type { TokenRange } from './token-range.js';
import { tokenRanges } from './token-ranges.js';

/** How a table is copied. */
export interface CopyOptions {
  /**
   * Also when each cell was written, to the microsecond, and how many seconds it has to live. Of sets, maps and user-defined types that are
   * not frozen, those of each element. Lists that are not frozen, and counters, are refused.
   */
  preserve?: readonly ('ttl' | 'writetime')[];
  /** How many rows are on their way to the target at a time; default 64. */
  concurrency?: number | Limiter;
  /**
   * What is written for a row: it may be another one, of other columns, or null for nothing. What it throws ends the copy. With `preserve`,
   * a value has the times of the column of its name, `writetime(v)` and `ttl(v)`, if the row still has them.
   */
  project?: (row: Row) => Row | null;
  /** Which columns of the source are read, its primary key among them; default: all. */
  columns?: readonly string[];
  /** Which ranges of the source; default: all, as {@link tokenRanges} plans them. */
  ranges?: ObservableInput<TokenRange>;
  /** Rows a page; default 5,000. */
  pageSize?: number;
  /** How many rows are written in a second at most; by default as many as can be. */
  rate?: number;
  /** That of writing; default: the session's. */
  consistency?: Consistency;
  /** Where it is noted how far the copy has come, so that another one with an equal store goes on from there. */
  checkpoint?: CheckpointStore;
}

const preserved: Check = (value, name) => {
  list(value, name);
  for (const each of value as readonly unknown[]) oneOf('ttl', 'writetime')(each, name);
};

const aRate: Check = (value, name) => {
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) {
    throw new ConfigurationError(`The option ${JSON.stringify(name)} must be a number of rows a second, above 0.`);
  }
};

const CHECKS: Checks<CopyOptions> = {
  preserve: preserved,
  concurrency,
  project: callable,
  columns: list,
  ranges: anything,
  pageSize: wholeNumber(1, 0x7fffffff),
  rate: aRate,
  consistency,
  checkpoint: anything,
};

const AT_A_TIME = 64;

/** How long it may take until what is done within a range is noted. */
const NOTE_EVERY = 1_000;

/**
 * Copies the rows of a table into another, of the same cluster or of another one, range by range: each column into that of its name. What is
 * null in the source is not written, so that nothing is deleted in the target.
 *
 * Cold. Emits what became of each row, as {@link writeTo} does: failures are outcomes, and the others go on. No more is read than can be
 * written. With `checkpoint`, a range is done up to where all rows before have been written: rows that have failed are copied again by the
 * next one with that store, and with them what follows in their ranges. A row may be written twice, which does no harm.
 *
 * Errors before anything is sent with a `ConfigurationError` that lists the columns that the target lacks, or has with another type (with
 * `project`, that is for the function to see to), for tables that count, and for lists with `preserve`; with a `CqlError`
 * `ERR_RXCQL_NOT_IN_SCHEMA` if there is no such table, `ERR_RXCQL_CHECKPOINT` if the store is of another copy; later with a {@link ScanError}
 * for what could not be read, and where nothing more can be written.
 *
 * @example
 * ```ts
 * copy({ session, table: 'shop.orders' }, { session: other, table: 'archive.orders' }, { preserve: ['ttl', 'writetime'] }).pipe(
 *   deadLetter('failed.ndjson'),
 *   progress({ total: 'ring' }),
 * );
 * ```
 */
export function copy(source: TableRef, target: TableRef, options: CopyOptions = {}): Observable<Outcome> {
  return defer(() => {
    checkOptions<CopyOptions>(options, CHECKS, 'options of copy()');
    return forkJoin([shapeOf(source, 'source of copy()'), shapeOf(target, 'target of copy()')]).pipe(
      switchMap(([shape, other]) => {
        const read = columnsOf(shape, options.columns);
        refuseCounters(shape, read, 'to write one again');
        // A row that is made by a function may have whatever the target has.
        const written = options.project === undefined ? read : other.columns;
        refuseCounters(other, written, 'to write one again');
        if (options.project === undefined) refuseWithoutKey(other, read);
        return matched(source, shape, target, other, options.project === undefined ? read : []).pipe(
          switchMap(() => writesInto(target, other, written, options)),
          switchMap((writes) => copied(source, shape, target, other, writes, options)),
        );
      }),
    );
  });
}

function matched(
  source: TableRef,
  shape: TableShape,
  target: TableRef,
  other: TableShape,
  columns: readonly ShapeColumn[],
): Observable<void> {
  if (columns.length === 0) return of(undefined);
  return matchColumns({ session: source.session, shape }, { session: target.session, shape: other }, columns);
}

function writesInto(
  { session }: TableRef,
  shape: TableShape,
  written: readonly ShapeColumn[],
  { preserve = [] }: CopyOptions,
): Observable<RowWrites> {
  const columns = shape.columns.filter(({ name }) => written.some((column) => column.name === name));
  return preserve.length === 0
    ? plainWrites(session, shape, columns)
    : preservingWrites(session, shape, columns, preserve);
}

function copied(
  source: TableRef,
  shape: TableShape,
  target: TableRef,
  other: TableShape,
  writes: RowWrites,
  options: CopyOptions,
): Observable<Outcome> {
  const { concurrency: given = AT_A_TIME, project, rate, checkpoint: store } = options;
  const { columns, preserve, pageSize } = options;
  const name = formatTable(shape);
  const writer = new RowWriter(target.session, options.consistency, typeof given === 'object' ? given : undefined);
  const pace = rate === undefined ? undefined : new Pace(rate);
  const plan = options.ranges === undefined ? tokenRanges(source.session, name) : from(options.ranges);
  const header = {
    copy: name,
    to: formatTable(other),
    columns: (columns ?? []).join(),
    preserve: [...(preserve ?? [])].sort().join(),
  };
  const pages = scan(source.session, name, {
    ranges: store === undefined ? plan : resume(store, plan, header),
    ...(columns && { columns }),
    ...(preserve && { preserve }),
    ...(pageSize !== undefined && { pageSize }),
  });
  const done = store === undefined ? undefined : new CopiedPages(store, NOTE_EVERY);
  const write = (page: ScanPage, row: Row, position: unknown): Observable<Outcome> => {
    const record = project === undefined ? row : project(row);
    if (record === null) {
      done?.ended(page, true);
      return EMPTY;
    }
    const sent = writer.write({ record, position }, () => writes.of(record));
    return done === undefined ? sent : sent.pipe(tap(({ kind }) => done.ended(page, kind !== 'failed')));
  };
  return pages.pipe(
    tap((page) => done?.begun(page)),
    map((page) => mapPage(page, (row, i) => ({ page, row, position: page.positionOf(i) }))),
    mergeRows(({ page, row, position }) => {
      const work = (): Observable<Outcome> => write(page, row, position);
      return pace === undefined ? work() : pace.run(1, work);
    }, limitOf(given)),
    finalize(() => done?.close()),
  );
}
