// Records what a real Cassandra answers, for `corpus.ts`:
//
//   npm run cassandra -- --host 127.0.0.71 --authentication
//   npx tsx test/fuzz/capture.ts 127.0.0.71 > test/fuzz/corpus.txt
//
// One envelope a line: the protocol version, a name, and the bytes in base64.
import { filter, firstValueFrom, Subject, tap } from 'rxjs';
import { type Envelope, EnvelopeFlag, HEADER_LENGTH, Opcode, type ProtocolVersion } from '../../src/codec/envelope.js';
import { executeIds, writeExecute, writePrepare, writeQuery, writeRegister } from '../../src/codec/requests.js';
import type { QueryParameters } from '../../src/codec/parameters.js';
import { type PreparedResult, readResponse } from '../../src/codec/responses.js';
import type { Writer } from '../../src/codec/writer.js';
import { loginOf } from '../../src/session/auth-options.js';
import { connect } from '../../src/wire/connect.js';
import type { Connection } from '../../src/wire/connection.js';
import type { InFlight } from '../../src/wire/in-flight.js';
import { decodeEnvelopes } from '../../src/wire/framing.js';
import { tcp } from '../../src/wire/socket.js';
import { connectOptions } from '../support/wire.js';

const KEYSPACE = 'fuzz';
const ALL_TYPES = `id int PRIMARY KEY, a ascii, b bigint, bl blob, bo boolean, d date, de decimal, dou double, du duration, f float,
  i inet, si smallint, t text, ti time, ts timestamp, tu timeuuid, tin tinyint, u uuid, v varint, l list<int>, s set<text>,
  m map<text, int>, tup tuple<int, text, tuple<uuid, blob>>, ad address, ads list<frozen<address>>,
  n list<frozen<map<int, frozen<set<text>>>>>, vf vector<float, 3>, vt vector<text, 2>, vv vector<frozen<list<int>>, 2>,
  mu map<uuid, frozen<tuple<inet, duration>>>, "__proto__" int, "Quoted ""name""" text,
  custom 'org.apache.cassandra.db.marshal.EmptyType'`;

const row = (
  id: number,
): string => `INSERT INTO all_types (id, a, b, bl, bo, d, de, dou, du, f, i, si, t, ti, ts, tu, tin, u, v, l, s,
  m, tup, ad, ads, n, vf, vt, vv, mu, "__proto__", "Quoted ""name""") VALUES (${id}, 'ascii ${id}', ${-(2n ** 63n)}, 0x00ff${'ab'.repeat(id)},
  ${id % 2 === 0}, '2024-02-29', -12345678901234567890.0987654321, 3.14159, 1y2mo3d4h5m6s7ms8us9ns, -1.5, '2001:db8::${id}', -32768,
  'tëxt 東京 ${'x'.repeat(id * 10)}', '13:37:00.123456789', '2026-11-21T12:34:56.789Z', 50554d6e-29bb-11e5-b345-feff819cdc9f, -128,
  9b5ad4f0-3a1e-4b0c-9c53-0f1d2e3a4b5c, ${-(7n ** 60n)}, [1, -2, 3], {'a', 'b', ''}, {'one': 1, '__proto__': 2},
  (1, null, (9b5ad4f0-3a1e-4b0c-9c53-0f1d2e3a4b5c, 0xff)), {street: 'Main', number: ${id}, tags: {'x'}},
  [{street: 'A', number: 1}, {street: null}], [{1: {'a', 'b'}}, {}], [1.5, -0.0, 1e30], ['a', ''], [[1], []],
  {9b5ad4f0-3a1e-4b0c-9c53-0f1d2e3a4b5c: ('127.0.0.1', 2mo)}, 1, 'q')`;

class Recorder {
  private readonly seen = new Set<string>();
  private readonly version: ProtocolVersion;
  private readonly envelopes = new Subject<Envelope>();
  private name = 'handshake';
  private connection!: Connection;

  constructor(version: ProtocolVersion) {
    this.version = version;
  }

  /** Connects through a socket that is listened to, so that the handshake and events are recorded too. */
  async open(host: string): Promise<() => void> {
    const login = loginOf({ username: 'cassandra', password: 'cassandra', required: true });
    const received = new Subject<Uint8Array>();
    const opened = new Subject<Connection>();
    const subscription = connect(
      { host, port: 9042 },
      {
        ...connectOptions({
          login,
          protocolVersion: this.version,
          connectTimeout: 10_000,
          handshakeTimeout: 10_000,
        }),
        socket: (endpoint, options) => (outgoing) =>
          tcp(endpoint, options)(outgoing).pipe(tap((bytes) => received.next(bytes))),
      },
    ).subscribe(opened);
    const framing = { segmented: false, compression: undefined };
    received
      .pipe(decodeEnvelopes(framing, { maxBodyLength: 1 << 26, accepts: (version) => version === this.version }))
      .subscribe((envelope) => {
        if (this.version === 5 && envelope.opcode === Opcode.AUTHENTICATE) framing.segmented = true;
        this.print(envelope);
        this.envelopes.next(envelope);
      });
    this.connection = await firstValueFrom(opened);
    return () => subscription.unsubscribe();
  }

  ask(name: string, opcode: number, body: (writer: Writer) => void, flags = 0): Promise<Envelope> {
    this.name = name;
    const { connection } = this;
    return new Promise((resolve, reject) => {
      const request: InFlight = {
        opcode,
        flags,
        streamId: 0,
        isQueued: false,
        takesPlace: true,
        expiresAt: Infinity,
        message: connection.encode(body),
        onResponse: resolve,
        onFailure: reject,
        onTimeout: () => reject(new Error('No answer.')),
      };
      connection.submit(request);
    });
  }

  query(name: string, cql: string, flags = 0, parameters: Partial<QueryParameters> = {}): Promise<Envelope> {
    return this.ask(
      name,
      Opcode.QUERY,
      (writer) => writeQuery(writer, this.version, cql, { consistency: 1, ...parameters }),
      flags,
    );
  }

  async prepare(name: string, cql: string): Promise<PreparedResult> {
    return readResponse(
      await this.ask(name, Opcode.PREPARE, (writer) => writePrepare(writer, this.version, cql)),
    ) as PreparedResult;
  }

  event(type: string): Promise<Envelope> {
    const isIt = (envelope: Envelope): boolean =>
      envelope.opcode === Opcode.EVENT && envelope.buffer.includes(type, envelope.start);
    return firstValueFrom(this.envelopes.pipe(filter(isIt)));
  }

  private print({ opcode, buffer, start, end }: Envelope): void {
    const bytes = Buffer.from(buffer.subarray(start - HEADER_LENGTH, end));
    bytes.writeInt16BE(opcode === Opcode.EVENT ? -1 : 1, 2);
    const text = bytes.toString('base64');
    // The hundredth "void" is like the first.
    if (this.seen.has(text)) return;
    this.seen.add(text);
    console.log(`${this.version} ${opcode === Opcode.EVENT ? 'event' : this.name} ${text}`);
  }
}

async function record(host: string, version: ProtocolVersion): Promise<void> {
  const recorder = new Recorder(version);
  const query = recorder.query.bind(recorder);
  const close = await recorder.open(host);
  await recorder.ask('ready', Opcode.REGISTER, (writer) =>
    writeRegister(writer, ['TOPOLOGY_CHANGE', 'STATUS_CHANGE', 'SCHEMA_CHANGE']),
  );
  await query('drop-keyspace', `DROP KEYSPACE IF EXISTS ${KEYSPACE}`);
  const changed = recorder.event('KEYSPACE');
  await query(
    'create-keyspace',
    `CREATE KEYSPACE ${KEYSPACE} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
  );
  await changed;
  await query('use', `USE ${KEYSPACE}`);
  await query('create-type', 'CREATE TYPE address (street text, number int, tags frozen<set<text>>)');
  await query('create-table', `CREATE TABLE all_types (${ALL_TYPES})`);
  await query('counters', 'CREATE TABLE counters (id int PRIMARY KEY, n counter)');
  await query(
    'create-wide',
    'CREATE TABLE wide (pk int, ck int, v text, primary key (pk, ck)) WITH CLUSTERING ORDER BY (ck DESC)',
  );
  await query('count', 'UPDATE counters SET n = n + 3 WHERE id = 1');
  for (let id = 1; id <= 3; id++) await query('insert', row(id));
  await query('insert', 'INSERT INTO all_types (id) VALUES (9)');
  for (let ck = 0; ck < 100; ck++)
    await query('insert', `INSERT INTO wide (pk, ck, v) VALUES (1, ${ck}, 'value ${ck}')`);

  await query('all-types', 'SELECT * FROM all_types');
  await query('json', 'SELECT JSON * FROM all_types WHERE id = 1');
  await query('counter', 'SELECT * FROM counters');
  await query('local', 'SELECT * FROM system.local');
  await query('peers', 'SELECT * FROM system.peers_v2');
  await query(
    'columns',
    `SELECT * FROM system_schema.columns WHERE keyspace_name = '${KEYSPACE}' AND table_name = 'all_types'`,
  );
  await query('tables', `SELECT * FROM system_schema.tables WHERE keyspace_name = '${KEYSPACE}'`);
  await query('types', `SELECT * FROM system_schema.types WHERE keyspace_name = '${KEYSPACE}'`);
  await query('warning', 'SELECT count(*), max(v), avg(ck) FROM wide');
  await query('tracing', 'SELECT writetime(v), ttl(v) FROM wide WHERE pk = 1 AND ck = 1', EnvelopeFlag.TRACING);
  await query('tracing-warning', 'SELECT count(*) FROM wide', EnvelopeFlag.TRACING);
  await query('conditional', "INSERT INTO wide (pk, ck, v) VALUES (1, 1, 'x') IF NOT EXISTS", 0, {
    serialConsistency: 8,
  });
  let pagingState: Uint8Array | undefined;
  do {
    const page = readResponse(await query('page', 'SELECT * FROM wide', 0, { pageSize: 40, pagingState }));
    pagingState = page.kind === 'rows' ? page.pagingState : undefined;
  } while (pagingState !== undefined);

  await recorder.prepare('prepared-insert', 'INSERT INTO wide (pk, ck, v) VALUES (?, ?, ?)');
  await recorder.prepare('prepared-no-key', 'SELECT * FROM wide WHERE ck = :ck AND v = :v ALLOW FILTERING');
  await recorder.prepare('prepared-types', 'SELECT * FROM all_types WHERE id = ?');
  const { id, metadataId } = await recorder.prepare('prepared-wide', 'SELECT * FROM wide LIMIT 20');
  const execute = (
    name: string,
    what: Uint8Array,
    metadata: Uint8Array | undefined,
    skipMetadata: boolean,
  ): Promise<Envelope> =>
    recorder.ask(name, Opcode.EXECUTE, (writer) =>
      writeExecute(writer, version, executeIds(what, metadata, version === 5), { consistency: 1, skipMetadata }),
    );
  await execute('execute', id, metadataId, false);
  await execute('no-metadata', id, metadataId, true);
  await execute('metadata-changed', id, Buffer.alloc(16, 7), true);
  await execute('unprepared', Buffer.alloc(16, 1), Buffer.alloc(16, 2), false);

  await query('syntax-error', 'SELECT * FORM x');
  await query('invalid', 'SELECT nothing FROM wide');
  await query('already-exists', 'CREATE TABLE wide (pk int PRIMARY KEY)');
  await query(
    'already-exists',
    `CREATE KEYSPACE ${KEYSPACE} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
  );
  await query('config-error', "CREATE KEYSPACE bad WITH replication = {'class': 'Nonsense'}");
  await query('unavailable', 'SELECT * FROM wide', 0, { consistency: 2 });
  await query(
    'function-error',
    'CREATE FUNCTION f(x int) CALLED ON NULL INPUT RETURNS int LANGUAGE java AS $$ return 1; $$',
  );
  await query('truncate', 'TRUNCATE counters');
  await query('drop-type', 'DROP TABLE all_types');
  await query('drop-type', 'DROP TYPE address');
  const dropped = recorder.event('DROPPED');
  await query('drop-keyspace', `DROP KEYSPACE ${KEYSPACE}`);
  await dropped;
  close();
}

const host = process.argv[2];
if (host === undefined) throw new Error('Usage: npx tsx test/fuzz/capture.ts <host>');
for (const version of [4, 5] as const) await record(host, version);
