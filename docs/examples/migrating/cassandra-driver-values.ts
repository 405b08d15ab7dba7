// The values of cassandra-driver and of rxcql, read from the same row:
// `CASSANDRA_CONTACT_POINTS=127.0.0.1:9042 npx tsx docs/examples/migrating/cassandra-driver-values.ts`.
// It makes the keyspace `rxcql_cassandra_driver_values`, and drops it in the end.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import cassandra from 'cassandra-driver';
import { lastValueFrom } from 'rxjs';
import { type Codec, createSession, Decimal, Duration } from 'rxcql';
import { v1 } from 'uuid';

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');
const localDataCenter = process.env['CASSANDRA_LOCAL_DC'] ?? 'datacenter1';
const keyspace = 'rxcql_cassandra_driver_values';

const session = createSession({ contactPoints });
for (const statement of [
  `CREATE KEYSPACE IF NOT EXISTS ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
  `USE ${keyspace}`,
  `CREATE TABLE IF NOT EXISTS kinds (id int PRIMARY KEY, big bigint, huge varint, price decimal, u uuid, tu timeuuid,
     at timestamp, day date, clock time, term duration, ip inet, raw blob, tags set<text>, marks map<text, int>, pair frozen<tuple<int, text>>)`,
]) {
  await lastValueFrom(session.execute(statement));
}
const client = new cassandra.Client({ contactPoints, localDataCenter, keyspace });

// --- What is read

const UUID = 'f47ac10b-58cc-4372-a567-0e02b2c3d479';
const TIMEUUID = '50554d6e-29bb-11e5-b345-feff819cdc9f';
await client.execute(
  'INSERT INTO kinds (id, big, huge, price, u, tu, at, day, clock, term, ip, raw, tags, marks, pair) ' +
    'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  [
    1,
    cassandra.types.Long.fromString('9007199254740993'),
    cassandra.types.Integer.fromString('123456789012345678901'),
    cassandra.types.BigDecimal.fromString('12.50'),
    cassandra.types.Uuid.fromString(UUID),
    cassandra.types.TimeUuid.fromString(TIMEUUID),
    new Date('2026-11-21T12:00:00Z'),
    cassandra.types.LocalDate.fromString('2026-11-21'),
    cassandra.types.LocalTime.fromString('12:30:00.000000001'),
    cassandra.types.Duration.fromString('1mo3d'),
    cassandra.types.InetAddress.fromString('::1'),
    Buffer.from('abc'),
    ['a', 'b'],
    { x: 1 },
    cassandra.types.Tuple.fromArray([7, 'x']),
  ],
  { prepare: true },
);
const kinds = (await lastValueFrom(session.execute('SELECT * FROM kinds WHERE id = 1'))).one();
const kindsThere = (await client.execute('SELECT * FROM kinds WHERE id = 1')).first();
for (const column of ['big', 'huge', 'price', 'u', 'tu', 'at', 'day', 'clock', 'ip']) {
  assert.equal(String(kinds[column]), String(kindsThere[column]));
}
assert.deepEqual([kinds['day'], kinds['clock']], ['2026-11-21', '12:30:00.000000001']);
assert.deepEqual([kinds['tags'], kinds['marks'], kinds['pair']], [new Set(['a', 'b']), new Map([['x', 1]]), [7, 'x']]); // prettier-ignore
assert.deepEqual([kindsThere['tags'], kindsThere['marks']], [['a', 'b'], { x: 1 }]);

// --- What is made

const made = await lastValueFrom(
  session.execute('INSERT INTO kinds (id, u, tu, big, price, term) VALUES (?, ?, ?, ?, ?, ?)', [
    2,
    randomUUID(),
    v1(),
    9007199254740993n,
    Decimal.from('12.50'),
    Duration.parse('P1M3D'),
  ]),
);
assert.equal(made.rowCount, 0);
const since = 'SELECT id FROM kinds WHERE tu > min_timeuuid(?) ALLOW FILTERING';
assert.equal((await lastValueFrom(session.execute(since, [new Date('2020-01-01')]))).rowCount, 1);

const uuids: Codec = {
  type: 'uuid',
  decode: (text: string) => cassandra.types.Uuid.fromString(text),
  encode: (uuid: cassandra.types.Uuid) => uuid.toString(),
};
const asBefore = createSession({
  contactPoints,
  keyspace,
  int64: 'long',
  set: 'array',
  map: 'object',
  codecs: [uuids],
});
const before = (await lastValueFrom(asBefore.execute('SELECT big, tags, u FROM kinds WHERE id = 1'))).one();
assert.ok((kindsThere['big'] as cassandra.types.Long).equals(before['big'] as cassandra.types.Long));
assert.deepEqual(before['tags'], kindsThere['tags']);
assert.ok((kindsThere['u'] as cassandra.types.Uuid).equals(before['u'] as cassandra.types.Uuid));
await lastValueFrom(asBefore.close());

await lastValueFrom(session.execute(`DROP KEYSPACE ${keyspace}`));
await client.shutdown();
await lastValueFrom(session.close());
console.log('as expected');
