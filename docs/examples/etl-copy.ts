// Tables are copied, compared, summed up and cleaned: programs of docs/etl.md.
import {
  bufferCount,
  concatMap,
  count,
  filter,
  from,
  groupBy,
  lastValueFrom,
  map,
  mergeMap,
  type Observable,
  of,
  reduce,
  toArray,
} from 'rxjs';
import { createSession, mergeRows, type Page } from 'rxcql';
import { checkpointFile, copy, deadLetter, progress, scan, verify } from 'rxcql/etl';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Order {
  readonly customer: number;
  readonly id: number;
  readonly total: number;
  readonly placed: Date;
}

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');
const session = createSession({ contactPoints });
const run = (statement: string, params?: unknown[]): Promise<Page> => lastValueFrom(session.execute(statement, params));
for (const keyspace of ['rxcql_shop', 'rxcql_archive']) {
  await run(`DROP KEYSPACE IF EXISTS ${keyspace}`);
  await run(`CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`);
}
const columns = 'customer int, id int, total double, placed timestamp, PRIMARY KEY (customer, id)';
await run(`CREATE TABLE rxcql_shop.orders (${columns})`);
await run(`CREATE TABLE rxcql_archive.orders (${columns})`);
await run('CREATE TABLE rxcql_archive.totals (customer int, id int, cents bigint, PRIMARY KEY (customer, id))');
const insert = 'INSERT INTO rxcql_shop.orders (customer, id, total, placed) VALUES (?, ?, ?, ?)';
const orders = Array.from({ length: 2_000 }, (_, id) => [id % 50, id, id / 4, new Date(Date.UTC(2020 + (id % 6), 0))]);
await lastValueFrom(from(orders).pipe(mergeMap((order) => session.execute(insert, order), 64)));
const folder = await mkdtemp(join(tmpdir(), 'rxcql-copy-'));
const failed = join(folder, 'failed.ndjson');

// As it is, with the times of its cells, and so that it goes on where it was when it is started again.
const source = { session, table: 'rxcql_shop.orders' };
const target = { session, table: 'rxcql_archive.orders' };
const copied = copy(source, target, {
  preserve: ['ttl', 'writetime'],
  checkpoint: checkpointFile(join(folder, 'orders.journal')),
}).pipe(deadLetter(failed), progress({ total: 'ring' }));
const { rows, errors } = await lastValueFrom(copied);
console.log(`copied: ${rows}, failed: ${errors}`);

// With something in the middle: other columns, and not all of the rows.
const cents = copy(
  source,
  { session, table: 'rxcql_archive.totals' },
  {
    project: ({ customer, id, total }) => (total === 0 ? null : { customer, id, cents: BigInt(total * 100) }),
  },
);
console.log('turned into cents:', await lastValueFrom(cents.pipe(count())));

await run('DELETE FROM rxcql_archive.orders WHERE customer = 7 AND id = 57');
await run('UPDATE rxcql_archive.orders SET total = -1 WHERE customer = 8 AND id = 58');
const differences = verify(source, target, { repair: true });
await differences.forEach(({ kind, key, columns }) => console.log(kind, key, columns ?? ''));
console.log('left:', await lastValueFrom(verify(source, target).pipe(count())));

// Operators of RxJS between the pages: what stands inside of concatMap() slows the scan down.
const years = scan<Order>(session, 'rxcql_shop.orders', { pageSize: 500 }).pipe(
  concatMap((page) =>
    page.pipe(
      filter(({ total }) => total > 0),
      map(({ placed, total }) => ({ year: placed.getUTCFullYear(), total })),
      groupBy(({ year }) => year),
      mergeMap((orders) => orders.pipe(reduce((sum, { total }) => sum + total, 0), map((sum) => [orders.key, sum] as const))), // prettier-ignore
    ),
  ),
  reduce((sums, [year, sum]) => sums.set(year, (sums.get(year) ?? 0) + sum), new Map<number, number>()),
);
console.log('by year:', new Map([...(await lastValueFrom(years))].sort()));

const chunks = scan<Order>(session, 'rxcql_shop.orders').pipe(
  concatMap((page) =>
    page.pipe(
      map(({ id }) => id),
      bufferCount(100),
      concatMap((ids) => of(ids.length)), // what takes 100 at a time
    ),
  ),
  toArray(),
);
console.log(
  'in chunks:',
  (await lastValueFrom(chunks)).reduce((sum, length) => sum + length),
);

// Old rows are deleted by what a scan finds; deleting a row twice does no harm.
const old = `SELECT customer, id, placed FROM rxcql_archive.orders WHERE placed < '2022-01-01' ALLOW FILTERING`;
const found: Observable<Page<Order>> = scan<Order>(session, old);
const deleted = found.pipe(
  mergeRows(({ customer, id }) => {
    return session.execute('DELETE FROM rxcql_archive.orders WHERE customer = ? AND id = ?', [customer, id], {
      idempotent: true,
    });
  }, 64),
  count(),
);
console.log('deleted:', await lastValueFrom(deleted));

await rm(folder, { recursive: true });
for (const keyspace of ['rxcql_shop', 'rxcql_archive']) await run(`DROP KEYSPACE ${keyspace}`);
await lastValueFrom(session.close());
