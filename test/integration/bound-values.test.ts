import { concatMap, lastValueFrom, map, toArray } from 'rxjs';
import { createSession, type Page, type Row, type Session } from 'rxcql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BOUND_VALUES } from '../support/bound-values.js';
import { sharedNode } from './shared-node.js';

// Values that the driver writes, told by the server in its own words: the driver's decoder has no part in them.

const KEYSPACE = 'rxcql_test_bound';
const CASES = Object.entries(BOUND_VALUES).map(([type, values], i) => ({ type, column: `c${i}`, values }));

describe.each([5, 4] as const)('what a real Cassandra reads of our values, protocol v%i', (protocolVersion) => {
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

  it.each(CASES)('$type', async ({ column, values }) => {
    for (const [value, json] of values) {
      await run(`INSERT INTO t (id, ${column}) VALUES (1, ?)`, [value]);
      expect(await read(`SELECT to_json(${column}) AS json FROM t WHERE id = 1`)).toEqual({ json });
    }
  });

  it('an iterator, which can be read once only, for each page of a query and each of its subscribers', async () => {
    await run('CREATE TABLE pairs (a int, b int, PRIMARY KEY (a, b))');
    for (let i = 0; i < 9; i++) await run('INSERT INTO pairs (a, b) VALUES (?, ?)', [i % 3, i]);
    const keys = new Set([0, 2]).values();
    const query = session.query<{ b: number }>('SELECT b FROM pairs WHERE a IN ?', [keys], { pageSize: 2 });
    const rows = query.pipe(
      concatMap((page) => page),
      map(({ b }) => b),
      toArray(),
    );
    for (let i = 0; i < 2; i++) expect(await lastValueFrom(rows)).toEqual([0, 3, 6, 2, 5, 8]);
  });
});
