// A slow reader of a large table: `npm run bench:backpressure [-- --rows 200000 --page-size 5000 --pause 1000]`.
// Each row has 1 KiB; the reader takes `pause` milliseconds for a page, and meanwhile others use the same connection.
// `-- --flatten-first` reads the same rows flattened before they are worked on, as one should not.
import { parseArgs } from 'node:util';
import {
  concatAll,
  concatMap,
  defer,
  from,
  ignoreElements,
  lastValueFrom,
  map,
  mergeMap,
  type Observable,
  of,
  repeat,
  take,
  takeUntil,
  tap,
  timer,
} from 'rxjs';
import { createSession, mergeRows, type Page, pagesFrom, type Session } from 'rxcql';
import { startCassandra } from 'rxcql/testing';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '200000' },
    'page-size': { type: 'string', default: '5000' },
    pause: { type: 'string', default: '1000' },
    'flatten-first': { type: 'boolean', default: false },
  },
});
const [rows, pageSize, pause] = [Number(values.rows), Number(values['page-size']), Number(values.pause)];
for (const number of [rows, pageSize, pause]) {
  if (!Number.isInteger(number) || number < 1) throw new RangeError('The options are whole numbers, 1 or more.');
}

const KEYSPACE = 'rxcql_backpressure';
const BODY = Buffer.alloc(1_024, 'rxcql');

function* ids(): Generator<number> {
  for (let id = 0; id < rows; id++) yield id;
}

async function fill(session: Session): Promise<void> {
  const replication = "{'class': 'SimpleStrategy', 'replication_factor': 1}";
  await lastValueFrom(session.execute(`CREATE KEYSPACE IF NOT EXISTS ${KEYSPACE} WITH replication = ${replication}`));
  await lastValueFrom(session.execute(`CREATE TABLE IF NOT EXISTS ${KEYSPACE}.wide (id int PRIMARY KEY, body blob)`));
  const insert = await lastValueFrom(session.prepare(`INSERT INTO ${KEYSPACE}.wide (id, body) VALUES (?, ?)`));
  await lastValueFrom(
    pagesFrom(() => ids(), { pageSize: 1_000 }).pipe(mergeRows((id) => session.execute(insert, [id, BODY]), 128)),
  );
}

const mebi = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

/** Pages as they should be read: each is worked off before the next one is. */
const inPages = (query: Observable<Page>): Observable<number> =>
  query.pipe(
    concatMap((page) => {
      const count = page.toArray().length;
      return timer(pause).pipe(map(() => count));
    }),
  );

/** The same work, row by row behind an operator that keeps what comes too early. */
const flattened = (query: Observable<Page>): Observable<number> =>
  query.pipe(
    concatAll(),
    mergeMap(() => timer((pause / pageSize) * 128).pipe(map(() => 1)), 128),
  );

async function run(contactPoints: readonly string[]): Promise<void> {
  const session = createSession({ contactPoints });
  console.log(`Writing ${rows} rows of 1 KiB …`);
  await fill(session);
  const pointRead = await lastValueFrom(session.prepare(`SELECT id FROM ${KEYSPACE}.wide WHERE id = ?`));

  gc?.();
  const before = process.memoryUsage.rss();
  let [read, emitted, worked, ahead, peak] = [0, 0, 0, 0, 0];
  const latencies: number[] = [];
  const start = performance.now();
  const query = session.query(`SELECT * FROM ${KEYSPACE}.wide`, [], { pageSize }).pipe(
    tap((page) => {
      emitted += page.rowCount;
      ahead = Math.max(ahead, Math.ceil((emitted - worked) / pageSize));
    }),
  );
  const consumed = (values['flatten-first'] ? flattened(query) : inPages(query)).pipe(
    tap((count) => {
      read += count;
      worked = read;
      peak = Math.max(peak, process.memoryUsage.rss());
    }),
  );
  const consumer = lastValueFrom(consumed);
  const others = defer(() => {
    const sent = performance.now();
    return session
      .execute(pointRead, [latencies.length % rows])
      .pipe(tap(() => latencies.push(performance.now() - sent)));
  }).pipe(repeat({ delay: 2 }), takeUntil(from(consumer)), ignoreElements());
  await Promise.all([consumer, lastValueFrom(others, { defaultValue: undefined })]);
  const seconds = (performance.now() - start) / 1_000;

  latencies.sort((a, b) => a - b);
  const percentile = (p: number): string => `${latencies[Math.floor((latencies.length - 1) * p)]!.toFixed(1)} ms`;
  console.log(
    `${read} rows (${mebi(read * BODY.length)}) in ${seconds.toFixed(1)} s, ${pause} ms for ${pageSize} rows.`,
  );
  console.log(`Held at most: ${ahead} pages.`);
  console.log(`RSS: ${mebi(before)} before, at most ${mebi(peak)}.`);
  console.log(
    `Others on the same connection: ${latencies.length} point reads, median ${percentile(0.5)}, 99 % ${percentile(0.99)}, ` +
      `slowest ${percentile(1)}.`,
  );
  await lastValueFrom(session.close());
}

const given = process.env['CASSANDRA_CONTACT_POINTS'];
const targets: Observable<{ readonly contactPoints: readonly string[] }> =
  given === undefined ? startCassandra({ heap: '1g' }) : of({ contactPoints: given.split(',') });
await lastValueFrom(
  targets.pipe(
    concatMap(({ contactPoints }) => defer(() => run(contactPoints))),
    take(1),
  ),
);
