// Statements, writes and batches of docs/queries.md, as one program:
// `CASSANDRA_CONTACT_POINTS=127.0.0.1:9042 npx tsx docs/examples/queries.ts`.
// It makes the keyspace `rxcql_queries`, and drops it in the end.
import { concatMap, lastValueFrom, map, tap } from 'rxjs';
import { createSession, cql, ident } from 'rxcql';

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');
const session = createSession({ contactPoints });

await lastValueFrom(
  session.execute(
    "CREATE KEYSPACE IF NOT EXISTS rxcql_queries WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
  ),
);
await lastValueFrom(session.execute('USE rxcql_queries'));
for (const table of [
  'users (id int PRIMARY KEY, name text, mail text)',
  'users_by_mail (mail text PRIMARY KEY, id int)',
  'orders (customer int, number int, item text, discount int STATIC, PRIMARY KEY (customer, number))',
  'visits (page text PRIMARY KEY, n counter)',
]) {
  await lastValueFrom(session.execute(`CREATE TABLE IF NOT EXISTS ${table}`));
}

// --- One page, or all

const insert = 'INSERT INTO users (id, name, mail) VALUES (?, ?, ?)';
await lastValueFrom(session.execute(insert, [1, 'Ada', 'ada@example.com']));

const ada = await lastValueFrom(session.execute('SELECT name FROM users WHERE id = ?', [1]));
console.log(ada.one()['name']);

const names = session.query<{ name: string }>('SELECT name FROM users').pipe(
  concatMap((page) => page), // row by row; the next page is fetched when this one has been read
  map(({ name }) => name),
);
await lastValueFrom(names.pipe(tap((name) => console.log(name))));

// --- Values

await lastValueFrom(session.execute(insert, { id: 2, name: 'Grace', mail: 'grace@example.com' }));
await lastValueFrom(session.execute('UPDATE users SET name = :new WHERE id = :id', { id: 2, new: 'Grace Hopper' }));

const [id, mail] = [2, 'hopper@example.com'];
await lastValueFrom(session.execute(cql`UPDATE users SET mail = ${mail} WHERE id = ${id}`));

const countOf = (table: string) => session.execute<{ count: bigint }>(cql`SELECT count(*) FROM ${ident(table)}`);
console.log((await lastValueFrom(countOf('users'))).one().count);

const some = session.execute<{ id: number }>('SELECT id FROM users WHERE id IN ?', [[1, 2, 3]]);
console.log((await lastValueFrom(some)).toArray());

const byId = await lastValueFrom(session.prepare('SELECT name, mail FROM users WHERE id = ?'));
console.log(byId.parameters.map(({ name, type }) => `${name} ${type}`)); // [ 'id int' ]
const hopper = await lastValueFrom(session.execute(byId, [2]));
console.log(hopper.one());

await lastValueFrom(session.execute(insert, [2, undefined, null])); // the name stays, the mail is deleted
console.log((await lastValueFrom(session.execute(byId, [2]))).one());

// --- Writes

await lastValueFrom(session.execute('INSERT INTO users (id, name) VALUES (?, ?) USING TTL ?', [3, 'Guest', 3_600]));
await lastValueFrom(session.execute(insert, [4, 'Alan', null], { timestamp: 1_700_000_000_000_000n }));
const written = await lastValueFrom(session.execute('SELECT ttl(name), writetime(name) FROM users WHERE id = 4'));
console.log(written.one());

const register = (id: number, name: string) =>
  session.execute<{ name?: string }>('INSERT INTO users (id, name) VALUES (?, ?) IF NOT EXISTS', [id, name]);
const outcome = await lastValueFrom(register(1, 'Eve'));
console.log(outcome.wasApplied, outcome.first()?.name); // false Ada

await lastValueFrom(session.execute('UPDATE visits SET n = n + ? WHERE page = ?', [1, '/docs']));
const visits = await lastValueFrom(session.execute<{ n: bigint }>('SELECT n FROM visits WHERE page = ?', ['/docs']));
console.log(visits.one().n);

await lastValueFrom(session.execute('INSERT INTO orders (customer, discount) VALUES (?, ?)', [7, 10]));
await lastValueFrom(session.execute('INSERT INTO orders (customer, number, item) VALUES (?, ?, ?)', [8, 1, 'tea']));
const orders = await lastValueFrom(session.execute('SELECT * FROM orders WHERE customer IN (7, 8)'));
console.log(orders.toArray());
const discounts = session.query('SELECT DISTINCT customer, discount FROM orders'); // one row a partition
await lastValueFrom(discounts.pipe(tap((page) => console.log(page.rowCount))));

// --- Batches

const both = session.batch([
  [insert, [id, 'Grace', mail]],
  cql`INSERT INTO users_by_mail (mail, id) VALUES (${mail}, ${id})`,
]);
await lastValueFrom(both);

const counted = session.batch(
  ['/', '/docs', '/'].map((page) => ['UPDATE visits SET n = n + 1 WHERE page = ?', [page]] as const),
  { type: 'counter' },
);
await lastValueFrom(counted);

const reserved = session.batch([
  ['INSERT INTO users (id, name) VALUES (?, ?) IF NOT EXISTS', [1, 'Eve']],
  ['UPDATE users SET mail = ? WHERE id = ?', ['eve@example.com', 1]],
]);
const answer = await lastValueFrom(reserved);
console.log(answer.wasApplied, answer.first()?.['name']); // false Ada

await lastValueFrom(session.execute('DROP KEYSPACE rxcql_queries'));
await lastValueFrom(session.close());
