// The pieces of docs/requests.md, as one program: `CASSANDRA_CONTACT_POINTS=127.0.0.1:9042 npx tsx docs/examples/requests.ts`.
// It makes the keyspace `rxcql_requests`, and drops it in the end.
import { concatMap, count, filter, lastValueFrom, map, tap, toArray } from 'rxjs';
import {
  createSession,
  cql,
  executeConcurrent,
  mergeRows,
  openPagingState,
  type Params,
  rateLimit,
  sealPagingState,
} from 'rxcql';

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');
const session = createSession({ contactPoints });

await lastValueFrom(
  session.execute(
    "CREATE KEYSPACE IF NOT EXISTS rxcql_requests WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
  ),
);
await lastValueFrom(session.execute('USE rxcql_requests'));
for (const table of [
  'users (id int PRIMARY KEY, name text, mail text)',
  'users_by_mail (mail text PRIMARY KEY, id int)',
  'readings (sensor int, at int, value double, PRIMARY KEY (sensor, at))',
  'visits (page text PRIMARY KEY, n counter)',
]) {
  await lastValueFrom(session.execute(`CREATE TABLE IF NOT EXISTS ${table}`));
}

// --- Batches

const [id, mail] = [1, 'ada@example.com'];
const both = session.batch([
  ['INSERT INTO users (id, name, mail) VALUES (?, ?, ?)', [id, 'Ada', mail]],
  cql`INSERT INTO users_by_mail (mail, id) VALUES (${mail}, ${id})`,
]);
await lastValueFrom(both);

const counted = session.batch(
  ['/', '/docs', '/'].map((page) => ['UPDATE visits SET n = n + 1 WHERE page = ?', [page]] as const),
  { type: 'counter' },
);
await lastValueFrom(counted);

const reserved = session.batch([
  ['INSERT INTO users (id, name) VALUES (?, ?) IF NOT EXISTS', [1, 'Grace']],
  ['UPDATE users SET mail = ? WHERE id = ?', ['grace@example.com', 1]],
]);
const outcome = await lastValueFrom(reserved);
console.log(outcome.wasApplied, outcome.first()?.['name']);

// --- Many requests

function* readings(): Generator<Params> {
  for (let at = 0; at < 10_000; at++) yield [at % 100, at, Math.sin(at)];
}

const insert = 'INSERT INTO readings (sensor, at, value) VALUES (?, ?, ?)';
const written = executeConcurrent(session, insert, readings, { concurrency: 256, ordered: false }).pipe(count());
console.log(await lastValueFrom(written));

const keys = [[1], [2], ['three'], [4]];
const failed = executeConcurrent(session, 'SELECT name FROM users WHERE id = ?', keys, { failFast: false }).pipe(
  filter((result) => !result.ok),
  map(({ index, error, params }) => `${index}: ${error.name} for ${JSON.stringify(params)}`),
  toArray(),
);
console.log((await lastValueFrom(failed)).join());

const archive = 'UPDATE users SET mail = :mail WHERE id = :id';
const rows = session.query<Record<string, unknown>>('SELECT id, mail FROM users', [], { pageSize: 1_000 });
const copied = executeConcurrent(session, archive, rows, { concurrency: 64 });
await lastValueFrom(copied);

const slowly = session
  .query<{ sensor: number; at: number }>('SELECT sensor, at FROM readings', [], { pageSize: 500 })
  .pipe(
    rateLimit({ perSecond: 50_000, burst: 5_000, cost: (found) => found.rowCount }),
    mergeRows(
      ({ sensor, at }) => session.execute('DELETE FROM readings WHERE sensor = ? AND at = ?', [sensor, at]),
      64,
    ),
    count(),
  );
console.log(await lastValueFrom(slowly));

// --- Options of a request

const pairs = session.execute<[id: number, name: string]>('SELECT id, name FROM users', [], { rows: 'array' });
const tags = session.execute<string>('SELECT id, name FROM users', [], {
  rows: (columns) => (values) => columns.map(({ name }, i) => `${name}=${String(values[i])}`).join(' '),
});
console.log((await lastValueFrom(pairs)).one(), (await lastValueFrom(tags)).one());

const abort = new AbortController();
const request = session.query('SELECT * FROM users', [], { signal: abort.signal });
request.subscribe({ error: (reason: unknown) => console.log(reason === abort.signal.reason) });
abort.abort();

const traced = session.execute('SELECT name FROM users WHERE id = ?', [1], { tracing: true });
const trace = traced.pipe(concatMap((found) => found.trace()));
await lastValueFrom(trace.pipe(tap(({ duration, events }) => console.log(duration > 0, events.length > 0))));

// --- Paging states out of one's hands

const secret = process.env['PAGING_SECRET'] ?? 'only for this example, and long enough';
const list = (from?: string) =>
  session
    .execute('SELECT id FROM users', [], {
      pageSize: 100,
      ...(from !== undefined && { pagingState: openPagingState(from, secret, 'list of users') }),
    })
    .pipe(
      map((found) => ({
        ids: found.toArray().map((user) => user['id'] as number),
        next: found.pagingState && sealPagingState(found.pagingState, secret, 'list of users'),
      })),
    );
console.log(JSON.stringify(await lastValueFrom(list())));

await lastValueFrom(session.execute('DROP KEYSPACE rxcql_requests'));
await lastValueFrom(session.close());
