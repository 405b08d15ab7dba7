import { concatMap, lastValueFrom, type Observable, range } from 'rxjs';
import { type BatchItem, cql, createSession, type Page, type Session } from 'rxcql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../support/served-session.js';
import { sharedNode } from './shared-node.js';

describe.each([5, 4] as const)('batches on a real Cassandra, protocol v%i', (protocolVersion) => {
  const keyspace = `rxcql_batch_v${protocolVersion}`;
  const INSERT = 'INSERT INTO t (id, c, v) VALUES (?, ?, ?)';
  let session: Session;

  const run = (...args: Parameters<Session['execute']>): Promise<Page> => lastValueFrom(session.execute(...args));
  const batch = (...args: Parameters<Session['batch']>): Promise<Page> => lastValueFrom(session.batch(...args));
  const table = async (id: number): Promise<unknown> =>
    (await run('SELECT c, v, s FROM t WHERE id = ?', [id])).toArray();

  beforeAll(async () => {
    session = createSession({ ...sharedNode, protocolVersion });
    await run(`DROP KEYSPACE IF EXISTS ${keyspace}`);
    await run(`CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`);
    await run(`USE ${keyspace}`);
    await run('CREATE TABLE t (id int, c int, v text, s text static, PRIMARY KEY (id, c))');
    await run('CREATE TABLE counters (id int PRIMARY KEY, n counter)');
  });

  afterAll(async () => {
    await run(`DROP KEYSPACE ${keyspace}`);
    await lastValueFrom(session.close());
  });

  it('executes statements of all kinds', async () => {
    const insert = await lastValueFrom(session.prepare(INSERT));
    const page = await batch([
      [insert, [1, 1, 'prepared']],
      [INSERT, { v: 'named', c: 2, id: 1 }],
      cql`INSERT INTO t (id, c, v) VALUES (${1}, ${3}, ${'tagged'})`,
      "INSERT INTO t (id, c, v) VALUES (1, 4, 'literal')",
      ['UPDATE t SET s = ? WHERE id = ?', ['static', 1]],
      'DELETE FROM t WHERE id = 1 AND c = 99',
    ]);
    expect([page.rowCount, page.wasApplied, page.warnings, page.attempts]).toEqual([0, undefined, [], 1]);
    expect(await table(1)).toEqual([
      { c: 1, v: 'prepared', s: 'static' },
      { c: 2, v: 'named', s: 'static' },
      { c: 3, v: 'tagged', s: 'static' },
      { c: 4, v: 'literal', s: 'static' },
    ]);
  });

  it('tells null from what is not set', async () => {
    await batch([[INSERT, [2, 1, 'a']], [INSERT, [2, 2, 'b']]]); // prettier-ignore
    await batch([[INSERT, [2, 1, null]], [INSERT, [2, 2, undefined]]], { type: 'unlogged' }); // prettier-ignore
    expect(await table(2)).toEqual([
      { c: 1, v: null, s: null },
      { c: 2, v: 'b', s: null },
    ]);
  });

  it('counts', async () => {
    const add = 'UPDATE counters SET n = n + ? WHERE id = ?';
    await batch([[add, [5n, 1]], [add, [7, 1]], 'UPDATE counters SET n = n - 1 WHERE id = 2'], { type: 'counter' }); // prettier-ignore
    expect((await run('SELECT * FROM counters')).toArray()).toEqual([{ id: 1, n: 12n }, { id: 2, n: -1n }]); // prettier-ignore
    expect(await failureOf(session.batch([[add, [1n, 1]]]))).toMatchObject({ kind: 'Invalid' });
  });

  it('says whether conditions were met, and what was in the way', async () => {
    const insert = `${INSERT} IF NOT EXISTS`;
    const first = await batch([[insert, [3, 1, 'mine']], [INSERT, [3, 2, 'with it']]]); // prettier-ignore
    expect(first.wasApplied).toBe(true);
    const second = await batch([[insert, [3, 1, 'too late']], [INSERT, [3, 2, 'neither']]], { serialConsistency: 'SERIAL' }); // prettier-ignore
    expect(second.wasApplied).toBe(false);
    expect(second.toArray()).toEqual([{ '[applied]': false, id: 3, c: 1, v: 'mine', s: null }]);
    expect(await table(3)).toMatchObject([{ v: 'mine' }, { v: 'with it' }]);
    expect(await failureOf(session.batch([[insert, [3, 5, '']], [insert, [4, 5, '']]]))).toMatchObject({ kind: 'Invalid' }); // prettier-ignore
  });

  it('is written at its timestamp', async () => {
    await batch([[INSERT, [5, 1, 'new']]], { timestamp: 1_000n });
    await batch([[INSERT, [5, 1, 'older']]], { timestamp: 999 });
    expect((await run('SELECT v, writetime(v) AS w FROM t WHERE id = 5')).one()).toEqual({ v: 'new', w: 1_000n });
  });

  it('has a present and a keyspace of its own on v5, and is refused them on v4', async () => {
    await run(`CREATE TABLE ttl (id int PRIMARY KEY, v text)`);
    const now = Math.floor(Date.now() / 1000);
    const items: BatchItem[] = [['INSERT INTO ttl (id, v) VALUES (?, ?) USING TTL 1000', [1, 'x']]];
    const elsewhere = session.batch(['INSERT INTO tables (id) VALUES (1)'], { keyspace: 'no_such_keyspace' });
    if (protocolVersion === 4) {
      expect(await failureOf(session.batch(items, { nowInSeconds: now }))).toMatchObject({
        name: 'ConfigurationError',
      });
      expect(await failureOf(elsewhere)).toMatchObject({ name: 'ConfigurationError' });
      return;
    }
    await batch(items, { nowInSeconds: now - 900, keyspace });
    const { left } = (await run('SELECT ttl(v) AS left FROM ttl')).one() as { left: number };
    expect(left).toBeGreaterThan(80);
    expect(left).toBeLessThanOrEqual(101);
    expect(await failureOf(elsewhere)).toMatchObject({ kind: 'Invalid' });
  });

  it('is warned of when it is large', async () => {
    const { warnings } = await batch(Array.from({ length: 300 }, (_, i) => [INSERT, [1_000 + i, 1, 'x'.repeat(30)]]));
    expect(warnings).toEqual([expect.stringContaining('exceeding specified threshold')]);
  });

  it('may have 65,535 statements, and may have none', { timeout: 120_000 }, async () => {
    const items: BatchItem[] = Array.from({ length: 65_535 }, (_, i) => [
      'INSERT INTO t (id, c) VALUES (?, ?)',
      [7, i],
    ]);
    await batch(items, { type: 'unlogged', timeout: 60_000 });
    expect((await run('SELECT count(*) FROM t WHERE id = 7')).one()).toEqual({ count: 65_535n });
    expect((await batch([])).rowCount).toBe(0);
  });

  it('is sent again after the server has forgotten its statements', async () => {
    await run('CREATE TABLE a (id int PRIMARY KEY, v int)');
    await run('CREATE TABLE b (id int PRIMARY KEY, v int)');
    const items: BatchItem[] = ['a', 'b'].map((name) => [`INSERT INTO ${name} (id, v) VALUES (?, ?)`, [1, 1]]);
    await batch(items);
    // Another session: this one would see the change and prepare anew by itself.
    const other = createSession({ ...sharedNode, keyspace });
    for (const name of ['a', 'b']) await lastValueFrom(other.execute(`ALTER TABLE ${name} ADD w int`));
    await lastValueFrom(other.close());
    await lastValueFrom(range(0, 5).pipe(concatMap((): Observable<Page> => session.batch(items))));
    expect((await run('SELECT id, v, w FROM b')).one()).toEqual({ id: 1, v: 1, w: null });
  });

  it('is refused by the server for what it cannot be', async () => {
    const failure = await failureOf(session.batch(['SELECT * FROM t']));
    expect(failure).toMatchObject({ kind: 'Invalid', attempts: 1 });
    expect(failure.coordinator).toMatch(/:\d+$/);
  });
});
