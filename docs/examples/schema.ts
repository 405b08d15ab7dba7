// What a session knows of the schema: `CASSANDRA_CONTACT_POINTS=127.0.0.1:9042 npx tsx docs/examples/schema.ts`.
import { first, lastValueFrom, map, type Observable, timeout, timer } from 'rxjs';
import { createSession, type KeyspaceMetadata } from 'rxcql';

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');
const session = createSession({ contactPoints });
const run = (cql: string): Promise<unknown> => lastValueFrom(session.execute(cql));

await run("CREATE KEYSPACE rxcql_schema WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
await run(
  'CREATE TABLE rxcql_schema.orders (customer uuid, at timestamp, total decimal, PRIMARY KEY (customer, at)) ' +
    'WITH CLUSTERING ORDER BY (at DESC)',
);

const orders = session.metadata.keyspaces.get('rxcql_schema')?.tables.get('orders');
console.log(orders?.partitionKey.map(({ name }) => name)); // [ 'customer' ]
console.log(orders?.clusteringKey.map(({ name, order }) => `${name} ${order}`)); // [ 'at DESC' ]
console.log(orders?.columns.get('total')?.type); // decimal
console.log(orders?.options['gc_grace_seconds']); // 864000

/** A keyspace that was there before the session, as soon as the schema has been read. */
const keyspace = (name: string): Observable<KeyspaceMetadata> =>
  timer(0, 50).pipe(
    map(() => session.metadata.keyspaces.get(name)),
    first((known) => known !== undefined),
    timeout(10_000),
  );
console.log((await lastValueFrom(keyspace('system'))).tables.has('peers_v2')); // true

const before = session.metadata.keyspaces;
await run('ALTER TABLE rxcql_schema.orders ADD note text');
const after = session.metadata.keyspaces;
console.log(before.get('rxcql_schema')?.tables.get('orders')?.columns.has('note')); // false, as ever
console.log(after.get('rxcql_schema')?.tables.get('orders')?.columns.has('note')); // true

session.metadata.exportCql('rxcql_schema'); // the keyspace with everything in it
const cql = session.metadata.exportCql('rxcql_schema', 'orders'); // one table, with its indexes, triggers and views
console.log(cql.split('\n')[0]); // CREATE TABLE rxcql_schema.orders (

await run('DROP KEYSPACE rxcql_schema');
await lastValueFrom(session.close());
