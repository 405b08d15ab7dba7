import { lastValueFrom } from 'rxjs';
import { createSession, DecodeError, type Page, type Row, type Session } from 'rxcql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONSTRUCTED_LITERALS, VECTOR_LITERALS } from '../support/constructed-literals.js';
import { EMPTY_LITERALS, type Literal, LITERALS } from '../support/literals.js';
import { sharedNode } from './shared-node.js';

// Values that the server makes of CQL text, read by the driver: its encoder has no part in them.

interface Case {
  readonly type: string;
  readonly column: string;
  readonly literals: readonly Literal[];
}

const KEYSPACE = 'rxcql_test_types';
const CASES: readonly Case[] = [
  ...Object.entries(LITERALS).map(([type, literals]) => [type, ...literals] as const),
  ...CONSTRUCTED_LITERALS,
  ...VECTOR_LITERALS,
].map(([type, ...literals], i) => ({ type, column: `c${i}`, literals }));

describe.each([5, 4] as const)('what a real Cassandra makes of text, protocol v%i', (protocolVersion) => {
  let session: Session;

  const run = (...args: Parameters<Session['execute']>): Promise<Page> => lastValueFrom(session.execute(...args));
  const read = async (cql: string): Promise<Row> => (await run(cql)).one();

  beforeAll(async () => {
    session = createSession({
      ...sharedNode,
      protocolVersion,
    });
    await run(`DROP KEYSPACE IF EXISTS ${KEYSPACE}`);
    await run(`CREATE KEYSPACE ${KEYSPACE} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`);
    await run(`USE ${KEYSPACE}`);
    await run('CREATE TYPE person (name text, "Age" int)');
    await run(
      `CREATE TABLE t (id int PRIMARY KEY, ${CASES.map(({ type, column }) => `${column} ${type}`).join(', ')})`,
    );
  });

  afterAll(async () => {
    await run(`DROP KEYSPACE ${KEYSPACE}`);
    await lastValueFrom(session.close());
  });

  it.each(CASES)('$type', async ({ column, literals }) => {
    for (const [literal, value] of literals) {
      await run(`INSERT INTO t (id, ${column}) VALUES (1, ${literal})`);
      expect((await read(`SELECT ${column} AS v FROM t WHERE id = 1`))['v'], literal).toEqual(value);
    }
    await run(`DELETE ${column} FROM t WHERE id = 1`);
    expect(await read(`SELECT id, ${column} AS v FROM t WHERE id = 1`)).toEqual({ id: 1, v: null });
  });

  it.each(Object.entries(EMPTY_LITERALS))('a %s without bytes is null', async (type, literal) => {
    const { column } = CASES.find((each) => each.type === type)!;
    await run(`INSERT INTO t (id, ${column}) VALUES (2, ${literal})`);
    expect(await read(`SELECT ${column} AS v FROM t WHERE id = 2`)).toEqual({ v: null });
    // It is there all the same.
    const kept = await run(`SELECT writetime(${column}) AS w FROM t WHERE id = 2`);
    expect(kept.one()).toEqual({ w: expect.any(BigInt) as bigint });
  });

  it.each(['8640000000000001', '-8640000000000001', String(2n ** 63n - 1n), String(-(2n ** 63n))])(
    'a timestamp of %s ms, which no Date holds, fails its page and nothing else',
    async (milliseconds) => {
      const { column } = CASES.find(({ type }) => type === 'timestamp')!;
      await run(`INSERT INTO t (id, ${column}) VALUES (3, ${milliseconds})`);
      const page = await run(`SELECT ${column} AS v FROM t WHERE id = 3`);
      expect(page.rowCount).toBe(1);
      expect(() => page.toArray()).toThrow(
        new DecodeError('Column "v" (timestamp) cannot be read: the timestamp lies beyond the range of a Date.'),
      );
      expect(await read(`SELECT id FROM t WHERE id = 3`)).toEqual({ id: 3 });
    },
  );

  it('counters, to the ends of 64 bits', async () => {
    await run('CREATE TABLE counters (id int PRIMARY KEY, c counter)');
    const most = 2n ** 63n - 1n;
    for (const [change, sum] of [
      ['- 1', -1n],
      ['+ 1', 0n],
      [`+ ${most}`, most],
      [`- ${most}`, 0n],
      [`- ${most}`, -most],
      ['- 1', -most - 1n],
    ] as const) {
      await run(`UPDATE counters SET c = c ${change} WHERE id = 1`);
      expect(await read('SELECT c FROM counters')).toEqual({ c: sum });
    }
  });

  it('static columns, and clustering columns in reverse', async () => {
    await run(`CREATE TABLE clustered (
      id int, a int, b frozen<tuple<int, text>>, c frozen<person>, d vector<text, 2>, e timestamp, s frozen<list<text>> STATIC,
      PRIMARY KEY (id, a, b, c, d, e)) WITH CLUSTERING ORDER BY (a DESC, b DESC, c DESC, d DESC, e ASC)`);
    await run("INSERT INTO clustered (id, s) VALUES (1, ['x'])");
    const nothing = { a: null, b: null, c: null, d: null, e: null };
    expect(await read('SELECT * FROM clustered')).toEqual({ id: 1, ...nothing, s: ['x'] });
    await run("INSERT INTO clustered (id, a, b, c, d, e) VALUES (1, -1, (1, null), {name: 'Ada'}, ['', 'a'], -1)");
    expect(await read('SELECT * FROM clustered')).toEqual({
      id: 1,
      a: -1,
      b: [1, null],
      c: { name: 'Ada', Age: null },
      d: ['', 'a'],
      e: new Date(-1),
      s: ['x'],
    });
  });

  it('values that are older than a field of their type', async () => {
    await run('CREATE TYPE growing (a int)');
    // Not in a vector: the server leaves its elements as they were.
    const types = 'f frozen<growing>, c growing, l list<frozen<growing>>, m map<int, frozen<growing>>';
    await run(`CREATE TABLE grown (id int PRIMARY KEY, ${types})`);
    await run('INSERT INTO grown (id, f, c, l, m) VALUES (1, {a: 1}, {a: 2}, [{a: 3}], {4: {a: 4}})');
    await run('ALTER TYPE growing ADD b text');
    const of = (a: number): object => ({ a, b: null });
    expect(await read('SELECT f, c, l, m FROM grown')).toEqual({
      f: of(1),
      c: of(2),
      l: [of(3)],
      m: new Map([[4, of(4)]]),
    });
  });

  describe('nesting', () => {
    const nested = (depth: number, core: string, open: string, close: string): string =>
      open.repeat(depth) + core + close.repeat(depth);

    it('64 levels deep is written and read', async () => {
      await run(`CREATE TABLE deep (id int PRIMARY KEY, v ${nested(64, 'int', 'frozen<list<', '>>')})`);
      await run(`INSERT INTO deep (id, v) VALUES (1, ${nested(64, '7', '[', ']')})`);
      const value: unknown = JSON.parse(nested(64, '7', '[', ']'));
      await run('INSERT INTO deep (id, v) VALUES (?, ?)', [2, value]);
      expect((await run('SELECT v FROM deep')).toArray()).toEqual([{ v: value }, { v: value }]);
      expect((await run('SELECT id FROM deep WHERE v = ? ALLOW FILTERING', [value])).rowCount).toBe(2);
    });

    it('one level more is refused, and the session stays usable', async () => {
      await run(`CREATE TABLE deeper (id int PRIMARY KEY, v ${nested(65, 'int', 'frozen<list<', '>>')})`);
      await expect(run('SELECT v FROM deeper')).rejects.toThrow('A column type nests deeper than 64 levels.');
      expect((await run('SELECT id FROM deeper')).rowCount).toBe(0);
    });
  });
});
