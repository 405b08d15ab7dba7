import { Readable } from 'node:stream';
import { count, filter, lastValueFrom, map, mergeMap, of, toArray } from 'rxjs';
import { createSession, executeConcurrent, type Page, type Params, ResponseError, type Session } from 'rxcql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../support/served-session.js';
import { sharedNode } from './shared-node.js';

describe.each([5, 4] as const)('executeConcurrent() on a real Cassandra, protocol v%i', (protocolVersion) => {
  const keyspace = `rxcql_concurrent_v${protocolVersion}`;
  const INSERT = 'INSERT INTO t (id, c, v) VALUES (?, ?, ?)';
  let session: Session;

  const run = (...args: Parameters<Session['execute']>): Promise<Page> => lastValueFrom(session.execute(...args));
  const rows = async (): Promise<bigint> => (await run('SELECT count(*) AS n FROM t')).one()['n'] as bigint;

  beforeAll(async () => {
    session = createSession({ ...sharedNode, protocolVersion });
    await run(`DROP KEYSPACE IF EXISTS ${keyspace}`);
    await run(`CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`);
    await run(`USE ${keyspace}`);
    await run('CREATE TABLE t (id int, c int, v text, PRIMARY KEY (id, c))');
  });

  afterAll(async () => {
    await run(`DROP KEYSPACE ${keyspace}`);
    await lastValueFrom(session.close());
  });

  function* inserts(n: number): Generator<Params> {
    for (let i = 0; i < n; i++) yield [i % 100, i, `value ${i}`];
  }

  it('writes what a generator gives, and reads it back in order', { timeout: 120_000 }, async () => {
    const written = await lastValueFrom(
      executeConcurrent(session, INSERT, inserts(20_000), { concurrency: 256, ordered: false }).pipe(count()),
    );
    expect(written).toBe(20_000);
    expect(await rows()).toBe(20_000n);
    const ids = Array.from({ length: 100 }, (_, id) => [id]);
    const results = executeConcurrent(session, 'SELECT c FROM t WHERE id = ?', ids, { concurrency: 8, pageSize: 60 });
    const pages = await lastValueFrom(results.pipe(toArray()));
    expect(pages.map(({ index }) => index)).toEqual(ids.flatMap(([id]) => [id, id, id, id]));
    const found = pages.flatMap((result) => (result.ok ? result.page.toArray() : []));
    expect(found.map(({ c }) => c as number)).toEqual(
      ids.flatMap(([id]) => Array.from({ length: 200 }, (_, i) => id! + 100 * i)),
    );
  });

  it('copies the rows of a query, of a stream and of an async generator', async () => {
    await run('CREATE TABLE copy (id int, c int, v text, PRIMARY KEY (id, c))');
    const into = 'INSERT INTO copy (id, c, v) VALUES (:id, :c, :v)';
    const source = session.query<Record<string, unknown>>('SELECT id, c, v FROM t', [], { pageSize: 100 });
    expect(await lastValueFrom(executeConcurrent(session, into, source, { concurrency: 64 }).pipe(count()))).toBe(
      20_000,
    );
    expect((await run('SELECT count(*) AS n FROM copy')).one()).toEqual({ n: 20_000n });
    const stream = Readable.from([{ id: -1, c: 1, v: 'stream' }]);
    await lastValueFrom(executeConcurrent(session, into, stream));
    async function* later() {
      yield { id: -2, c: 1, v: 'later' };
      await Promise.resolve();
    }
    await lastValueFrom(executeConcurrent(session, into, later));
    expect((await run('SELECT v FROM copy WHERE id IN (-1, -2)')).toArray()).toEqual([{ v: 'later' }, { v: 'stream' }]);
  });

  it('executes pairs of statements and values', async () => {
    await run('CREATE TABLE log (id int PRIMARY KEY, v text)');
    const results = await lastValueFrom(
      executeConcurrent(session, null, [
        ['INSERT INTO log (id, v) VALUES (?, ?)', [1, 'a']],
        ["INSERT INTO log (id, v) VALUES (2, 'b')"],
        ['SELECT v FROM log WHERE id = ?', [3]],
      ], { concurrency: 1 }).pipe(toArray()), // prettier-ignore
    );
    expect(results.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect((await run('SELECT count(*) FROM log')).one()).toEqual({ count: 2n });
  });

  it('ends at the first failure, of the server or before anything is sent', async () => {
    let taken = 0;
    function* failing(bad: unknown): Generator<Params> {
      for (taken = 0; taken < 10_000; taken++) yield [1, taken === 57 ? bad : taken, 'x'];
    }
    const client = await failureOf(executeConcurrent(session, INSERT, failing('no number'), { concurrency: 10 }));
    expect(client).toMatchObject({ name: 'BindError', column: 'c' });
    expect(taken).toBeLessThan(57 + 11);
    const server = await failureOf(executeConcurrent(session, INSERT, failing(null), { concurrency: 10 }));
    expect(server).toBeInstanceOf(ResponseError);
    expect(taken).toBeLessThan(57 + 200);
    const results = executeConcurrent(session, INSERT, failing(null), { failFast: false, ordered: false });
    const failed = await lastValueFrom(results.pipe(filter(({ ok }) => !ok), toArray())); // prettier-ignore
    expect(failed).toMatchObject([{ index: 57, ok: false, params: [1, null, 'x'] }]);
    expect(taken).toBe(10_000);
  });

  it('lets whoever reads its results execute', async () => {
    const results = executeConcurrent(session, 'SELECT c FROM t WHERE id = ?', [[2], [3], [4]], { concurrency: 1 });
    const read = results.pipe(
      mergeMap((result) =>
        result.ok ? session.execute('SELECT v FROM t WHERE id = ? LIMIT 1', [result.index]) : of(),
      ),
      map((page) => page.rowCount),
      toArray(),
    );
    expect(await lastValueFrom(read)).toEqual([1, 1, 1]);
  });

  it('has the options of its requests', async () => {
    const results = executeConcurrent(session, 'SELECT id FROM t WHERE id = ?', [[1]], {
      consistency: 'TWO',
      retry: () => 'throw',
    });
    expect(await failureOf(results)).toMatchObject({ kind: 'Unavailable', required: 2, alive: 1 });
  });
});
