import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type CqlRequest, cql, cqlServer, error, rows, when } from 'rxcql/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { pythonEnvironment } from '../support/python-environment.js';
import { run } from '../support/running.js';

// A driver of another language, which nobody can have written against ours, reads what the server of the testing kit says.

const exec = promisify(execFile);
const program = fileURLToPath(new URL('python-driver.py', import.meta.url));

let python: string;

const columns = {
  id: 'uuid',
  name: 'text',
  tags: 'set<text>',
  scores: 'map<text, bigint>',
  since: 'timestamp',
  price: 'decimal',
  pair: 'tuple<int, text>',
  text: 'text',
};
const user = {
  id: 'f47ac10b-58cc-4372-a567-0e02b2c3d479',
  name: 'Ada',
  tags: ['b', 'a'],
  scores: { x: 9007199254740993n },
  since: new Date('2026-11-21T12:00:00Z'),
  price: '12.50',
  pair: [7, null],
  // More than a segment, and worth compressing.
  text: 'all work and no play '.repeat(20_000),
};
const rules = [
  when(cql(/^SELECT \* FROM shop\.users/)).reply(
    rows(columns, [user], { keyspace: 'shop', table: 'users', parameters: { id: 'uuid' }, partitionKey: ['id'] }),
  ),
  when(cql('SELECT n FROM pages').and(({ pagingState }) => pagingState === undefined)).reply(
    rows({ n: 'int' }, [[1], [2]], { pagingState: 'p2' }),
  ),
  when(cql('SELECT n FROM pages')).reply(rows({ n: 'int' }, [[3]])),
  when(cql('SELECT fail')).reply(error('Unavailable', { consistency: 'QUORUM', required: 2, alive: 1 })),
];

const read = {
  id: user.id,
  name: 'Ada',
  tags: ['a', 'b'],
  since: '2026-11-21T12:00:00',
  price: '12.50',
  pair: [7, null],
  length: user.text.length,
};

describe("Python's cassandra-driver", () => {
  beforeAll(async () => {
    python = await pythonEnvironment();
  }, 300_000);

  it.each([
    ['finds out that v5 is spoken', 0, 'plain', {}, 5],
    ['finds out that only v4 is', 0, 'plain', { protocolVersions: [4] }, 4],
    ['speaks v4', 4, 'plain', {}, 4],
    ['speaks v4, compressed', 4, 'lz4', { compression: 'lz4' }, 4],
    ['speaks v5, compressed', 5, 'lz4', { compression: 'lz4' }, 5],
  ] as const)('%s, and understands everything', async (_, asked, compression, options, version) => {
    const { value: server, stop } = await run(
      cqlServer(rules, {
        ...options,
        authentication: { username: 'ada', password: 'sesame' },
        nodes: [{ host: '127.0.0.1' }, { host: '127.0.0.2', rack: 'r2' }],
        tables: { 'system_schema.keyspaces': [{ keyspace_name: 'shop', durable_writes: true, replication: STRATEGY }] },
      }),
    );
    try {
      const { stdout } = await exec(python, [program, String(server.port), String(asked), compression]);
      expect(JSON.parse(stdout)).toMatchObject({
        version,
        hosts: ['127.0.0.1', '127.0.0.2'],
        keyspaces: ['shop'],
        first: read,
        again: read,
        plain: 'Ada',
        pages: [1, 2, 3],
        error: [2, 1],
      });
      const seen: CqlRequest[] = [];
      server.requests.subscribe((request) => seen.push(request)).unsubscribe();
      expect(seen.filter((request) => request.opcode === 'BATCH')).toMatchObject([
        { statements: [{ cql: 'INSERT INTO t (id, v) VALUES (?, ?)', values: ['c', 'd'] }] },
      ]);
      const startups = seen.filter((request) => request.opcode === 'STARTUP' && request.version === version);
      expect(startups.map((request) => request.options?.get('COMPRESSION'))).toContain(
        compression === 'lz4' ? 'lz4' : undefined,
      );
    } finally {
      stop();
    }
  });
});

const STRATEGY = { class: 'org.apache.cassandra.locator.SimpleStrategy', replication_factor: '1' };
