import { Client, errors, type Host, policies, types } from 'cassandra-driver';
import {
  cql,
  type CqlRequest,
  type CqlServer,
  cqlServer,
  error,
  event,
  opcode,
  rows,
  times,
  when,
} from 'rxcql/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { run } from '../../support/running.js';

// The driver that most programs for Node use, which knows nothing of ours: what it understands is understood.

const SELECT = 'SELECT * FROM shop.users WHERE id = ?';
const user = {
  id: 'f47ac10b-58cc-4372-a567-0e02b2c3d479',
  name: 'Ada',
  tags: ['a', 'b'],
  scores: new Map([['x', 9007199254740993n]]),
  since: new Date(1_700_000_000_000),
  price: '12.50',
  home: { street: 'Main Street', zip: 1 },
  pair: [7, null],
};
const columns = {
  id: 'uuid',
  name: 'text',
  tags: 'set<text>',
  scores: 'map<text, bigint>',
  since: 'timestamp',
  price: 'decimal',
  home: 'frozen<address>',
  pair: 'tuple<int, text>',
};

const rules = [
  when(cql(SELECT)).reply(
    rows(columns, [user], {
      keyspace: 'shop',
      table: 'users',
      types: { address: { street: 'text', zip: 'int' } },
      parameters: { id: 'uuid' },
    }),
  ),
  when(cql('SELECT n FROM pages').and(({ pagingState }) => pagingState === undefined)).reply(
    rows({ n: 'int' }, [[1], [2]], { pagingState: 'p2' }),
  ),
  when(cql('SELECT n FROM pages').and(({ pagingState }) => pagingState?.toString() === 'p2')).reply(
    rows({ n: 'int' }, [[3]]),
  ),
  when(cql('SELECT fail').and(times(1))).reply(error('Unavailable', { consistency: 'QUORUM', required: 2, alive: 1 })),
  when(cql('SELECT fail')).reply(error('SyntaxError', { message: 'line 1' })),
];

describe('cassandra-driver', () => {
  let server: CqlServer;
  let client: Client;
  const cleanups: (() => unknown)[] = [];

  beforeAll(async () => {
    const nodes = [{ host: '127.0.0.1' }, { host: '127.0.0.2', rack: 'r2', listens: false }];
    const authentication = { username: 'ada', password: 'sesame' };
    const { value, stop } = await run(cqlServer(rules, { nodes, authentication }));
    server = value;
    client = new Client({
      contactPoints: [server.contactPoint],
      localDataCenter: 'datacenter1',
      credentials: authentication,
      policies: { retry: new policies.retry.FallthroughRetryPolicy() },
    });
    cleanups.push(stop, () => client.shutdown());
    await client.connect();
  });
  afterAll(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
  });

  const seen = (): CqlRequest[] => {
    const requests: CqlRequest[] = [];
    server.requests.subscribe((request) => requests.push(request)).unsubscribe();
    return requests;
  };

  it('connects, logs in, and finds the nodes', () => {
    const hosts = client.hosts.values();
    expect(hosts.map(({ address, rack, datacenter }: Host) => `${address} ${datacenter} ${rack}`).sort()).toEqual([
      `127.0.0.1:${server.port} datacenter1 rack1`,
      '127.0.0.2:9042 datacenter1 r2',
    ]);
    expect(hosts[0]!.cassandraVersion).toBe('5.0.5');
    expect(seen().map((request) => request.opcode)).toContain('REGISTER');
  });

  it.each([true, false])('reads values (prepared: %s)', async (prepare) => {
    const id = types.Uuid.fromString(user.id);
    const { rows: found } = await client.execute(SELECT, [id], { prepare });
    const [row] = found;
    expect(found.length).toBe(1);
    expect(['id', 'price'].map((name) => String(row![name]))).toEqual([user.id, '12.50']);
    expect(String((row!['scores'] as { x: unknown }).x)).toBe('9007199254740993');
    expect((row!['pair'] as types.Tuple).values()).toEqual([7, null]);
    const { name, tags, since, home } = row!;
    expect({ name, tags, since, home: { ...home } }).toEqual({
      name: user.name,
      tags: user.tags,
      since: user.since,
      home: user.home,
    });
    const last = seen().at(-1)!;
    expect(last).toMatchObject({ opcode: prepare ? 'EXECUTE' : 'QUERY', cql: SELECT });
    expect(last.values).toEqual([prepare ? user.id : id.getBuffer()]);
  });

  it('writes, in batches too', async () => {
    const INSERT = 'INSERT INTO t (id, v) VALUES (?, ?)';
    await client.execute(INSERT, ['a', 'b'], { prepare: true });
    await client.batch([{ query: INSERT, params: ['c', 'd'] }], { prepare: true });
    await client.batch([`DELETE FROM t WHERE id = 'x'`], { logged: false });
    expect(seen().slice(-3)).toMatchObject([
      { opcode: 'EXECUTE', values: ['a', 'b'] },
      { opcode: 'BATCH', statements: [{ cql: INSERT, values: ['c', 'd'] }] },
      { opcode: 'BATCH', batchType: 'unlogged', statements: [{ cql: `DELETE FROM t WHERE id = 'x'` }] },
    ]);
  });

  it('follows pages', async () => {
    const found: unknown[] = [];
    const stream = client.stream('SELECT n FROM pages', [], { autoPage: true }) as unknown as AsyncIterable<types.Row>;
    for await (const row of stream) found.push(row['n']);
    expect(found).toEqual([1, 2, 3]);
  });

  it('understands errors', async () => {
    const failures = [];
    for (let i = 0; i < 2; i++) {
      failures.push(await client.execute('SELECT fail').catch((reason: unknown) => reason));
    }
    expect(failures[0]).toBeInstanceOf(errors.ResponseError);
    expect(failures).toMatchObject([
      {
        code: types.responseErrorCodes.unavailableException,
        required: 2,
        alive: 1,
      },
      { code: types.responseErrorCodes.syntaxError, message: 'line 1' },
    ]);
  });

  it('prepares again what was forgotten', async () => {
    await client.execute('INSERT INTO t (v) VALUES (?)', ['x'], { prepare: true });
    server.forgetStatements();
    await client.execute('INSERT INTO t (v) VALUES (?)', ['y'], { prepare: true });
    expect(
      seen()
        .slice(-3)
        .map((request) => request.opcode),
    ).toEqual(['EXECUTE', 'PREPARE', 'EXECUTE']);
  });

  it('hears of nodes, and asks about them', async () => {
    const asked = () => seen().filter((request) => request.cql?.includes('system.peers') === true).length;
    const before = asked();
    server.push(event.added('127.0.0.3:9042'));
    await vi.waitUntil(() => asked() > before, { timeout: 5_000 });
  });

  it('comes down to what a server speaks', async () => {
    const { value, stop } = await run(
      cqlServer([when(opcode('QUERY').and(cql('one'))).reply(rows({ v: 'int' }, [[1]]))], { protocolVersions: [4] }),
    );
    const other = new Client({ contactPoints: [value.contactPoint], localDataCenter: 'datacenter1' });
    await other.connect();
    expect((await other.execute('one')).first()['v']).toBe(1);
    await other.shutdown();
    stop();
  });
});
