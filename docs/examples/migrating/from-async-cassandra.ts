// What is in docs/migrating.md for those who come from async-cassandra, as one program:
// `CASSANDRA_CONTACT_POINTS=127.0.0.1:9042 npx tsx docs/examples/migrating/from-async-cassandra.ts`.
// It makes the keyspace `rxcql_from_async_cassandra`, and drops it in the end.
import assert from 'node:assert/strict';
import { concatMap, count, exhaustMap, lastValueFrom, map, take, takeUntil, tap, timer, toArray } from 'rxjs';
import { connect, createSession, iteratePages, iterateRows, type Page, rateLimit, SessionClosedError } from 'rxcql';

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');

const setup = createSession({ contactPoints });
for (const statement of [
  "CREATE KEYSPACE IF NOT EXISTS rxcql_from_async_cassandra WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
  'CREATE TABLE IF NOT EXISTS rxcql_from_async_cassandra.users (id int PRIMARY KEY, name text)',
]) {
  await lastValueFrom(setup.execute(statement));
}
await lastValueFrom(setup.close());

interface User {
  readonly id: number;
  readonly name: string;
}

// --- Sessions

const session = createSession({
  contactPoints,
  keyspace: 'rxcql_from_async_cassandra',
  minimumProtocolVersion: 5,
  maxConcurrent: 1_000,
});
await lastValueFrom(session.connect());

// --- Requests

const insert = 'INSERT INTO users (id, name) VALUES (?, ?)';
for (let id = 0; id < 30; id++) await lastValueFrom(session.execute(insert, [id, `user ${id}`]));
await lastValueFrom(session.batch([[insert, [30, 'user 30']]]));
const prepared = await lastValueFrom(session.prepare(insert));
await lastValueFrom(session.execute(prepared, [31, 'user 31']));

const users = session.query<User>('SELECT id, name FROM users', [], { pageSize: 10 });
const all = await lastValueFrom(users.pipe(concatMap((page) => page), toArray())); // prettier-ignore
assert.equal(all.length, 32);

// --- Streams

let rows = 0;
for await (const user of iterateRows(users)) {
  if (user.id >= 0) rows++;
}
assert.equal(rows, 32);

const sizes: number[] = [];
for await (const page of iteratePages(users)) sizes.push(page.rowCount);
assert.deepEqual(sizes.filter((size) => size > 0), [10, 10, 10, 2]); // prettier-ignore

const progress: string[] = [];
const report = (page: Page<User>) => progress.push(`${page.rowCount} rows`);
const observed = users.pipe(
  tap(report), // page_callback
  take(2), // max_pages
  concatMap((page) => page),
);
assert.equal(await lastValueFrom(observed.pipe(count())), 20);
assert.deepEqual(progress, ['10 rows', '10 rows']);

const soon = users.pipe(
  takeUntil(timer(60_000)), // cancel(), or the time that all of it may take
  concatMap((page) => page),
);
assert.equal(await lastValueFrom(soon.pipe(count())), 32);

const slowly = users.pipe(
  rateLimit({ perSecond: 10_000, cost: (page) => page.rowCount }),
  concatMap((page) => page),
);
assert.equal(await lastValueFrom(slowly.pipe(count())), 32);

// --- Health and numbers

const every = 50; // milliseconds; a program may take 60_000
const checks = timer(0, every).pipe(exhaustMap(() => session.health()));
const two = await lastValueFrom(checks.pipe(take(2), toArray()));
assert.ok(two.every(({ ok, nodes }) => ok && nodes.every(({ latency }) => latency !== undefined)));

const { requests, errors, inFlight, queued, latency } = session.metrics;
console.log(requests > 50, errors, inFlight, queued, latency.percentile(99) > 0);

// --- Resources

const counted = connect({ contactPoints, keyspace: 'rxcql_from_async_cassandra' }).pipe(
  concatMap((session) => session.execute<{ count: bigint }>('SELECT count(*) FROM users')),
  map((page) => page.one().count),
  take(1), // which closes the session
);
assert.equal(await lastValueFrom(counted), 32n);

await lastValueFrom(session.execute('DROP KEYSPACE rxcql_from_async_cassandra'));
await lastValueFrom(session.close());
const late = await lastValueFrom(users).catch((error: unknown) => error);
assert.ok(late instanceof SessionClosedError);
console.log('as expected');
