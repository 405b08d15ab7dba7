import { randomBytes } from 'node:crypto';
import { concatMap, lastValueFrom, mergeMap, range, toArray } from 'rxjs';
import type { createSession, Page, Session } from 'rxcql';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { notInstalled } from '../support/lz4-package.js';
import { type Proxy, proxyTo } from '../support/proxy.js';
import { sharedNode } from './shared-node.js';

const [contactPoint] = sharedNode.contactPoints as [string];

/** rxcql as it is where the package lz4 is installed, or is not. */
async function rxcql(isInstalled: boolean): Promise<{ createSession: typeof createSession }> {
  vi.resetModules();
  if (!isInstalled) {
    vi.doMock('../../src/codec/lz4.js', async (importOriginal) => {
      const { lz4 } = await importOriginal<{ lz4: (load: () => unknown) => unknown }>();
      return { lz4: () => lz4(notInstalled) };
    });
  }
  const module = await import('rxcql');
  vi.doUnmock('../../src/codec/lz4.js');
  return module;
}

describe.each([
  [5, true],
  [5, false],
  [4, true],
  [4, false],
] as const)('LZ4 on a real Cassandra, protocol v%i, the package installed: %s', (protocolVersion, isInstalled) => {
  const keyspace = `rxcql_lz4_v${protocolVersion}_${isInstalled ? 'with' : 'without'}`;
  let proxy: Proxy;
  let session: Session;

  const run = (...args: Parameters<Session['execute']>): Promise<Page<Record<string, unknown>>> =>
    lastValueFrom(session.execute<Record<string, unknown>>(...args));

  /** How many bytes went to and fro while something was done. */
  async function passing(action: () => Promise<unknown>): Promise<Proxy['passed']> {
    const { toServer, toClient } = proxy.passed;
    await action();
    return { toServer: proxy.passed.toServer - toServer, toClient: proxy.passed.toClient - toClient };
  }

  beforeAll(async () => {
    proxy = await proxyTo(contactPoint);
    const { createSession } = await rxcql(isInstalled);
    session = createSession({
      ...sharedNode,
      contactPoints: [proxy.contactPoint],
      protocolVersion,
      compression: 'lz4',
    });
    await run(`DROP KEYSPACE IF EXISTS ${keyspace}`);
    await run(`CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`);
    await run(`USE ${keyspace}`);
    await run('CREATE TABLE blobs (id int PRIMARY KEY, v blob)');
    await run('CREATE TABLE numbers (id int PRIMARY KEY, text text)');
  });

  afterAll(async () => {
    await run(`DROP KEYSPACE ${keyspace}`);
    await lastValueFrom(session.close());
    await proxy.close();
  });

  it.each([0, 1, 511, 512, 5_000, 131_071, 400_000, 3_000_000])(
    'carries %i bytes both ways, such as can be compressed and such as cannot',
    async (length) => {
      for (const value of [Buffer.alloc(length, 'compressible '), randomBytes(length)]) {
        await run('INSERT INTO blobs (id, v) VALUES (?, ?)', [length, value]);
        const { v } = (await run('SELECT v FROM blobs WHERE id = ?', [length])).one();
        expect((v as Buffer).equals(value)).toBe(true);
      }
    },
  );

  it('is on: what can be compressed takes fewer bytes than it has', async () => {
    const length = 400_000;
    const write = await passing(() =>
      run('INSERT INTO blobs (id, v) VALUES (?, ?)', [1, Buffer.alloc(length, 'abcdefg')]),
    );
    const read = await passing(() => run('SELECT v FROM blobs WHERE id = 1'));
    expect(read.toClient).toBeLessThan(length / 20);
    if (isInstalled) expect(write.toServer).toBeLessThan(length / 20);
    else expect(write.toServer).toBeGreaterThan(length);
  });

  it('carries many small requests, and 20,000 rows in pages', async () => {
    const total = 20_000;
    const text = (id: number): string =>
      `the number ${id} in a text that is like the others: ${'number '.repeat(id % 9)}`;
    const insert = range(0, total).pipe(
      mergeMap((id) => session.execute('INSERT INTO numbers (id, text) VALUES (?, ?)', [id, text(id)]), 256),
    );
    const content = Array.from({ length: total }, (_, id) => text(id).length + 4).reduce((sum, one) => sum + one);
    const writes = await passing(() => lastValueFrom(insert));
    if (isInstalled && protocolVersion === 5) expect(writes.toServer).toBeLessThan(content);

    let rows: { id: number; text: string }[] = [];
    const reads = await passing(async () => {
      const query = session.query<{ id: number; text: string }>('SELECT * FROM numbers', [], { pageSize: 1_000 });
      rows = await lastValueFrom(
        query.pipe(
          concatMap((page) => page),
          toArray(),
        ),
      );
    });
    expect(reads.toClient).toBeLessThan(content / 2);
    expect([rows.length, new Set(rows.map(({ id }) => id)).size]).toEqual([total, total]);
    expect(rows.every((row) => row.text === text(row.id))).toBe(true);
  });

  it('carries the id of a trace, which lies before the rows, and errors', async () => {
    expect((await run('SELECT * FROM blobs WHERE id = 1', [], { tracing: true })).tracingId).toMatch(/^[0-9a-f-]{36}$/);
    const long = 'x'.repeat(2_000);
    await expect(run(`SELECT ${long} FROM blobs`)).rejects.toMatchObject({ kind: 'Invalid' });
  });
});
