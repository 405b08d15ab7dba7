// What a stream of rows leaves to everybody else: `CASSANDRA_CONTACT_POINTS=127.0.0.1:9042 npx tsx docs/examples/non-blocking.ts`.
// It makes the keyspace `rxcql_non_blocking`, and drops it in the end.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { concatMap, count, defer, finalize, interval, lastValueFrom, map, type Observable } from 'rxjs';
import { createSession, executeConcurrent, type Params } from 'rxcql';

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');
const session = createSession({ contactPoints });

for (const statement of [
  "CREATE KEYSPACE IF NOT EXISTS rxcql_non_blocking WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
  'USE rxcql_non_blocking',
  'CREATE TABLE IF NOT EXISTS readings (sensor int, at int, value double, PRIMARY KEY (sensor, at))',
]) {
  await lastValueFrom(session.execute(statement));
}

const READINGS = 30_000;

function* madeUpReadings(): Generator<Params> {
  for (let at = 0; at < READINGS; at++) yield [at % 100, at, Math.sin(at)];
}
const insert = 'INSERT INTO readings (sensor, at, value) VALUES (?, ?, ?)';
await lastValueFrom(executeConcurrent(session, insert, madeUpReadings, { concurrency: 256, ordered: false }));

/** Reads the table, and measures meanwhile how long others wait for their turn. */
function measure(pageSize: number): Observable<readonly (string | number)[]> {
  return defer(() => {
    const since = performance.now();
    const lag = monitorEventLoopDelay({ resolution: 1 }); // in nanoseconds
    lag.enable();
    let ticks = 0;
    const heartbeat = interval(5).subscribe(() => ticks++);
    return session.query('SELECT sensor, at, value FROM readings', [], { pageSize }).pipe(
      concatMap((page) => page),
      map((reading) => JSON.stringify(reading)), // as for a client
      count(),
      map((rows) => {
        const perSecond = (rows / (performance.now() - since)) * 1_000;
        const milliseconds = (nanoseconds: number): string => (nanoseconds / 1e6).toFixed(1);
        return [rows, perSecond.toFixed(0), milliseconds(lag.percentile(99)), milliseconds(lag.max), ticks];
      }),
      finalize(() => {
        heartbeat.unsubscribe();
        lag.disable();
      }),
    );
  });
}

// Between two pages everybody else has a turn. The rows of a page come at once: the smaller the pages, the sooner that is.
const print = (cells: readonly (string | number)[]): void =>
  console.log(cells.map((cell) => String(cell).padStart(12)).join(''));
await lastValueFrom(measure(5_000)); // once for the compiler, unseen
print(['page size', 'rows', 'rows/s', 'lag p99 ms', 'lag max ms', 'heartbeats']);
for (const pageSize of [500, 5_000, READINGS]) print([pageSize, ...(await lastValueFrom(measure(pageSize)))]);

await lastValueFrom(session.execute('DROP KEYSPACE rxcql_non_blocking'));
await lastValueFrom(session.close());
