// Write, read, change and delete: `CASSANDRA_CONTACT_POINTS=127.0.0.1:9042 npx tsx docs/examples/basic.ts`.
// It makes the keyspace `rxcql_basic`, and drops it in the end.
import { lastValueFrom } from 'rxjs';
import { createSession, type Page, type Params } from 'rxcql';

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');
const session = createSession({ contactPoints });
const run = (cql: string, params?: Params): Promise<Page> => lastValueFrom(session.execute(cql, params));

await run(
  "CREATE KEYSPACE IF NOT EXISTS rxcql_basic WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
);
await run('USE rxcql_basic');
await run('CREATE TABLE IF NOT EXISTS users (id int PRIMARY KEY, name text)');

await run('INSERT INTO users (id, name) VALUES (?, ?)', [1, 'Ada']);
console.log((await run('SELECT name FROM users WHERE id = ?', [1])).one()); // { name: 'Ada' }

await run('UPDATE users SET name = ? WHERE id = ?', ['Grace', 1]);
console.log((await run('SELECT name FROM users WHERE id = ?', [1])).one()); // { name: 'Grace' }

await run('DELETE FROM users WHERE id = ?', [1]);
console.log((await run('SELECT name FROM users WHERE id = ?', [1])).first()); // undefined

await run('DROP KEYSPACE rxcql_basic');
await lastValueFrom(session.close());
