import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { concatMap, defer, lastValueFrom, map, repeat, takeUntil, tap, timer } from 'rxjs';
import { createSession, iteratePages, iterateRows, mergeRows, pagesFrom, type Session, toReadable } from 'rxcql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedNode } from './shared-node.js';

const KEYSPACE = 'rxcql_backpressure_test';
const ROWS = 16_000;
const PAGE_SIZE = 1_000;
const BODY = Buffer.alloc(1_024, 'rxcql');
const MEBI = 2 ** 20;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What is held, in bytes, on the heap and outside of it. */
function held(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

describe('a slow reader of a table of 16 MiB', () => {
  let session: Session;
  const select = () => session.query(`SELECT * FROM ${KEYSPACE}.wide`, [], { pageSize: PAGE_SIZE });

  beforeAll(async () => {
    session = createSession({ ...sharedNode, heartbeat: { idle: 200, timeout: 2_000 } });
    const replication = "{'class': 'SimpleStrategy', 'replication_factor': 1}";
    await lastValueFrom(session.execute(`DROP KEYSPACE IF EXISTS ${KEYSPACE}`));
    await lastValueFrom(session.execute(`CREATE KEYSPACE ${KEYSPACE} WITH replication = ${replication}`));
    await lastValueFrom(session.execute(`CREATE TABLE ${KEYSPACE}.wide (id int PRIMARY KEY, body blob)`));
    const insert = await lastValueFrom(session.prepare(`INSERT INTO ${KEYSPACE}.wide (id, body) VALUES (?, ?)`));
    const ids = Array.from({ length: ROWS }, (_, id) => id);
    await lastValueFrom(
      pagesFrom(ids, { pageSize: 1_000 }).pipe(mergeRows((id) => session.execute(insert, [id, BODY]), 64)),
    );
  });

  afterAll(async () => {
    await lastValueFrom(session.execute(`DROP KEYSPACE ${KEYSPACE}`));
    await lastValueFrom(session.close());
  });

  it('is sent one page ahead, holds no more than that, and stands in nobody’s way', async () => {
    const before = held();
    const rss = process.memoryUsage.rss();
    let [emitted, read, ahead, most, mostRss] = [0, 0, 0, 0, 0];
    const reader = lastValueFrom(
      select().pipe(
        tap((page) => {
          emitted += page.rowCount;
          ahead = Math.max(ahead, emitted - read);
        }),
        concatMap((page) => {
          const count = page.toArray().length;
          return timer(100).pipe(map(() => count));
        }),
        tap((count) => {
          read += count;
          most = Math.max(most, held() - before);
          mostRss = Math.max(mostRss, process.memoryUsage.rss() - rss);
        }),
      ),
    );
    const latencies: number[] = [];
    const other = defer(() => {
      const sent = performance.now();
      return session.execute('SELECT key FROM system.local').pipe(tap(() => latencies.push(performance.now() - sent)));
    }).pipe(repeat({ delay: 5 }), takeUntil(reader));
    await Promise.all([reader, lastValueFrom(other, { defaultValue: undefined })]);

    expect(read).toBe(ROWS);
    // The page that is worked on, and one more.
    expect(ahead).toBeLessThanOrEqual(2 * PAGE_SIZE);
    expect(most).toBeLessThan(8 * MEBI);
    expect(mostRss).toBeLessThan(64 * MEBI);
    expect(latencies.length).toBeGreaterThan(50);
    expect(latencies.sort((a, b) => a - b)[latencies.length >> 1]).toBeLessThan(100);
  });

  it('lets go of everything when it leaves', async () => {
    const before = held();
    const seen: number[] = [];
    const readers = Array.from({ length: 10 }, () =>
      select()
        .pipe(
          concatMap((page) =>
            page.pipe(concatMap((row) => timer(60_000).pipe(tap(() => seen.push(row['id'] as number))))),
          ),
        )
        .subscribe(),
    );
    // Two pages each: one is worked on, one waits.
    await expect.poll(() => held() - before, { timeout: 10_000, interval: 100 }).toBeGreaterThan(18 * MEBI);
    for (const reader of readers) reader.unsubscribe();
    await expect.poll(() => held() - before, { timeout: 10_000, interval: 100 }).toBeLessThan(2 * MEBI);
    expect(seen).toEqual([]);
  });

  it('reads every row by each adapter', async () => {
    const ids = new Set<number>();
    for await (const row of iterateRows(select())) ids.add(row['id'] as number);
    expect(ids.size).toBe(ROWS);
    let rows = 0;
    for await (const page of iteratePages(select())) rows += page.toArray().length;
    expect(rows).toBe(ROWS);
    for await (const row of toReadable(select())) ids.delete((row as { id: number }).id);
    expect(ids.size).toBe(0);
  });

  it('is left in the middle by each adapter, and the session goes on', async () => {
    for (const adapter of [iterateRows, toReadable]) {
      let read = 0;
      for await (const row of adapter(select())) if (row !== undefined && ++read === PAGE_SIZE + 1) break;
      expect(read).toBe(PAGE_SIZE + 1);
    }
    expect((await lastValueFrom(session.execute('SELECT key FROM system.local'))).rowCount).toBe(1);
  });
});
