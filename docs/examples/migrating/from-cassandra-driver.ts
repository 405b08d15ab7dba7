// What is in docs/migrating.md for those who come from the npm package cassandra-driver, as one program, which runs both drivers:
// `CASSANDRA_CONTACT_POINTS=127.0.0.1:9042 npx tsx docs/examples/migrating/from-cassandra-driver.ts`.
// It makes the keyspace `rxcql_from_cassandra_driver`, and drops it in the end.
import assert from 'node:assert/strict';
import { pipeline } from 'node:stream/promises';
import cassandra from 'cassandra-driver';
import { concatMap, count, lastValueFrom, map, tap, toArray } from 'rxjs';
import {
  allowList,
  constantReconnection,
  constantSpeculation,
  createSession,
  dcAware,
  executeConcurrent,
  exponentialReconnection,
  fallthroughRetry,
  iteratePages,
  iterateRows,
  monotonicTimestamps,
  roundRobin,
  tokenAware,
  toReadable,
} from 'rxcql';

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');
const localDataCenter = process.env['CASSANDRA_LOCAL_DC'] ?? 'datacenter1';
const keyspace = 'rxcql_from_cassandra_driver';

const setup = createSession({ contactPoints });
for (const statement of [
  `CREATE KEYSPACE IF NOT EXISTS ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
  `CREATE TABLE IF NOT EXISTS ${keyspace}.users (id int PRIMARY KEY, name text, mail text)`,
]) {
  await lastValueFrom(setup.execute(statement));
}
await lastValueFrom(setup.close());

interface User {
  readonly id: number;
  readonly name: string | null;
}

// --- Sessions

const client = new cassandra.Client({ contactPoints, localDataCenter, keyspace });
await client.connect();

const session = createSession({ contactPoints, localDataCenter, keyspace });
await lastValueFrom(session.connect());

assert.equal(session.keyspace, client.keyspace);

// --- Requests

const insert = 'INSERT INTO users (id, name, mail) VALUES (?, ?, ?)';
const select = 'SELECT id, name FROM users WHERE id = ?';

await client.execute(insert, [1, 'Ada', 'ada@example.com'], { prepare: true });
const there = await client.execute(select, [1], { prepare: true });

await lastValueFrom(session.execute(insert, [2, 'Grace', 'grace@example.com']));
const here = await lastValueFrom(session.execute<User>(select, [1]));

assert.deepEqual({ ...there.first() }, here.first());
assert.deepEqual([there.rowLength, there.rows.length], [here.rowCount, here.toArray().length]);
assert.equal(there.info.queriedHost, here.coordinator);
assert.equal(here.attempts, 1);
assert.deepEqual([here.warnings, here.tracingId], [[], undefined]);

await assert.rejects(client.execute(select, [404]), /Expected 4 or 0 byte int \(8\)/); // it takes 404 for a double
const nothing = await lastValueFrom(session.execute(select, [404]));
const nothingThere = await client.execute(select, [404], { prepare: true });
assert.deepEqual([nothingThere.first(), nothing.first()], [null, undefined]);
const none = await lastValueFrom(session.execute(insert, [3, undefined, null]));
assert.deepEqual([none.wasApplied, none.toArray()], [undefined, []]);

// --- Rows and pages

const all = 'SELECT id, name FROM users';
for (let id = 10; id < 40; id++) await lastValueFrom(session.execute(insert, [id, `user ${id}`, null]));

const rows: User[] = [];
for await (const row of iterateRows(session.query<User>(all))) rows.push(row);
const rowsThere: unknown[] = [];
for await (const row of await client.execute(all, [], { fetchSize: 10 })) rowsThere.push({ ...row });
assert.deepEqual(rows, rowsThere);

const pushed = session.query<User>(all, [], { pageSize: 10 }).pipe(
  concatMap((page) => page), // `eachRow()` with `autoPage`, and a stream, are this
  tap((row) => rowsThere.push(row)),
);
assert.equal(await lastValueFrom(pushed.pipe(count())), rows.length);

let streamed = 0;
await pipeline(toReadable(session.query<User>(all)), async (users: AsyncIterable<User>) => {
  for await (const user of users) if (user.id > 0) streamed++;
});
assert.equal(streamed, rows.length);

const page = await lastValueFrom(session.execute<User>(all, [], { pageSize: 10 }));
const second = await lastValueFrom(session.execute<User>(all, [], { pageSize: 10, pagingState: page.pagingState }));
const secondThere = await client.execute(all, [], { fetchSize: 10, pageState: page.pagingState! });
assert.deepEqual(second.toArray(), secondThere.rows.map((row) => ({ ...row }))); // prettier-ignore
const fromHex = Buffer.from((await client.execute(all, [], { fetchSize: 10 })).pageState, 'hex');
assert.deepEqual(fromHex, page.pagingState);

let pages = 0;
for await (const page of iteratePages(session.query<User>(all, [], { pageSize: 10 })))
  pages += Math.sign(page.rowCount);
assert.equal(pages, Math.ceil(rows.length / 10));

// --- Batches, and many statements

await client.batch([{ query: insert, params: [4, 'Alan', null] }], { prepare: true, logged: false });
await lastValueFrom(session.batch([[insert, [5, 'Edsger', null]]], { type: 'unlogged' }));

const values = [[6, 'Barbara', null], [7, 'John', null]]; // prettier-ignore
await cassandra.concurrent.executeConcurrent(client, insert, values, { concurrencyLevel: 50 });
const results = executeConcurrent(session, insert, values, { concurrency: 50, failFast: false });
assert.ok((await lastValueFrom(results.pipe(toArray()))).every(({ ok }) => ok));

// --- Options

const { nodes } = await lastValueFrom(session.health());
const everything = session.query(select, [1], {
  consistency: 'LOCAL_ONE',
  serialConsistency: 'SERIAL',
  pageSize: 100,
  timeout: 5_000,
  idempotent: true,
  tracing: true,
  timestamp: 1_700_000_000_000_000n,
  retry: fallthroughRetry(),
  node: nodes[0]!.node,
});
assert.equal((await lastValueFrom(everything.pipe(concatMap((page) => page.trace())))).events.length > 0, true);

const profiled = createSession({
  contactPoints,
  keyspace,
  timeout: 2_000,
  profiles: { report: { consistency: 'LOCAL_ONE', timeout: 60_000 } },
  port: 9042, // of contact points that name none
  protocolVersion: 4,
  connectTimeout: 5_000,
  connectionsPerNode: 2,
  maxRequestsPerConnection: 2_048,
  heartbeat: { idle: 30_000 },
  schemaMetadata: false,
  timestamps: false,
  addressTranslator: (address) => address,
  applicationName: 'shop',
  clientId: 'f47ac10b-58cc-4372-a567-0e02b2c3d479',
});
assert.equal((await lastValueFrom(profiled.execute(select, [1], { profile: 'report' }))).rowCount, 1);
await lastValueFrom(profiled.close());

// --- Policies

const near = tokenAware(dcAware({ localDataCenter: 'dc1' }));
const only = allowList(['10.0.0.1:9042'], near);
const policies = {
  loadBalancing: only,
  retry: fallthroughRetry(),
  speculation: constantSpeculation({ delay: 200, max: 2 }),
  reconnection: exponentialReconnection({ base: 1_000, max: 600_000 }),
  timestamps: monotonicTimestamps(),
};
assert.deepEqual([policies.loadBalancing, roundRobin(), constantReconnection({ delay: 1_000 })].map((policy) => typeof policy), ['function', 'function', 'function']); // prettier-ignore

// --- Nodes, events, numbers, the schema

session.events.subscribe((event) => {
  if (event.type === 'nodeDown') console.error(`${event.node.address} is down`);
});
session.topology.subscribe(({ nodes }) => assert.equal(nodes.length, client.hosts.length));
const { requests, errors, inFlight, latency } = session.metrics;
console.log(requests > 30, errors, inFlight, latency.percentile(99) > 0);
const state = client.getState();
for (const { node, connections } of session.metrics.nodes) {
  assert.equal(connections, state.getOpenConnections(client.hosts.get(node.address)));
}

const health = await lastValueFrom(session.health());
assert.ok(health.ok);

const changed = await lastValueFrom(session.execute('ALTER TABLE users ADD born date'));
assert.equal(changed.schemaInAgreement, true);
const users = session.metadata.keyspaces.get(keyspace)?.tables.get('users');
const usersThere = await client.metadata.getTable(keyspace, 'users');
assert.deepEqual(users?.partitionKey.map(({ name }) => name), usersThere.partitionKeys.map(({ name }) => name)); // prettier-ignore

const key = Buffer.alloc(4);
key.writeInt32BE(1);
const replicas = session.metadata.replicas(keyspace, key);
assert.deepEqual(replicas.map(({ address }) => address), client.getReplicas(keyspace, key).map(({ address }) => address)); // prettier-ignore

// --- Instead of the mapper

const repository = {
  get: (id: number) => session.execute<User>(select, [id]).pipe(map((page) => page.first())),
  save: (user: User) => session.execute('INSERT INTO users (id, name) VALUES (:id, :name)', user),
  remove: (id: number) => session.execute('DELETE FROM users WHERE id = ?', [id]),
  all: () => session.query<User>('SELECT id, name FROM users'),
};
await lastValueFrom(repository.save({ id: 8, name: 'Margaret' }));
assert.deepEqual(await lastValueFrom(repository.get(8)), { id: 8, name: 'Margaret' });
await lastValueFrom(repository.remove(8));
assert.equal(await lastValueFrom(repository.get(8)), undefined);
assert.ok((await lastValueFrom(repository.all().pipe(concatMap((page) => page), count()))) > 30); // prettier-ignore

await lastValueFrom(session.execute(`DROP KEYSPACE ${keyspace}`));
await client.shutdown();
await lastValueFrom(session.close());
console.log('as expected');
