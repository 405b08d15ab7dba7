import { concatMap, count, lastValueFrom, map, type Observable, reduce, repeat } from 'rxjs';
import { type Columnar, createSession, executeConcurrent, mergeRows, pages, type Prepared, type Session } from 'rxcql';
import {
  type Candidate,
  INSERT,
  PAGE_SIZE,
  POINT_READ,
  readings,
  SCAN,
  type Task,
  type Workload,
} from './workloads.js';

let session: Session;
let insert: Prepared;
let pointRead: Prepared;

/** Rows to work on, in pages that are asked for as they are used up: a range() would be held in memory by mergeMap(). */
const ids = (total: number, table: number) =>
  pages<number, number>((from = 0) => {
    const until = Math.min(total, from + 1_000);
    const rows = Array.from({ length: until - from }, (_, i) => (from + i) % table);
    return [{ rows, pagingState: until < total ? until : undefined }];
  });

const inserts =
  (ordered: boolean) =>
  ({ concurrency, rows }: Task, operations: number): Observable<number> =>
    executeConcurrent(session, insert, readings(operations, rows), { concurrency, ordered }).pipe(count());

const scans = <T>(scan: Observable<T>, rowsOf: (value: T) => number, times: number): Observable<number> =>
  scan.pipe(
    repeat(times),
    reduce((sum, value) => sum + rowsOf(value), 0),
  );

const work: Record<Workload, (task: Task, operations: number) => Observable<number>> = {
  insert: inserts(false),
  'insert in order': inserts(true),
  'point read': ({ concurrency, rows }, operations) =>
    ids(operations, rows).pipe(
      mergeRows((id) => session.execute(pointRead, [id]).pipe(map((page) => page.one())), concurrency),
      count((row) => row['note'] !== undefined),
    ),
  scan: ({ rows }, operations) =>
    scans(
      session.query(SCAN, [], { pageSize: PAGE_SIZE, prepare: true }).pipe(concatMap((page) => page)),
      (row) => (row['note'] === undefined ? 0 : 1),
      operations / rows,
    ),
  'columnar scan': ({ rows }, operations) =>
    scans(
      session
        .query<Columnar>(SCAN, [], { pageSize: PAGE_SIZE, prepare: true, rows: 'columnar' })
        .pipe(concatMap((page) => page)),
      ({ rowCount, columns }) => (columns.every(({ values }) => values.length === rowCount) ? rowCount : 0),
      operations / rows,
    ),
};

export const candidate: Candidate = {
  async connect({ contactPoints, localDataCenter }) {
    session = createSession({ contactPoints, localDataCenter });
    insert = await lastValueFrom(session.prepare(INSERT));
    pointRead = await lastValueFrom(session.prepare(POINT_READ));
  },
  run: (task, operations) => lastValueFrom(work[task.workload](task, operations)),
  close: () => lastValueFrom(session.close()),
};
