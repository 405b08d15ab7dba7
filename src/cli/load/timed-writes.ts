import { forkJoin, map, type Observable, type OperatorFunction, of, shareReplay, switchMap } from 'rxjs';
import { BindError } from '../../errors.js';
import { binder } from '../../etl/convert.js';
import { BadRecord } from '../../etl/files/bad-record.js';
import { badRecordError } from '../../etl/files/file-error.js';
import { limitOf } from '../../etl/limiter.js';
import { type Outcome, outcomeOf } from '../../etl/outcome.js';
import { Pace } from '../../etl/pace.js';
import { preservingWrites } from '../../etl/preserving-writes.js';
import type { RowWrites } from '../../etl/row-statements.js';
import { RowWriter } from '../../etl/row-writer.js';
import type { TableShape } from '../../etl/table-shape.js';
import type { WriteOptions } from '../../etl/write-to.js';
import { mapPage } from '../../operators/map-page.js';
import { mergeRows } from '../../operators/merge-rows.js';
import type { Column } from '../../operators/page.js';
import type { Session } from '../../session/session.js';
import type { LoadPage, LoadRecord, LoadSource } from './load-source.js';
import { type LoadTimes, timeIn } from './load-times.js';

/** What is known of the records of a file that has the times of cells. */
export interface TimedFile extends LoadTimes {
  readonly shape: TableShape;
  /** The statement that would write its records without times: it describes the columns. */
  readonly cql: string;
}

const AT_A_TIME = 64;

/** Writes records with the times of their cells, as `copy()` does with `preserve`. */
export function timedWrites(
  session: Session,
  file: TimedFile,
  convert: LoadSource['convert'],
  { concurrency = AT_A_TIME, rate }: WriteOptions,
): OperatorFunction<LoadPage, Outcome> {
  const writer = new RowWriter(session, undefined, typeof concurrency === 'object' ? concurrency : undefined);
  const pace = rate === undefined ? undefined : new Pace(rate);
  const prepared = session.prepare(file.cql).pipe(
    switchMap(({ parameters }) => {
      const names = new Set(parameters.map(({ name }) => name));
      const columns = file.shape.columns.filter(({ name }) => names.has(name));
      return forkJoin([preservingWrites(session, file.shape, columns, file.preserve), of(parameters)]);
    }),
    map(([writes, parameters]) => new TimedRecords(writes, parameters, file, convert)),
    shareReplay(1),
  );
  return (pages) =>
    prepared.pipe(
      switchMap((records) =>
        pages.pipe(
          map((page) => mapPage<LoadRecord, Placed>(page, (record, i) => ({ record, position: page.positionOf(i) }))),
          mergeRows((placed) => {
            const write = (): Observable<Outcome> => records.write(writer, placed);
            return pace === undefined ? write() : pace.run(1, write);
          }, limitOf(concurrency)),
        ),
      ),
    );
}

interface Placed {
  readonly record: LoadRecord;
  readonly position: unknown;
}

class TimedRecords {
  private readonly writes: RowWrites;
  private readonly columns: readonly Column[];
  private readonly file: TimedFile;
  private readonly bind: (record: unknown) => unknown[];

  constructor(writes: RowWrites, columns: readonly Column[], file: TimedFile, convert: LoadSource['convert']) {
    this.writes = writes;
    this.columns = columns;
    this.file = file;
    this.bind = binder({ parameters: columns }, convert);
  }

  write(writer: RowWriter, placed: Placed): Observable<Outcome> {
    const { record } = placed;
    if (record instanceof BadRecord) {
      return of(outcomeOf(placed, { error: badRecordError(record), attempts: 0, latency: 0 }));
    }
    return writer.write(placed, () => this.writes.of(this.rowOf(record)));
  }

  private rowOf(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const values = this.bind(record);
    const row: Record<string, unknown> = {};
    for (const [i, { name }] of this.columns.entries()) row[name] = values[i] ?? null;
    this.refuseWithoutKey(row);
    for (const name of this.file.fields) row[name] = timeIn(record, name);
    return row;
  }

  /** Without clustering columns it is of a partition, as the static columns of one without rows are. */
  private refuseWithoutKey(row: Readonly<Record<string, unknown>>): void {
    const [clustering, cells] = ['clustering', 'regular'].map((wanted) =>
      this.file.shape.columns.filter(({ kind, name }) => kind === wanted && name in row),
    );
    if (clustering!.length === 0 || clustering!.some(({ name }) => row[name] !== null)) return;
    if (cells!.every(({ name }) => row[name] === null)) return;
    const { name } = clustering![0]!;
    throw new BindError(`The record has nothing for the column "${name}" of the primary key.`, { column: name });
  }
}
