import { concatMap, count, lastValueFrom, Observable, reduce, repeat } from 'rxjs';
import {
  type Columnar,
  createSession,
  executeConcurrent,
  mergeRows,
  type Page,
  pages,
  type Prepared,
  type Session,
  type SessionOptions,
} from 'rxcql';
import { insertInto, pointReadOf, scanOf } from './statements.js';
import { lastColumn, rowsOf, TABLES } from './tables.js';
import type { Candidate, Task, Workload } from './workloads.js';

let session: Session;
let insert: Prepared;
let pointRead: Prepared;
/** What is looked at in each row. */
let last: string;

/** Rows to work on, in pages that are asked for as they are used up: a range() would be held in memory by mergeMap(). */
const ids = (total: number, table: number) =>
  pages<number, number>((from = 0) => {
    const until = Math.min(total, from + 1_000);
    const rows = Array.from({ length: until - from }, (_, i) => (from + i) % table);
    return [{ rows, pagingState: until < total ? until : undefined }];
  });

function* keys(total: number, table: number): Generator<[number]> {
  for (let i = 0; i < total; i++) yield [i % table];
}

const values = ({ table, rows }: Task, operations: number) => rowsOf(TABLES[table], operations, rows);

const inserts =
  (ordered: boolean) =>
  (task: Task, operations: number): Observable<number> =>
    executeConcurrent(session, insert, values(task, operations), { concurrency: task.concurrency, ordered }).pipe(
      count((result) => result.ok),
    );

/** As many at a time, each of which begins the next when it has its answer. */
function oneByOne(
  statement: Prepared,
  source: Generator<unknown[]>,
  concurrency: number,
  isDone: (page: Page) => boolean,
): Observable<number> {
  return new Observable((subscriber) => {
    let [running, done] = [concurrency, 0];
    const begin = (): void => {
      const next = source.next();
      if (next.done !== true) {
        session.execute(statement, next.value).subscribe({
          next: (page) => {
            if (isDone(page)) done++;
          },
          error: (error) => subscriber.error(error),
          complete: begin,
        });
      } else if (--running === 0) {
        subscriber.next(done);
        subscriber.complete();
      }
    };
    for (let i = 0; i < concurrency; i++) begin();
  });
}

const scans = <T>(scan: Observable<T>, rowsOf: (value: T) => number, times: number): Observable<number> =>
  scan.pipe(
    repeat(times),
    reduce((sum, value) => sum + rowsOf(value), 0),
  );

const scanStatement = ({ table, rows }: Task): string => scanOf(TABLES[table], rows);

const work: Record<Workload, (task: Task, operations: number) => Observable<number>> = {
  insert: inserts(false),
  'insert in order': inserts(true),
  'insert one by one': (task, operations) => oneByOne(insert, values(task, operations), task.concurrency, () => true),
  'point read': ({ concurrency, rows }, operations) =>
    executeConcurrent(session, pointRead, keys(operations, rows), { concurrency, ordered: false }).pipe(
      count((result) => result.ok && result.page.one()[last] !== undefined),
    ),
  'point read one by one': ({ concurrency, rows }, operations) =>
    oneByOne(pointRead, keys(operations, rows), concurrency, (page) => page.one()[last] !== undefined),
  'point read by mergeRows': ({ concurrency, rows }, operations) =>
    ids(operations, rows).pipe(
      mergeRows((id) => session.execute(pointRead, [id]), concurrency),
      count((page) => page.one()[last] !== undefined),
    ),
  scan: (task, operations) =>
    scans(
      session
        .query(scanStatement(task), [], { pageSize: task.pageSize, prepare: true })
        .pipe(concatMap((page) => page)),
      (row) => (row[last] === undefined ? 0 : 1),
      operations / task.rows,
    ),
  'columnar scan': (task, operations) =>
    scans(
      session
        .query<Columnar>(scanStatement(task), [], { pageSize: task.pageSize, prepare: true, rows: 'columnar' })
        .pipe(concatMap((page) => page)),
      ({ rowCount, columns }) => (columns.every(({ values }) => values.length === rowCount) ? rowCount : 0),
      operations / task.rows,
    ),
};

const PROTOCOLS: Record<NonNullable<Task['protocol']>, Partial<SessionOptions>> = {
  v4: { protocolVersion: 4 },
  v5: { protocolVersion: 5 },
  'v5 with LZ4': { protocolVersion: 5, compression: 'lz4' },
};

export const candidate: Candidate = {
  async connect({ contactPoints, localDataCenter, ca, protocol, table }) {
    const tls = ca === undefined ? {} : { tls: { ca } };
    session = createSession({ contactPoints, localDataCenter, ...tls, ...(protocol && PROTOCOLS[protocol]) });
    insert = await lastValueFrom(session.prepare(insertInto(TABLES[table])));
    pointRead = await lastValueFrom(session.prepare(pointReadOf(TABLES[table])));
    last = lastColumn(TABLES[table]);
  },
  run: (task, operations) => lastValueFrom(work[task.workload](task, operations)),
  close: () => lastValueFrom(session.close()),
};
