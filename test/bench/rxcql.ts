import { concatMap, count, lastValueFrom, map, reduce, repeat } from 'rxjs';
import { createSession, executeConcurrent, mergeRows, type Prepared, pages, type Session } from 'rxcql';
import {
  type Candidate,
  CONCURRENCY,
  INSERT,
  PAGE_SIZE,
  POINT_READ,
  readings,
  ROWS,
  SCAN,
  type Workload,
} from './workloads.js';

let session: Session;
let insert: Prepared;
let pointRead: Prepared;

/** Rows to work on, in pages that are asked for as they are used up: a range() would be held in memory by mergeMap(). */
const ids = (total: number) =>
  pages<number, number>((from = 0) => {
    const until = Math.min(total, from + 1_000);
    const rows = Array.from({ length: until - from }, (_, i) => (from + i) % ROWS);
    return [{ rows, pagingState: until < total ? until : undefined }];
  });

const work: Record<Workload, (operations: number) => Promise<number>> = {
  insert: (operations) =>
    lastValueFrom(
      executeConcurrent(session, insert, readings(operations), { concurrency: CONCURRENCY, ordered: false }).pipe(
        count(),
      ),
    ),
  'point read': (operations) =>
    lastValueFrom(
      ids(operations).pipe(
        mergeRows((id) => session.execute(pointRead, [id]).pipe(map((page) => page.one())), CONCURRENCY),
        count((row) => row.note !== undefined),
      ),
    ),
  scan: (operations) =>
    lastValueFrom(
      session.query(SCAN, [], { pageSize: PAGE_SIZE, prepare: true }).pipe(
        concatMap((page) => page),
        count((row) => row.note !== undefined),
        repeat(Math.round(operations / ROWS)),
        reduce((sum, rows) => sum + rows, 0),
      ),
    ),
};

export const candidate: Candidate = {
  async connect(contactPoints, localDataCenter) {
    session = createSession({ contactPoints, localDataCenter });
    insert = await lastValueFrom(session.prepare(INSERT));
    pointRead = await lastValueFrom(session.prepare(POINT_READ));
  },
  run: (workload, operations) => work[workload](operations),
  close: () => lastValueFrom(session.close()),
};
