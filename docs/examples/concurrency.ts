// The pieces of docs/concurrency.md, as one program: `CASSANDRA_CONTACT_POINTS=127.0.0.1:9042 npx tsx docs/examples/concurrency.ts`.
// It makes the keyspace `rxcql_concurrency`, and drops it in the end.
import {
  concatMap,
  count,
  filter,
  finalize,
  forkJoin,
  from,
  lastValueFrom,
  map,
  mergeMap,
  type Observable,
  range,
  tap,
  timer,
  toArray,
} from 'rxjs';
import {
  createSession,
  executeConcurrent,
  iterateRows,
  mergeRows,
  pagesFrom,
  type Params,
  rateLimit,
  ThrottleError,
} from 'rxcql';

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');
const session = createSession({ contactPoints });

await lastValueFrom(
  session.execute(
    "CREATE KEYSPACE IF NOT EXISTS rxcql_concurrency WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
  ),
);
await lastValueFrom(session.execute('USE rxcql_concurrency'));
for (const table of [
  'users (id int PRIMARY KEY, name text, mail text)',
  'readings (sensor int, at int, value double, PRIMARY KEY (sensor, at))',
]) {
  await lastValueFrom(session.execute(`CREATE TABLE IF NOT EXISTS ${table}`));
}

/** What the guide works on. */
interface User {
  readonly id: number;
  readonly name: string;
}

const select = 'SELECT id, name FROM users WHERE id = ?';
await lastValueFrom(session.execute('INSERT INTO users (id, name) VALUES (?, ?)', [1, 'Ada']));
await lastValueFrom(session.execute('INSERT INTO users (id, name) VALUES (?, ?)', [2, 'Grace']));

let [working, mostWorking] = [0, 0];

/** Work that takes a while. */
function work(user: User | undefined): Observable<string> {
  mostWorking = Math.max(mostWorking, ++working);
  return timer(1).pipe(
    map(() => user?.name ?? 'nobody'),
    finalize(() => working--),
  );
}

// --- A few

const both = forkJoin({
  user: session.execute<User>(select, [1]),
  readings: session.execute<{ count: bigint }>('SELECT count(*) FROM readings'),
});
const { user, readings: counted } = await lastValueFrom(both);
console.log(user.one().name, counted.one().count);

const ids = [1, 2, 3, 4];
const found = from(ids).pipe(
  mergeMap((id) => session.execute<User>(select, [id]), 16), // 16 at a time
  map((page) => page.first()?.name ?? 'nobody'),
);
console.log((await lastValueFrom(found.pipe(toArray()))).sort().join());

// --- Many statements

function* readings(): Generator<Params> {
  for (let at = 0; at < 10_000; at++) yield [at % 100, at, Math.sin(at)];
}

const insert = 'INSERT INTO readings (sensor, at, value) VALUES (?, ?, ?)';
const written = executeConcurrent(session, insert, readings, { concurrency: 256, ordered: false }).pipe(count());
console.log(await lastValueFrom(written));

const keys = [[1], [2], ['three'], [4]];
const failed = executeConcurrent(session, select, keys, { failFast: false }).pipe(
  filter((result) => !result.ok),
  map(({ index, error, params }) => `${index}: ${error.name} for ${JSON.stringify(params)}`),
  toArray(),
);
console.log((await lastValueFrom(failed)).join());

const archive = 'UPDATE users SET mail = :mail WHERE id = :id';
const rows = session.query<Record<string, unknown>>('SELECT id, mail FROM users', [], { pageSize: 1_000 });
const copied = executeConcurrent(session, archive, rows, { concurrency: 64 });
await lastValueFrom(copied);

// --- Work on rows, and on what is read

const users = session.query<User>('SELECT id, name FROM users', [], { pageSize: 1_000 });
const worked = users.pipe(mergeRows((user) => work(user), 16));
console.log(await lastValueFrom(worked.pipe(count())));

const readAndWorked = pagesFrom(ids, { pageSize: 100 }).pipe(
  mergeRows(
    (id) =>
      session.execute<User>(select, [id]).pipe(
        concatMap((page) => work(page.first())), // the place is free again when the work is done
      ),
    16,
  ),
);
console.log((await lastValueFrom(readAndWorked.pipe(toArray()))).length);

const slowly = session
  .query<{ sensor: number; at: number }>('SELECT sensor, at FROM readings', [], { pageSize: 500 })
  .pipe(
    rateLimit({ perSecond: 50_000, burst: 5_000, cost: (page) => page.rowCount }),
    mergeRows(
      ({ sensor, at }) => session.execute('DELETE FROM readings WHERE sensor = ? AND at = ?', [sensor, at]),
      64,
    ),
    count(),
  );
console.log(await lastValueFrom(slowly));

// --- Limits

const small = createSession({ contactPoints, keyspace: 'rxcql_concurrency', maxConcurrent: 100, maxQueue: 1_000 });
await lastValueFrom(small.execute(select, [1])); // it is connected, and the statement is prepared
const tooMany = range(0, 2_000).pipe(mergeMap((id) => small.execute(select, [id]))); // no limit
tooMany.subscribe({ error: (error: unknown) => console.log(error instanceof ThrottleError) });
const limited = range(0, 2_000).pipe(mergeMap((id) => small.execute(select, [id]), 100));
console.log(await lastValueFrom(limited.pipe(count())));
const { inFlight, queued, latency } = small.metrics;
console.log(inFlight, queued, latency.percentile(50) > 0);
await lastValueFrom(small.close());

// --- As in Python

const row = (await lastValueFrom(session.execute<User>(select, [1]))).first();
console.log(row?.name);

const promises = ids.map((id) => lastValueFrom(session.execute<User>(select, [id]))); // sent now
const pages = await Promise.all(promises);
console.log(pages.map((page) => page.rowCount).join());

session.execute<User>(select, [2]).subscribe({
  next: (page) => console.log(page.one().name),
  error: (error: Error) => console.error(error.message),
});
do await lastValueFrom(timer(10));
while (session.metrics.inFlight > 0); // so that what follows is printed after it

const statements: [statement: string, params: Params][] = [
  ['INSERT INTO users (id, name) VALUES (?, ?)', [3, 'Alan']],
  ['SELECT nickname FROM users WHERE id = ?', [1]],
];
const results = executeConcurrent(session, null, statements, { failFast: false }).pipe(
  tap((result) => console.log(result.ok ? result.page.rowCount : result.error.name)),
);
await lastValueFrom(results);

const newUsers = [
  [4, 'Edsger'],
  [5, 'Barbara'],
];
const saved = executeConcurrent(session, 'INSERT INTO users (id, name) VALUES (?, ?)', newUsers, { concurrency: 50 });
console.log(await lastValueFrom(saved.pipe(count())));

for await (const user of iterateRows(users)) {
  await lastValueFrom(work(user));
}

console.log(mostWorking <= 16);
await lastValueFrom(session.execute('DROP KEYSPACE rxcql_concurrency'));
await lastValueFrom(session.close());
