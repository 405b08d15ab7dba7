// A large table as a stream: page by page, row by row, in part, and in two goes:
// `CASSANDRA_CONTACT_POINTS=127.0.0.1:9042 npx tsx docs/examples/streaming.ts`.
// It makes the keyspace `rxcql_streaming`, and drops it in the end.
import { concatMap, count, filter, groupBy, lastValueFrom, map, mergeMap, reduce, scan, take, tap, timer } from 'rxjs';
import { createSession, executeConcurrent, type Page, type Params } from 'rxcql';

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');
const session = createSession({ contactPoints });

for (const statement of [
  "CREATE KEYSPACE IF NOT EXISTS rxcql_streaming WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
  'USE rxcql_streaming',
  'CREATE TABLE IF NOT EXISTS orders (id int PRIMARY KEY, country text, total double)',
]) {
  await lastValueFrom(session.execute(statement));
}

interface Order {
  readonly id: number;
  readonly country: string;
  readonly total: number;
}

const ORDERS = 20_000;
const COUNTRIES = ['FI', 'IS', 'NO', 'SE'];

// Made as they are written, so that any number of orders takes the same memory.
function* madeUpOrders(): Generator<Params> {
  for (let id = 0; id < ORDERS; id++) yield [id, COUNTRIES[id % 4], id % 100];
}
const insert = 'INSERT INTO orders (id, country, total) VALUES (?, ?, ?)';
await lastValueFrom(executeConcurrent(session, insert, madeUpOrders, { concurrency: 256, ordered: false }));

const select = 'SELECT id, country, total FROM orders';
const orders = session.query<Order>(select, [], { pageSize: 1_000 });

/** Stands for work on a page: it takes a millisecond. */
const archive = (page: Page<Order>) => timer(1).pipe(map(() => page.toArray().length));

// Page by page. The next page is fetched while one is being archived, and no further.
await lastValueFrom(
  orders.pipe(
    filter((page) => page.rowCount > 0), // the last one may be empty
    concatMap(archive),
    scan((done, more) => done + more, 0),
    filter((done) => done % 5_000 === 0),
    tap((done) => console.log(`archived: ${done} of ${ORDERS}`)),
  ),
);

// Row by row. Adding up is as fast as rows come: nothing has to be held back, and only the sums are kept.
await lastValueFrom(
  orders.pipe(
    concatMap((page) => page),
    filter(({ total }) => total >= 50),
    groupBy(({ country }) => country),
    mergeMap((ofCountry) =>
      ofCountry.pipe(
        reduce((sum, { total }) => sum + total, 0),
        tap((sum) => console.log(`large orders of ${ofCountry.key}: ${sum}`)),
      ),
    ),
  ),
);

// As far as needed. take() leaves the query at the 25th row: the pages behind it are never fetched.
let fetched = 0;
await lastValueFrom(
  orders.pipe(
    tap(() => fetched++),
    concatMap((page) => page),
    filter(({ total }) => total === 99),
    take(25),
  ),
);
console.log(`pages fetched for 25 rows: ${fetched} of ${ORDERS / 1_000}`);

// In two goes. Where the work on a page is done is where another program, another day, may go on.
let checkpoint: Uint8Array | undefined;
const today = orders.pipe(
  concatMap((page) => archive(page).pipe(tap(() => (checkpoint = page.pagingState)))),
  take(8),
  reduce((done, more) => done + more, 0),
);
const archivedToday = await lastValueFrom(today);

const tomorrow = session.query<Order>(select, [], { pageSize: 1_000, pagingState: checkpoint! });
const archivedTomorrow = await lastValueFrom(
  tomorrow.pipe(
    concatMap((page) => page),
    count(),
  ),
);
console.log(`archived today and tomorrow: ${archivedToday} + ${archivedTomorrow}`);

await lastValueFrom(session.execute('DROP KEYSPACE rxcql_streaming'));
await lastValueFrom(session.close());
