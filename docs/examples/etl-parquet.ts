// Parquet files of a table with complex types, as docs/etl.md shows it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { concatMap, count, filter, lastValueFrom, type Observable, tap } from 'rxjs';
import { createSession, type Page } from 'rxcql';
import { fromParquet, scan, toParquet, tokenRanges, writeTo } from 'rxcql/etl';

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');
const session = createSession({ contactPoints });
const run = (statement: string, values?: unknown[]): Promise<Page> => lastValueFrom(session.execute(statement, values));
await run('DROP KEYSPACE IF EXISTS rxcql_parquet');
await run("CREATE KEYSPACE rxcql_parquet WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
await run('CREATE TYPE rxcql_parquet.address (street text, zip int)');
const columns =
  'id int PRIMARY KEY, name text, born date, home frozen<address>, phones set<text>, visits map<timestamp, decimal>';
for (const table of ['people', 'restored']) await run(`CREATE TABLE rxcql_parquet.${table} (${columns})`);
const folder = await mkdtemp(join(tmpdir(), 'rxcql-parquet-'));

const insert = (table: string): string =>
  `INSERT INTO rxcql_parquet.${table} (id, name, born, home, phones, visits) VALUES (:id, :name, :born, :home, :phones, :visits)`;
for (let id = 0; id < 100; id++) {
  const home = { street: `${id} Main Street`, zip: id % 2 === 0 ? 10_000 + id : null };
  const visits = new Map([[new Date(Date.UTC(2026, 10, 22)), `${id}.50`]]);
  await run(insert('people'), [id, `Ada ${id}`, '1815-12-10', home, new Set([`+44 ${id}`]), visits]);
}

const people: Observable<Page> = scan(session, 'rxcql_parquet.people', {
  ranges: tokenRanges(session, 'rxcql_parquet.people', { splits: 4 }),
});
const files = await lastValueFrom(people.pipe(toParquet({ folder }), count()));
console.log(files > 1, 'files');

const file = join(folder, 'all.parquet');
const { rows } = await lastValueFrom(
  session.query('SELECT * FROM rxcql_parquet.people').pipe(toParquet(file, { compression: 'gzip' })),
);
console.log(rows, 'rows in one file');

const restored = fromParquet(file).pipe(
  writeTo(session, insert('restored')),
  tap((outcome) => {
    if (outcome.kind === 'failed') throw outcome.error;
  }),
  count(),
);
console.log(await lastValueFrom(restored), 'rows restored');

const evens = fromParquet(file, { columns: ['id', 'home'] }).pipe(
  concatMap((page) => page),
  filter(({ home }) => (home as { zip: number | null }).zip !== null),
  count(),
);
console.log(await lastValueFrom(evens), 'of them with a zip');

console.log((await run('SELECT home, phones, visits FROM rxcql_parquet.restored WHERE id = 42')).one());

await rm(folder, { recursive: true });
await run('DROP KEYSPACE rxcql_parquet');
await lastValueFrom(session.close());
