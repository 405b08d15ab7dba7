import fc from 'fast-check';
import { concatMap, from, lastValueFrom, mergeMap, toArray } from 'rxjs';
import { createSession, Decimal, type Page, type Row, type Session } from 'rxcql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Partitioner, Token } from '../../src/codec/partitioner.js';
import { partitionerOf } from '../../src/codec/partitioner-of.js';
import { writeExecute } from '../../src/codec/requests.js';
import { routingKeyOfValues, startOfValues } from '../../src/codec/routing-key.js';
import { type Slice, Writer } from '../../src/codec/writer.js';
import { bindPrepared } from '../../src/session/bind.js';
import { PreparedStatement } from '../../src/session/prepared.js';
import { sharedNode } from './shared-node.js';

// The server has its own word for where a partition lies: `token(…)`. What the driver computes from the bytes that it sends
// has to be the same, whichever partitioner the cluster has; a request would go to the wrong replicas otherwise.

const KEYSPACE = 'rxcql_test_tokens';
const EACH = 300;

const signed = (bits: bigint): fc.Arbitrary<bigint> => fc.bigInt(-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n);
const text = fc.string({ unit: 'binary', maxLength: 50 });
const address = fc.oneof(fc.ipV4(), fc.ipV6());

/** Values for components of a partition key, by their types. */
const VALUES = {
  ascii: fc.string({ unit: 'binary-ascii', minLength: 1 }),
  bigint: signed(64n),
  blob: fc.uint8Array({ minLength: 1, maxLength: 64 }),
  boolean: fc.boolean(),
  date: fc.date({ noInvalidDate: true }),
  decimal: fc.tuple(signed(100n), fc.integer({ min: -50, max: 50 })).map(([n, scale]) => new Decimal(n, scale)),
  double: fc.double(),
  float: fc.float(),
  inet: address,
  int: fc.integer(),
  smallint: fc.integer({ min: -0x8000, max: 0x7fff }),
  text,
  time: fc.bigInt(0n, 86_399_999_999_999n),
  timestamp: fc.date({ noInvalidDate: true }),
  timeuuid: fc.uuid({ version: 1 }),
  tinyint: fc.integer({ min: -0x80, max: 0x7f }),
  uuid: fc.uuid(),
  varint: signed(200n),
  'frozen<list<int>>': fc.array(fc.integer()),
  'frozen<tuple<int, text, boolean>>': fc.tuple(fc.integer(), text, fc.option(fc.boolean())),
  'frozen<place>': fc.record({ name: text, at: fc.option(address), visits: signed(64n) }),
} satisfies Record<string, fc.Arbitrary<unknown>>;

type Type = keyof typeof VALUES;

const COMPOSITE: readonly (readonly Type[])[] = [
  ['int', 'text'],
  ['text', 'blob', 'boolean'],
  ['uuid', 'frozen<list<int>>', 'decimal', 'inet'],
];

/** Keys of these types; a key of one component may not be an empty text. */
function keysOf(types: readonly Type[]): unknown[][] {
  const key = fc.tuple(...types.map((type): fc.Arbitrary<unknown> => VALUES[type]));
  return fc.sample(
    key.filter(([first]) => types.length > 1 || first !== ''),
    { numRuns: EACH, seed: 1 },
  );
}

const writer = new Writer();

/** The routing key of an execution with these parameters, out of its EXECUTE. */
function routingKeyOf(statement: PreparedStatement, params: readonly unknown[]): Slice | undefined {
  const { buffer, start } = writer.encode(0, (writer) =>
    writeExecute(writer, 5, statement.idsFor(true), {
      consistency: 1,
      values: bindPrepared(statement, params, statement.parameters),
    }),
  );
  return routingKeyOfValues(buffer, startOfValues(buffer, start, 5), statement);
}

describe('on a real Cassandra', () => {
  let session: Session;
  let partitioner: Partitioner;
  let tables = 0;
  let compared = 0;

  const run = (...args: Parameters<Session['execute']>): Promise<Page> => lastValueFrom(session.execute(...args));
  const prepare = async (cql: string): Promise<PreparedStatement> => {
    const statement = await lastValueFrom(session.prepare(cql));
    if (!(statement instanceof PreparedStatement)) throw new TypeError('A session prepares other statements now.');
    return statement;
  };

  beforeAll(async () => {
    session = createSession(sharedNode);
    await run(`DROP KEYSPACE IF EXISTS ${KEYSPACE}`);
    await run(`CREATE KEYSPACE ${KEYSPACE} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`);
    await run(`USE ${KEYSPACE}`);
    await run('CREATE TYPE place (name text, at inet, visits bigint)');
    partitioner = partitionerOf((await run('SELECT partitioner FROM system.local')).one()['partitioner'] as string)!;
  });

  afterAll(async () => {
    await run(`DROP KEYSPACE ${KEYSPACE}`);
    await lastValueFrom(session.close());
  });

  /** Inserts partitions with these keys, and compares their tokens. */
  async function compare(types: readonly Type[], keys: readonly (readonly unknown[])[]): Promise<void> {
    const table = `t${tables++}`;
    const names = types.map((_, i) => `k${i}`).join(', ');
    const columns = types.map((type, i) => `k${i} ${type}`).join(', ');
    await run(`CREATE TABLE ${table} (${columns}, n int, PRIMARY KEY ((${names})))`);
    const insert = await prepare(`INSERT INTO ${table} (n, ${names}) VALUES (?${', ?'.repeat(types.length)})`);

    const ours = keys.map((key) => {
      const { buffer, start, end } = routingKeyOf(insert, [0, ...key])!;
      return partitioner.token(buffer, start, end);
    });
    await lastValueFrom(from(keys.entries()).pipe(mergeMap(([n, key]) => session.execute(insert, [n, ...key]), 64)));
    const rows = await lastValueFrom(
      session.query(`SELECT n, token(${names}) AS theirs FROM ${table}`).pipe(
        concatMap((page) => page),
        toArray(),
      ),
    );
    const isWrong = ({ n, theirs }: Row): boolean => partitioner.compare(ours[n as number]!, theirs as Token) !== 0;
    expect(rows.filter(isWrong)).toEqual([]);
    expect(rows).toHaveLength(new Set(ours.map(format)).size);
    compared += keys.length;
  }

  const format = (token: Token): string => (typeof token === 'bigint' ? String(token) : token.toString('hex'));

  it('the tokens of a node are read', async () => {
    const tokens = (await run('SELECT tokens FROM system.local')).one()['tokens'] as Set<string>;
    expect(tokens.size).toBeGreaterThan(0);
    for (const text of tokens) expect(format(partitioner.parse(text))).toBe(text);
  });

  it.each(Object.keys(VALUES) as Type[])('the token of a key of the type %s is ours', async (type) => {
    await compare([type], keysOf([type]));
  });

  it.each(COMPOSITE.map((types) => [types.join(', '), types] as const))('so is that of (%s)', async (_, types) => {
    await compare(types, keysOf(types));
  });

  it('so is that of keys whose Murmur3 hash is the minimum, or next to it', async () => {
    const keys = ['ee961629b0b5ad1d319e18e83892dbed', '4adfb7bb7374c1d0ebaf77c8bf32658e'];
    await compare(
      ['blob'],
      keys.map((digits) => [Buffer.from(digits, 'hex')]),
    );
  });

  it('that was true of thousands of keys', () => {
    expect(compared).toBeGreaterThan(5_000);
  });

  it.each([
    ['set<int>', [1, 2], [2, 1]],
    [
      'map<int, int>',
      [
        [1, 0],
        [2, 0],
      ],
      [
        [2, 0],
        [1, 0],
      ],
    ],
    ['list<frozen<set<int>>>', [[1, 2]], [[2, 1]]],
  ])('the server sorts a %s that is a key: no token is told', async (type, key, other) => {
    const table = `t${tables++}`;
    await run(`CREATE TABLE ${table} (k frozen<${type}> PRIMARY KEY)`);
    const insert = await prepare(`INSERT INTO ${table} (k) VALUES (?)`);
    await run(insert, [key]);
    await run(insert, [other]);
    expect((await run(`SELECT k FROM ${table}`)).toArray()).toHaveLength(1);
    expect(routingKeyOf(insert, [key])).toBeUndefined();
  });
});
