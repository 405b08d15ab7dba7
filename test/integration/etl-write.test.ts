import { concatMap, filter, lastValueFrom, type Observable, toArray } from 'rxjs';
import { createSession, type Page, pagesFrom, type Params, type Session } from 'rxcql';
import { adaptiveLimit, countRows, scan, writeTo } from 'rxcql/etl';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedNode } from './shared-node.js';

const KEYSPACE = 'rxcql_etl_write';

describe.each([5, 4] as const)('writeTo() on a real Cassandra, protocol v%i', (protocolVersion) => {
  let session: Session;
  const run = (statement: string, params?: Params): Promise<Page> => lastValueFrom(session.execute(statement, params));

  beforeAll(async () => {
    session = createSession({ ...sharedNode, protocolVersion });
    await run(`DROP KEYSPACE IF EXISTS ${KEYSPACE}`);
    await run(`CREATE KEYSPACE ${KEYSPACE} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`);
    await run(`USE ${KEYSPACE}`);
    await run('CREATE TABLE a (id int, c int, v text, PRIMARY KEY (id, c))');
    await run('CREATE TABLE b (id int, c int, v text, PRIMARY KEY (id, c))');
    await run('CREATE TABLE visits (page text PRIMARY KEY, n counter)');
  });

  afterAll(async () => {
    await run(`DROP KEYSPACE ${KEYSPACE}`);
    await lastValueFrom(session.close());
  });

  const INSERT = 'INSERT INTO a (id, c, v) VALUES (:id, :c, :v)';
  const records = (count: number) =>
    pagesFrom(Array.from({ length: count }, (_, c) => ({ id: c % 50, c, v: `row ${c}` })), { pageSize: 500 }); // prettier-ignore

  it('writes a table into another, in batches and with a limit that adapts', async () => {
    const first = records(5_000).pipe(writeTo(session, INSERT, { batch: 'partition' }), toArray());
    expect((await lastValueFrom(first)).every(({ kind }) => kind === 'ok')).toBe(true);
    const rows: Observable<Page> = scan(session, `${KEYSPACE}.a`);
    const copied = rows.pipe(
      writeTo(session, 'INSERT INTO b (id, c, v) VALUES (:id, :c, :v)', { concurrency: adaptiveLimit() }),
      filter(({ kind }) => kind === 'ok'),
      toArray(),
    );
    expect(new Set((await lastValueFrom(copied)).map(({ record }) => (record as { c: number }).c)).size).toBe(5_000);
    expect(await lastValueFrom(countRows(session, `${KEYSPACE}.b`))).toEqual({ total: 5_000 });
  });

  it('keeps the time at which cells were written, and how long they live', async () => {
    await run("INSERT INTO a (id, c, v) VALUES (-1, -1, 'x') USING TIMESTAMP 1234567890123457 AND TTL 1000");
    const options = { preserve: ['ttl', 'writetime'] } as const;
    const rows = scan(session, `${KEYSPACE}.a`, options).pipe(
      concatMap((page) => page),
      filter(({ id }) => id === -1),
      toArray(),
    );
    const [row] = await lastValueFrom(rows);
    const record = { ...row, writetime: row!['writetime(v)'] as bigint, ttl: row!['ttl(v)'] as number };
    const insert = 'INSERT INTO b (id, c, v) VALUES (:id, :c, :v) USING TIMESTAMP :writetime AND TTL :ttl';
    await lastValueFrom(pagesFrom([record]).pipe(writeTo(session, insert)));
    const copy = (await run('SELECT v, writetime(v) AS w, ttl(v) AS t FROM b WHERE id = -1')).one();
    expect(copy).toMatchObject({ v: 'x', w: 1234567890123457n });
    expect(copy['t']).toBeGreaterThan(900);
  });

  it('says what has failed, and why, and which condition was not met', async () => {
    const bad = pagesFrom<unknown>([{ id: 1, c: 'x', v: 'y' }, { id: 1, c: 1 }, [null, 1, 'z'], { id: 1, c: 2, v: null }]); // prettier-ignore
    const outcomes = await lastValueFrom(bad.pipe(writeTo(session, INSERT, { concurrency: 1 }), toArray()));
    expect(outcomes).toMatchObject([
      { kind: 'failed', error: { name: 'BindError', column: 'c' } },
      { kind: 'failed', error: { name: 'BindError' } },
      { kind: 'failed', error: { kind: 'Invalid' } },
      { kind: 'ok' },
    ]);
    const unique = 'INSERT INTO a (id, c, v) VALUES (:id, :c, :v) IF NOT EXISTS';
    const twice = pagesFrom([{ id: 99, c: 9, v: 'a' }, { id: 99, c: 9, v: 'b' }]); // prettier-ignore
    const kinds = await lastValueFrom(
      twice.pipe(writeTo(session, unique, { concurrency: 1, batch: 'partition' }), toArray()),
    );
    expect(kinds.map(({ kind }) => kind)).toEqual(['ok', 'notApplied']);
  });

  it('counts', async () => {
    const visits = pagesFrom(['/', '/docs', '/'].map((page) => ({ page, n: 1 })), { pageSize: 3 }); // prettier-ignore
    const update = 'UPDATE visits SET n = n + :n WHERE page = :page';
    await lastValueFrom(visits.pipe(writeTo(session, update, { batch: 'partition' }), toArray()));
    expect((await run("SELECT n FROM visits WHERE page = '/'")).one()).toEqual({ n: 2n });
  });
});
