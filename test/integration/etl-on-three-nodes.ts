import { filter, firstValueFrom, lastValueFrom, mergeMap, range as numbers, tap, timeout, toArray } from 'rxjs';
import type { Page, Session } from 'rxcql';
import { copy, scan, type ScanOptions, type ScanPage, tokenRanges, verify } from 'rxcql/etl';
import { beforeAll, expect, it } from 'vitest';
import type { ThreeNodes } from './node-faults.js';

const ROWS = 2_500;
const PARTITIONS = 400;
const keyspaceOf = (copies: number): string => `rxcql_test_etl_${copies}`;
const run = (session: Session, ...args: Parameters<Session['execute']>): Promise<Page> =>
  lastValueFrom(session.execute(...args));
const all = Array.from({ length: ROWS }, (_, c) => c);

interface Scanned {
  readonly pages: ScanPage<{ readonly c: number }>[];
  readonly rows: number[];
}

async function scanned(session: Session, copies: number, options: ScanOptions, each?: () => void): Promise<Scanned> {
  const rows: number[] = [];
  const pages = scan<{ c: number }>(session, `${keyspaceOf(copies)}.t`, options).pipe(
    tap((page) => {
      rows.push(...page.toArray().map(({ c }) => c));
      each?.();
    }),
    toArray(),
  );
  return { pages: await lastValueFrom(pages), rows: rows.sort((a, b) => a - b) };
}

/** Reads and writes tables that lie on three nodes, once and on all of them. */
export function etlOnThreeNodes({ cluster, session: sessionWith }: ThreeNodes): void {
  async function connected(): Promise<Session> {
    const session = sessionWith({ consistency: 'ONE' });
    await lastValueFrom(session.connect());
    await expect.poll(() => session.metrics.connections, { timeout: 30_000 }).toBe(3);
    return session;
  }

  beforeAll(async () => {
    const session = sessionWith({ consistency: 'ALL' });
    for (const copies of [1, 3]) {
      const replication = `{'class': 'SimpleStrategy', 'replication_factor': ${copies}}`;
      await run(session, `CREATE KEYSPACE ${keyspaceOf(copies)} WITH replication = ${replication}`);
      for (const table of ['t', 'copied']) {
        await run(session, `CREATE TABLE ${keyspaceOf(copies)}.${table} (k int, c int, v text, PRIMARY KEY (k, c))`);
      }
      const insert = `INSERT INTO ${keyspaceOf(copies)}.t (k, c, v) VALUES (?, ?, ?)`;
      const written = mergeMap((c: number) => session.execute(insert, [c % PARTITIONS, c, `row ${c}`]), 128);
      await lastValueFrom(numbers(0, ROWS).pipe(written));
    }
  }, 60_000);

  it.each([1, 3])('export every row exactly once, of which each is on %i of them', async (copies) => {
    const session = await connected();
    const table = `${keyspaceOf(copies)}.t`;
    const nodes = new Set(session.metadata.ring.map(({ node }) => node.address));
    expect(nodes.size).toBe(3);
    // Several tokens of each node.
    expect(session.metadata.ring.length).toBeGreaterThan(3);
    const { pages, rows } = await scanned(session, copies, {});
    expect(rows).toEqual(all);
    for (const { range, coordinator } of pages) {
      expect(range.replicas.length).toBe(copies);
      const replicas = session.metadata.replicas(keyspaceOf(copies), range.end).map(({ address }) => address);
      expect([...range.replicas].sort()).toEqual(replicas.sort());
      expect(range.replicas).toContain(coordinator);
    }
    // Of more ranges than there are partitions most have none; of one, there are as many as the ring makes.
    for (const splits of [1, 600]) {
      const ranges = tokenRanges(session, table, { splits });
      const few = await scanned(session, copies, { ranges, concurrency: 16, pageSize: 300 });
      expect([splits, few.rows]).toEqual([splits, all]);
      expect(new Set(few.pages.map(({ range }) => range.id)).size).toBeGreaterThanOrEqual(splits);
    }
    const shards = await Promise.all(
      [0, 1, 2].map((index) => scanned(session, copies, { ranges: tokenRanges(session, table, { shard: { index, of: 3 } }) })), // prettier-ignore
    );
    expect(shards.flatMap(({ rows: some }) => some).sort((a, b) => a - b)).toEqual(all);
  });

  it('copy a table, and compare both', async () => {
    const session = await connected();
    const source = { session, table: `${keyspaceOf(1)}.t` };
    const target = { session, table: `${keyspaceOf(3)}.copied` };
    const outcomes = await lastValueFrom(copy(source, target, { preserve: ['writetime'], consistency: 'ALL' }).pipe(toArray())); // prettier-ignore
    expect(outcomes.filter(({ kind }) => kind === 'ok').length).toBe(ROWS);
    expect(await lastValueFrom(verify(source, target).pipe(toArray()))).toEqual([]);
    await run(session, `DELETE FROM ${target.table} WHERE k = 5`, [], { consistency: 'ALL' });
    await run(session, `INSERT INTO ${target.table} (k, c, v) VALUES (6, 6, 'x')`, [], { consistency: 'ALL' });
    const found = await lastValueFrom(verify(source, target, { repair: true }).pipe(toArray()));
    const missing = all.filter((c) => c % PARTITIONS === 5);
    const repaired = found.filter(({ kind }) => kind === 'missing').map(({ key }) => key['c'] as number);
    expect(repaired.sort((a, b) => a - b)).toEqual(missing);
    expect(found.filter(({ kind }) => kind !== 'missing')).toEqual([
      { kind: 'different', key: { k: 6, c: 6 }, columns: ['v'] },
    ]);
  });

  it('export every row exactly once though a node is killed meanwhile', async () => {
    const session = await connected();
    const victim = cluster().nodes[1]!;
    let pages = 0;
    const killed = { is: false };
    const { rows } = await scanned(session, 3, { pageSize: 30, concurrency: 4 }, () => {
      if (++pages === 10) victim.kill().subscribe({ complete: () => (killed.is = true) });
    });
    expect(rows).toEqual(all);
    expect(pages).toBeGreaterThan(50);
    await expect.poll(() => killed.is).toBe(true);
    await lastValueFrom(victim.start(), { defaultValue: undefined });
    const areUp = filter(({ nodes }: { nodes: readonly { isUp: boolean }[] }) => nodes.every(({ isUp }) => isUp));
    await firstValueFrom(session.topology.pipe(areUp, timeout(35_000)));
  });
}
