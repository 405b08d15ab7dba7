// The programs of docs/etl.md.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { concatMap, count, filter, lastValueFrom, mergeMap, type Observable, toArray } from 'rxjs';
import { createSession, type Page, pagesFrom } from 'rxcql';
import {
  adaptiveLimit,
  countRows,
  deadLetter,
  errorThreshold,
  groupBatch,
  progress,
  scan,
  ScanError,
  tokenRanges,
  writeTo,
} from 'rxcql/etl';

interface Order {
  readonly id: number;
  readonly total: number | string;
  readonly note: string | null;
}

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');
const session = createSession({ contactPoints });
const run = (statement: string): Promise<Page> => lastValueFrom(session.execute(statement));
await run('DROP KEYSPACE IF EXISTS rxcql_etl');
await run("CREATE KEYSPACE rxcql_etl WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
await run('CREATE TABLE rxcql_etl.orders (id int PRIMARY KEY, total double, note text)');
await run('CREATE TABLE rxcql_etl.archive (id int PRIMARY KEY, total double, note text)');
const folder = await mkdtemp(join(tmpdir(), 'rxcql-etl-'));

function* orders(): Generator<Order> {
  for (let id = 0; id < 5_000; id++) yield { id, total: id === 1_234 ? 'a lot' : id / 2, note: null };
}

const insert = 'INSERT INTO rxcql_etl.orders (id, total, note) VALUES (:id, :total, :note)';
const failed = join(folder, 'failed.ndjson');
const loaded = pagesFrom(orders, { pageSize: 500 }).pipe(
  writeTo(session, insert, { concurrency: adaptiveLimit({ max: 256 }) }),
  deadLetter(failed),
  errorThreshold({ max: '1%' }),
  progress(),
);
const { rows, errors } = await lastValueFrom(loaded);
console.log(`${rows} rows, ${errors} of them failed: ${(await readFile(failed, 'utf8')).slice(0, 43)}`);

const ranges = await lastValueFrom(
  tokenRanges(session, 'rxcql_etl.orders', { splits: 16, order: 'ring' }).pipe(toArray()),
);
console.log(ranges.length >= 16, ranges[0]!.start, ranges.at(-1)!.end);

const large = scan<Order>(session, 'rxcql_etl.orders').pipe(
  concatMap((page) => page),
  filter(({ total }) => Number(total) > 2_490),
  count(),
);
console.log('large orders:', await lastValueFrom(large));

scan(session, 'rxcql_etl.orders').subscribe({
  next: (page) => page.skip(),
  error: (error: unknown) => {
    if (error instanceof ScanError) scan(session, 'rxcql_etl.orders', { ranges: error.ranges }).subscribe();
  },
});

const { total } = await lastValueFrom(countRows(session, 'rxcql_etl.orders'));
console.log('counted:', total);

const all: Observable<Page> = scan(session, 'rxcql_etl.orders');
const archived = all.pipe(
  writeTo(session, 'INSERT INTO rxcql_etl.archive (id, total, note) VALUES (:id, :total, :note)', { rate: 50_000 }),
  progress({ total: 'ring' }),
);
console.log('archived:', (await lastValueFrom(archived)).rows);

const sums = scan<Order>(session, 'SELECT id, total FROM rxcql_etl.orders').pipe(
  concatMap((page) =>
    page.pipe(
      groupBatch({ key: ({ id }) => id % 10, maxItems: 100 }),
      mergeMap((group) => [group.reduce((sum, order) => sum + Number(order.total), 0)]),
    ),
  ),
  toArray(),
);
console.log(
  'sum:',
  (await lastValueFrom(sums)).reduce((sum, part) => sum + part, 0),
);

await rm(folder, { recursive: true });
await run('DROP KEYSPACE rxcql_etl');
await lastValueFrom(session.close());
