import { concatMap, filter, firstValueFrom, lastValueFrom, tap, timeout } from 'rxjs';
import {
  constantSpeculation,
  exponentialReconnection,
  type LoadBalancingPolicy,
  NoHostAvailableError,
  type Page,
  type Row,
  type Session,
  type SessionOptions,
  type Topology,
} from 'rxcql';
import type { CassandraCluster, CassandraNode } from 'rxcql/testing';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { isLong } from '../faults/long.js';

// The scenarios of docs/reliability.md that need real nodes, in their short forms, or by `npm run soak -- scenarios` in their long ones.

const KEYSPACE = 'rxcql_test_faults';
const ROWS = 300;
const PAGE_SIZE = 20;
const SCAN = `SELECT k, v FROM ${KEYSPACE}.t`;
const READ = `SELECT v FROM ${KEYSPACE}.t WHERE k = ?`;
const valueOf = (k: number): string => `value ${k}`;

/** How many reads are made at a time while nodes come and go. */
const READERS = 16;
/**
 * How long each reader waits between two reads, in milliseconds. At full speed, as in the long form, they take the processors from
 * the nodes that start, which then takes most of a minute; so they make some thousand reads a second.
 */
const BETWEEN_READS = isLong ? 0 : 5;

/** What a test of three nodes needs of them. */
export interface ThreeNodes {
  readonly cluster: () => CassandraCluster;
  readonly session: (options?: Partial<SessionOptions>) => Session;
}

const run = (session: Session, ...args: Parameters<Session['execute']>): Promise<Page> =>
  lastValueFrom(session.execute(...args));
const done = (work: ReturnType<CassandraNode['kill']>): Promise<unknown> =>
  lastValueFrom(work, { defaultValue: undefined });
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Waits until so many nodes are up; fails after `limit` milliseconds. */
const ups = (session: Session, count: number, limit: number): Promise<Topology> =>
  firstValueFrom(
    session.topology.pipe(
      filter(({ nodes }) => nodes.filter(({ isUp }) => isUp).length === count),
      timeout(limit),
    ),
  );

/** Connects, and waits for the nodes that are not needed for that, too. */
async function connected(session: Session): Promise<void> {
  await lastValueFrom(session.connect());
  await expect.poll(() => session.metrics.connections, { timeout: 30_000 }).toBe(3);
}

/** Asks the nodes in the order of their addresses. */
const inOrder: LoadBalancingPolicy = ({ topology }) =>
  [...topology.nodes].sort((a, b) => a.address.localeCompare(b.address));

/** Reads all the time, and looks at each answer (O1). */
function reading(session: Session): { stop: () => Promise<{ done: number; errors: string[] }> } {
  let answered = 0;
  const errors: string[] = [];
  const reader = async (k: number): Promise<void> => {
    for (; !isOver; k = (k + READERS) % ROWS) {
      try {
        const page = await run(session, READ, [k], { consistency: 'ONE' });
        if (page.one()['v'] === valueOf(k)) answered++;
        else errors.push('another row than was asked for');
      } catch (error) {
        errors.push((error as Error).message);
        // What fails at once must not be all that is done.
        await pause(5);
      }
      if (BETWEEN_READS > 0) await pause(BETWEEN_READS);
    }
  };
  let isOver = false;
  onTestFinished(() => {
    isOver = true;
  });
  const readers = Promise.all(Array.from({ length: READERS }, (_, k) => reader(k)));
  return {
    stop: async () => {
      isOver = true;
      await readers;
      return { done: answered, errors: errors.slice(0, 5) };
    },
  };
}

export function nodeFaults({ cluster, session: sessionWith }: ThreeNodes): void {
  beforeAll(async () => {
    const session = sessionWith();
    await run(
      session,
      `CREATE KEYSPACE ${KEYSPACE} WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 3}`,
    );
    await run(session, `CREATE TYPE ${KEYSPACE}.address (street text)`);
    for (const table of ['t', 'changing']) {
      await run(session, `CREATE TABLE ${KEYSPACE}.${table} (k int PRIMARY KEY, v text, home address)`);
      const insert = `INSERT INTO ${KEYSPACE}.${table} (k, v, home) VALUES (?, ?, ?)`;
      const row = (k: number): unknown[] => [k, valueOf(k), { street: `street ${k}` }];
      await Promise.all(Array.from({ length: ROWS }, (_, k) => run(session, insert, row(k), { consistency: 'ALL' })));
    }
  }, 60_000);

  /** Reads the table; `during` is called after each page. */
  async function scan(
    session: Session,
    during: (pages: number, page: Pick<Page, 'coordinator'>) => unknown,
  ): Promise<Map<number, string>> {
    const found = new Map<number, string>();
    let pages = 0;
    await lastValueFrom(
      session.query<{ k: number; v: string }>(SCAN, [], { pageSize: PAGE_SIZE, prepare: true }).pipe(
        concatMap(async (page) => {
          for (const { k, v } of page) {
            expect(found.has(k)).toBe(false);
            found.set(k, v);
          }
          await during(++pages, page);
        }),
      ),
    );
    return found;
  }

  it('R31 a node that is killed while a table is read: the next page comes from another', async () => {
    const session = sessionWith({ consistency: 'ONE', loadBalancing: inOrder });
    await connected(session);
    const victim = cluster().nodes[0]!;
    const coordinators: string[] = [];
    const found = await scan(session, async (pages, page) => {
      coordinators.push(page.coordinator);
      // The next page is asked for when this one is read, and may or may not be on its way.
      if (pages === 3) await done(victim.kill());
    });
    // First of all, as the other tests need it.
    await done(victim.start());
    expect([...found].sort(([a], [b]) => a - b)).toEqual(Array.from({ length: ROWS }, (_, k) => [k, valueOf(k)]));
    expect(coordinators[0]).toBe(victim.address);
    expect(coordinators.at(-1)).not.toBe(victim.address);
    await ups(session, 3, 35_000);
  });

  it('R33 requests that are left at any moment leave nothing behind', async () => {
    const session = sessionWith({ consistency: 'ONE' });
    await connected(session);
    const emittedLate: unknown[] = [];
    for (let i = 0; i < 300; i++) {
      let isLeft = false;
      const subscription = session.query(SCAN, [], { pageSize: PAGE_SIZE, prepare: true }).subscribe((page) => {
        if (isLeft) emittedLate.push(page);
        page.skip();
      });
      if (i % 3 > 0) await pause(i % 20);
      subscription.unsubscribe();
      isLeft = true;
    }
    expect((await run(session, READ, [1])).one()['v']).toBe(valueOf(1));
    expect(emittedLate).toEqual([]);
    const since = performance.now();
    await lastValueFrom(session.close());
    expect(performance.now() - since).toBeLessThan(1_000);
  });

  it.each([5, 4] as const)('R34 a table that is altered while it is read from three nodes, in v%i', async (version) => {
    const session = sessionWith({ consistency: 'ONE', protocolVersion: version });
    await connected(session);
    const other = `c${version}`;
    const changes = [
      `ALTER TABLE ${KEYSPACE}.changing ADD ${other} int`,
      `ALTER TYPE ${KEYSPACE}.address ADD zip${version} int`,
      `ALTER TABLE ${KEYSPACE}.changing RENAME k TO k${version}`,
      `ALTER TABLE ${KEYSPACE}.changing DROP ${other}`,
      `ALTER TABLE ${KEYSPACE}.changing RENAME k${version} TO k`,
    ];
    const found: number[] = [];
    await lastValueFrom(
      session.query(`SELECT * FROM ${KEYSPACE}.changing`, [], { pageSize: PAGE_SIZE, prepare: true }).pipe(
        concatMap(async (page, index) => {
          const rows = page.toArray();
          // What is read again later is as it was.
          const change = changes[index - 1];
          if (change !== undefined) await run(session, change);
          expect(page.toArray()).toEqual(rows);
          return page;
        }),
        tap((page) => {
          const names = page.columns.map(({ name }) => name);
          for (const row of page) {
            expect(Object.keys(row)).toEqual(names);
            const k = (row['k'] ?? row[`k${version}`]) as number;
            expect(row['v']).toBe(valueOf(k));
            expect((row['home'] as Row)['street']).toBe(`street ${k}`);
            found.push(k);
          }
        }),
      ),
    );
    expect(new Set(found).size).toBe(ROWS);
    expect(found.length).toBe(ROWS);
  });

  it('R37 a node that is paused, which is the one that is asked for the cluster', async () => {
    // That of sessions, in the long form.
    const heartbeat = isLong ? { idle: 15_000, timeout: 5_000 } : { idle: 2_000, timeout: 1_000 };
    const victim = cluster().nodes[0]!;
    const session = sessionWith({
      // The control connection goes to the contact point.
      contactPoints: [victim.address],
      heartbeat,
      speculation: constantSpeculation({ delay: 200 }),
    });
    await connected(session);
    const load = reading(session);
    await pause(500);
    await done(victim.pause());
    const since = performance.now();
    try {
      const { nodes } = await ups(session, 2, 30_000);
      expect(performance.now() - since).toBeLessThan(heartbeat.idle + heartbeat.timeout + 500);
      expect(nodes.find(({ isUp }) => !isUp)!.address).toBe(victim.address);
      const used = new Set<string>();
      for (let k = 0; k < 20; k++) used.add((await run(session, READ, [k], { consistency: 'ONE' })).coordinator);
      expect(used).not.toContain(victim.address);
      // Somebody else is asked for the cluster soon: a change of the schema is heard of, and agreed on by those that are up.
      await pause(1_000);
      const changes: unknown[] = [];
      session.events.subscribe((event) => {
        if (event.type === 'schemaChange') changes.push(event);
      });
      const { schemaInAgreement } = await run(session, `CREATE TABLE ${KEYSPACE}.heard_of (k int PRIMARY KEY)`);
      expect(schemaInAgreement).toBe(true);
      await expect.poll(() => changes).toMatchObject([{ change: 'CREATED', name: 'heard_of' }]);
      if (isLong) await pause(since + 60_000 - performance.now());
    } finally {
      await done(victim.resume());
    }
    const resumed = performance.now();
    await ups(session, 3, 35_000);
    expect(performance.now() - resumed).toBeLessThan(35_000);
    expect(await load.stop()).toMatchObject({ errors: [] });
  });

  it('R36 nodes that are drained, killed, all gone and back', async () => {
    const { nodes } = cluster();
    const session = sessionWith({
      speculation: constantSpeculation({ delay: 500 }),
      // R31 and the long form come back by the policy of sessions: after so many failures, it may wait for half a minute.
      ...(!isLong && { reconnection: exponentialReconnection({ max: 2_000 }) }),
    });
    await connected(session);
    const load = reading(session);
    for (const node of isLong ? nodes : nodes.slice(2)) {
      await done(node.stop());
      await ups(session, 2, 10_000);
      await done(node.start());
      await ups(session, 3, 35_000);
    }
    // Two of three: the one that is left has all rows.
    await Promise.all([done(nodes[0]!.kill()), done(nodes[1]!.kill())]);
    await ups(session, 1, 10_000);
    await pause(500);
    const { done: answered, errors } = await load.stop();
    expect(errors).toEqual([]);
    expect(answered).toBeGreaterThan(100);

    await done(nodes[2]!.kill());
    await ups(session, 0, 10_000);
    const since = performance.now();
    const failure = await run(session, READ, [1]).catch((error: unknown) => error);
    expect(performance.now() - since).toBeLessThan(500);
    expect(failure).toBeInstanceOf(NoHostAvailableError);
    const { errors: causes } = failure as NoHostAvailableError;
    expect([...causes.keys()].sort()).toEqual(nodes.map(({ address }) => address).sort());
    for (const [cause] of causes.values()) expect(cause!.name).toBe('ConnectionError');

    // To start three at a time takes as long as all of the above.
    const back = isLong ? nodes : nodes.slice(0, 1);
    await Promise.all(back.map((node) => done(node.start())));
    await ups(session, back.length, 35_000);
    expect((await run(session, READ, [1], { consistency: isLong ? 'QUORUM' : 'ONE' })).one()['v']).toBe(valueOf(1));
  });
}
