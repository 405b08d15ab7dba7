// The pieces of the README, as one program: `CASSANDRA_CONTACT_POINTS=127.0.0.1:9042 npx tsx docs/examples/tour.ts`.
// It makes the keyspace `rxcql_tour`, and drops it in the end.
import { concatMap, lastValueFrom, mergeMap, range, tap } from 'rxjs';
import { type CqlError, createSession, cql, mergeRows, ResponseError } from 'rxcql';

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');
const session = createSession({ contactPoints });

await lastValueFrom(
  session.execute(
    "CREATE KEYSPACE IF NOT EXISTS rxcql_tour WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
  ),
);
await lastValueFrom(session.execute('USE rxcql_tour'));
await lastValueFrom(session.execute('CREATE TABLE IF NOT EXISTS users (id int PRIMARY KEY, name text)'));

// By position, 64 at a time; by name; and as part of a template, where each value becomes a parameter too.
await lastValueFrom(
  range(1, 1_000).pipe(
    mergeMap((id) => session.execute('INSERT INTO users (id, name) VALUES (?, ?)', [id, `user ${id}`]), 64),
  ),
);
await lastValueFrom(session.execute('UPDATE users SET name = :name WHERE id = :id', { id: 1, name: 'Ada' }));
const page = await lastValueFrom(session.execute<{ name: string }>(cql`SELECT name FROM users WHERE id = ${1}`));
console.log(page.one().name);

// Row by row, a page at a time. The next page is fetched when this one has been read.
const users = session.query<{ id: number; name: string }>('SELECT id, name FROM users', [], { pageSize: 100 });
await lastValueFrom(
  users.pipe(
    concatMap((page) => page),
    tap(({ id, name }) => id <= 3 && console.log(id, name)),
  ),
);

// Work on every row, 64 at a time, across the borders of pages.
await lastValueFrom(
  users.pipe(mergeRows(({ id }) => session.execute('UPDATE users SET name = ? WHERE id = ?', ['Grace', id]), 64)),
);

session.execute('SELECT nickname FROM users').subscribe({
  next: (page) => console.log(page.toArray()),
  error: (error: unknown) => {
    if (error instanceof ResponseError && error.kind === 'Invalid') console.log(`Cassandra says: ${error.message}`);
    else console.error((error as CqlError).code);
  },
});

// A page and where to go on: what a web service hands to its client, who brings it back later.
const first = await lastValueFrom(session.execute('SELECT id FROM users', [], { pageSize: 600 }));
const token = first.pagingState!.toString('base64url');

const pagingState = Buffer.from(token, 'base64url');
const second = await lastValueFrom(session.execute('SELECT id FROM users', [], { pagingState }));
console.log(first.rowCount, second.rowCount);

await lastValueFrom(session.execute('DROP KEYSPACE rxcql_tour'));
await lastValueFrom(session.close());
