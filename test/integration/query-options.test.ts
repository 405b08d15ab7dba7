import { lastValueFrom, Observable } from 'rxjs';
import { createSession, type Page, type Session } from 'rxcql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../support/served-session.js';
import { sharedNode } from './shared-node.js';

describe.each([5, 4] as const)('options of requests on a real Cassandra, protocol v%i', (protocolVersion) => {
  const keyspace = `rxcql_options_v${protocolVersion}`;
  let session: Session;

  const run = <R>(...args: Parameters<Session['execute']>): Promise<Page<R>> =>
    lastValueFrom(session.execute<R>(...args));

  beforeAll(async () => {
    session = createSession({ ...sharedNode, protocolVersion });
    await run(`DROP KEYSPACE IF EXISTS ${keyspace}`);
    await run(`CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`);
    await run(`USE ${keyspace}`);
    await run('CREATE TABLE t (id int PRIMARY KEY, v text)');
    for (let id = 0; id < 5; id++) await run('INSERT INTO t (id, v) VALUES (?, ?)', [id, `value ${id}`]);
  });

  afterAll(async () => {
    await run(`DROP KEYSPACE ${keyspace}`);
    await lastValueFrom(session.close());
  });

  it('rows: arrays, also of columns with one name, and what a function makes', async () => {
    const select = 'SELECT id AS x, v AS x, ttl(v) FROM t WHERE id = ?';
    expect((await run(select, [1], { rows: 'array' })).toArray()).toEqual([[1, 'value 1', null]]);
    expect((await run(select, [1])).toArray()).toEqual([{ x: 'value 1', 'ttl(v)': null }]);
    const rows =
      () =>
      ([id, v]: readonly unknown[]) =>
        `${String(id)}: ${String(v)}`;
    expect((await run<string>('SELECT id, v FROM t WHERE id = 2', [], { rows })).one()).toBe('2: value 2');
  });

  it('tracing: the finished trace, with what was done and how long it took', async () => {
    const page = await run('SELECT * FROM t WHERE id = ?', [1], { tracing: true });
    expect(page.tracingId).toMatch(/^[0-9a-f-]{36}$/);
    const trace = await lastValueFrom(page.trace());
    expect(trace.id).toBe(page.tracingId);
    expect(trace.coordinator).toBe(page.coordinator.replace(/:\d+$/, ''));
    expect(trace.duration).toBeGreaterThan(0);
    expect(trace.events.length).toBeGreaterThan(3);
    expect(trace.events.some(({ activity }) => /Executing single-partition query/.test(activity))).toBe(true);
    for (const { source, elapsed } of trace.events) expect([source, elapsed >= 0]).toEqual([trace.coordinator, true]);
    expect(await failureOf((await run('SELECT * FROM t')).trace())).toMatchObject({ code: 'ERR_RXCQL_NO_TRACE' });
    const batch = await lastValueFrom(session.batch(["UPDATE t SET v = 'y' WHERE id = 77"], { tracing: true }));
    expect((await lastValueFrom(batch.trace())).events.length).toBeGreaterThan(0);
  });

  it('timestamp: the one that is later wins', async () => {
    const write = 'INSERT INTO t (id, v) VALUES (?, ?)';
    await run(write, [10, 'later'], { timestamp: 2_000 });
    await run(write, [10, 'earlier'], { timestamp: 1_000n });
    expect((await run('SELECT v, writetime(v) AS at FROM t WHERE id = 10')).one()).toEqual({ v: 'later', at: 2_000n });
  });

  it('keyspace and nowInSeconds: on v5; refused on v4', async () => {
    const options = { keyspace: 'system', nowInSeconds: Math.floor(Date.now() / 1000) - 400 };
    const write = 'INSERT INTO t (id, v) VALUES (20, ?) USING TTL 1000';
    if (protocolVersion === 4) {
      expect(await failureOf(session.execute('SELECT key FROM local', [], { keyspace: 'system' }))).toMatchObject({
        name: 'ConfigurationError',
      });
      expect(await failureOf(session.execute(write, ['x'], { nowInSeconds: 5 }))).toMatchObject({
        name: 'ConfigurationError',
      });
      return;
    }
    expect((await run('SELECT key FROM local', [], options)).one()).toEqual({ key: 'local' });
    expect((await run('SELECT key FROM local WHERE key = ?', ['local'], { keyspace: 'system' })).one()).toEqual({
      key: 'local',
    });
    await run(write, ['x'], { nowInSeconds: options.nowInSeconds });
    const { left } = (await run<{ left: number }>('SELECT ttl(v) AS left FROM t WHERE id = 20')).one();
    expect(left).toBeGreaterThan(500);
    expect(left).toBeLessThanOrEqual(601);
  });

  it('customPayload: a server without a handler for it takes no notice', async () => {
    const customPayload = { handler: Buffer.from('data') };
    expect((await run('SELECT v FROM t WHERE id = ?', [1], { customPayload })).one()).toEqual({ v: 'value 1' });
  });

  it('consistency and serialConsistency: reads at SERIAL, writes with a condition; SERIAL is for no write', async () => {
    expect((await run('SELECT v FROM t WHERE id = 1', [], { consistency: 'SERIAL' })).one()).toEqual({ v: 'value 1' });
    const write = 'UPDATE t SET v = ? WHERE id = 1 IF v = ?';
    const page = await run(write, ['new', 'old'], { serialConsistency: 'SERIAL' });
    expect([page.wasApplied, page.toArray()]).toEqual([false, [{ '[applied]': false, v: 'value 1' }]]);
    for (const consistency of ['SERIAL', 'LOCAL_SERIAL'] as const) {
      expect(await failureOf(session.execute(write, ['a', 'b'], { consistency }))).toMatchObject({
        name: 'ConfigurationError',
      });
    }
  });

  it('signal: ends a query between two pages', async () => {
    const abort = new AbortController();
    let pages = 0;
    const failure = await failureOf(
      new Observable((subscriber) =>
        session.query('SELECT * FROM t', [], { pageSize: 1, signal: abort.signal }).subscribe({
          next: (page) => {
            page.skip();
            if (++pages === 3) abort.abort(new Error('enough'));
          },
          error: (error: unknown) => subscriber.error(error),
          complete: () => subscriber.complete(),
        }),
      ),
    );
    expect([failure.message, pages]).toEqual(['enough', 3]);
  });
});
