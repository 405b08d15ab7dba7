// What is in docs/migrating.md for those who come from Python's cassandra-driver, as one program:
// `CASSANDRA_CONTACT_POINTS=127.0.0.1:9042 npx tsx docs/examples/migrating/from-python.ts`.
// It makes the keyspace `rxcql_from_python`, and drops it in the end.
import assert from 'node:assert/strict';
import { concatMap, lastValueFrom, toArray } from 'rxjs';
import {
  allowList,
  BindError,
  constantReconnection,
  constantSpeculation,
  createSession,
  dcAware,
  Decimal,
  Duration,
  exponentialReconnection,
  fallthroughRetry,
  hostFilter,
  iterateRows,
  ResponseError,
  roundRobin,
  tokenAware,
} from 'rxcql';

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');

const setup = createSession({ contactPoints });
await lastValueFrom(
  setup.execute(
    "CREATE KEYSPACE IF NOT EXISTS rxcql_from_python WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
  ),
);
await lastValueFrom(setup.close());

// --- Sessions

const session = createSession({ contactPoints, keyspace: 'rxcql_from_python' });
await lastValueFrom(session.connect());
await lastValueFrom(session.execute('USE rxcql_from_python'));
await lastValueFrom(session.execute('CREATE TABLE IF NOT EXISTS users (id int PRIMARY KEY, name text, mail text)'));

// --- Requests

interface User {
  readonly id: number;
  readonly name: string | null;
}

const insert = 'INSERT INTO users (id, name, mail) VALUES (?, ?, ?)';
const select = 'SELECT id, name FROM users WHERE id = ?';

await lastValueFrom(session.execute(insert, [1, 'Ada', null])); // prepared by itself
await lastValueFrom(session.execute(insert, { id: 2, name: 'Grace', mail: undefined }));
const short = await lastValueFrom(session.execute(insert, [3, 'Alan'])).catch((error: unknown) => error);
assert.ok(short instanceof BindError);

const page = await lastValueFrom(session.execute<User>(select, [1]));
assert.deepEqual(page.first(), { id: 1, name: 'Ada' });
assert.deepEqual(page.toArray(), [{ id: 1, name: 'Ada' }]);
assert.deepEqual([page.hasMorePages, page.pagingState, page.wasApplied], [false, undefined, undefined]);

const tuples = await lastValueFrom(session.execute<[number, string]>(select, [1], { rows: 'array' }));
assert.deepEqual(tuples.one(), [1, 'Ada']);

const users = session.query<User>('SELECT id, name FROM users WHERE id IN ?', [[1, 2]], { pageSize: 1 });
for await (const user of iterateRows(users)) assert.ok(user.name);
const all = await lastValueFrom(users.pipe(concatMap((page) => page), toArray())); // prettier-ignore
assert.equal(all.length, 2);

const careful = session.execute(select, [1], {
  consistency: 'ONE',
  serialConsistency: 'SERIAL',
  pageSize: 100,
  timeout: 5_000,
  idempotent: true,
  retry: fallthroughRetry(),
  tracing: true,
  customPayload: { key: Buffer.from('value') },
  node: contactPoints[0]!,
});
const trace = await lastValueFrom(careful.pipe(concatMap((page) => page.trace())));
assert.ok(trace.events.length > 0);

const both = session.batch([[insert, [4, 'Edsger', null]], [insert, [5, 'Barbara', null]]], { type: 'unlogged' }); // prettier-ignore
await lastValueFrom(both);

const taken = await lastValueFrom(session.execute(`${insert} IF NOT EXISTS`, [1, 'Eve', null]));
assert.deepEqual([taken.wasApplied, taken.first()?.['name']], [false, 'Ada']);

const profiled = createSession({
  contactPoints,
  keyspace: 'rxcql_from_python',
  profiles: { report: { consistency: 'LOCAL_ONE', timeout: 60_000, rows: 'array' } },
  pageSize: 1_000,
  timeout: 10_000,
  port: 9042, // of contact points that name none
  protocolVersion: 4,
  compression: 'lz4',
  connectTimeout: 5_000,
  heartbeat: { idle: 30_000 },
  schemaMetadata: false,
  timestamps: false,
  addressTranslator: (address) => address,
});
assert.deepEqual((await lastValueFrom(profiled.execute(select, [1], { profile: 'report' }))).one(), [1, 'Ada']);
await lastValueFrom(profiled.close());

// --- Values

const values = await lastValueFrom(
  session.execute(
    `SELECT (bigint) ? AS big, (varint) ? AS huge, (decimal) ? AS price, (uuid) ? AS id, (timestamp) ? AS at, (date) ? AS day,
       (time) ? AS clock, (duration) ? AS term, (inet) ? AS ip, (blob) ? AS raw, (set<int>) ? AS tags, (map<text, int>) ? AS marks
     FROM system.local`,
    [
      2n ** 53n,
      10n ** 30n,
      '12.50',
      'f47ac10b-58cc-4372-a567-0e02b2c3d479',
      new Date('2026-11-21T12:00:00Z'),
      '2026-11-21',
      '12:30:00.000000001',
      '1mo3d',
      '::1',
      Buffer.from('abc'),
      [2, 1],
      { x: 1 },
    ],
  ),
);
assert.deepEqual(values.one(), {
  big: 9007199254740992n,
  huge: 10n ** 30n,
  price: Decimal.from('12.50'),
  id: 'f47ac10b-58cc-4372-a567-0e02b2c3d479',
  at: new Date('2026-11-21T12:00:00Z'),
  day: '2026-11-21',
  clock: '12:30:00.000000001',
  term: Duration.parse('P1M3D'),
  ip: '::1',
  raw: Buffer.from('abc'),
  tags: new Set([1, 2]),
  marks: new Map([['x', 1]]),
});

// --- Errors

const invalid = await lastValueFrom(session.execute('SELECT nickname FROM users')).catch((error: unknown) => error);
assert.ok(invalid instanceof ResponseError && invalid.kind === 'Invalid');
const wrong = await lastValueFrom(session.execute('SELEKT')).catch((error: unknown) => error);
assert.ok(wrong instanceof ResponseError && wrong.kind === 'SyntaxError');

// --- Policies

const policies = {
  loadBalancing: tokenAware(dcAware({ localDataCenter: 'dc1', remoteNodes: 1 })),
  retry: fallthroughRetry(),
  speculation: constantSpeculation({ delay: 50, max: 1 }),
  reconnection: exponentialReconnection({ base: 1_000, max: 600_000 }),
};
const others = [
  roundRobin(),
  allowList(['10.0.0.1:9042']),
  hostFilter(({ rack }) => rack === 'a', dcAware()),
  constantReconnection({ delay: 1_000 }),
];
assert.equal([...Object.values(policies), ...others].every((policy) => typeof policy === 'function'), true); // prettier-ignore

// --- The cluster

session.events.subscribe((event) => {
  if (event.type === 'nodeUp' || event.type === 'nodeDown') console.log(event.type, event.node.address);
});
session.topology.subscribe(({ nodes }) => assert.ok(nodes.every(({ isUp }) => isUp)));
const table = session.metadata.keyspaces.get('rxcql_from_python')?.tables.get('users');
assert.deepEqual([...table!.columns.keys()].sort(), ['id', 'mail', 'name']);
assert.match(session.metadata.exportCql('rxcql_from_python', 'users'), /^CREATE TABLE rxcql_from_python\.users/);
const replicas = session.metadata.replicas('rxcql_from_python', Buffer.from([0, 0, 0, 1]));
assert.equal(replicas.length, 1);
const { latency, errors, retries, connections } = session.metrics;
console.log(latency.count > 10, errors, retries, connections > 0);

const changed = await lastValueFrom(session.execute('ALTER TABLE users ADD born date'));
assert.equal(changed.schemaInAgreement, true);

await lastValueFrom(session.execute('DROP KEYSPACE rxcql_from_python'));
await lastValueFrom(session.close());
console.log('as expected');
