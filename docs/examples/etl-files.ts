// The programs of "Reading files" and of "Other rows" in docs/etl.md.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { count, filter, lastValueFrom, type Observable } from 'rxjs';
import { createSession, type Page } from 'rxcql';
import { deadLetter, fromCsv, fromText, mapRows, scan, toCsv, writeTo } from 'rxcql/etl';

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');
const session = createSession({ contactPoints });
const run = (statement: string): Promise<Page> => lastValueFrom(session.execute(statement));
await run('DROP KEYSPACE IF EXISTS rxcql_etl_files');
await run("CREATE KEYSPACE rxcql_etl_files WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
await run('CREATE TABLE rxcql_etl_files.orders (id int PRIMARY KEY, total decimal, note text, tags set<text>)');

const folder = await mkdtemp(join(tmpdir(), 'rxcql-etl-files-'));
const file = join(folder, 'orders.csv');
await writeFile(
  file,
  `id,total,note,tags
1,12.50,"a ""good"" one","[""new""]"
2,a lot,,
3,7,"",
4,8
`,
);

const failed = join(folder, 'failed.ndjson');
const insert = 'INSERT INTO rxcql_etl_files.orders (id, total, note, tags) VALUES (:id, :total, :note, :tags)';
const loaded = fromCsv(file, { onBadRecord: 'emit' }).pipe(
  writeTo(session, insert, { convert: fromText(), concurrency: 128 }),
  deadLetter(failed),
  filter(({ kind }) => kind === 'ok'),
  count(),
);
console.log(`${await lastValueFrom(loaded)} rows`);
for (const line of (await readFile(failed, 'utf8')).trimEnd().split('\n')) {
  const { position, error } = JSON.parse(line) as { position: { line: number }; error: string };
  console.log(`line ${position.line}: ${error.replace(file, 'orders.csv')}`);
}
const { total, tags } = (await run('SELECT total, tags FROM rxcql_etl_files.orders WHERE id = 1')).one();
console.log(`${total}`, tags);

const rows: Observable<Page<{ id: number; total: string }>> = scan(session, 'rxcql_etl_files.orders');
const cents = rows.pipe(
  mapRows(({ id, total }) => ({ id, cents: Math.round(Number(total) * 100) })),
  toCsv(join(folder, 'cents.csv'), { columns: { id: 'int', cents: 'bigint' } }),
);
console.log(`${(await lastValueFrom(cents)).rows} rows in cents`);

await rm(folder, { recursive: true });
await run('DROP KEYSPACE rxcql_etl_files');
await lastValueFrom(session.close());
