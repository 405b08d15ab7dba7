import { concatMap, lastValueFrom, merge, mergeMap, type Observable, of, range, toArray } from 'rxjs';
import { catchError, map } from 'rxjs';
import { createSession, type CqlError, type Session, type SessionOptions } from 'rxcql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Proxy, proxyTo } from '../support/proxy.js';
import { sharedNode } from './shared-node.js';

// Scenarios of docs/reliability.md against a real node. The others need a server that can be told to misbehave.

const KEYSPACE = 'rxcql_faults';
const [contactPoint] = sharedNode.contactPoints as [string];

const run = <T>(source: Observable<T>): Promise<T> => lastValueFrom(source);

const sessions: Session[] = [];
function sessionThrough(point: string, options: Partial<SessionOptions> = {}): Session {
  const session = createSession({ ...sharedNode, contactPoints: [point], keyspace: KEYSPACE, ...options });
  sessions.push(session);
  return session;
}

const ROWS = 2_000;
const rowOf = (i: number): { p: number; i: number; v: string } => ({ p: 1, i, v: `${i} `.repeat(i % 50) });

beforeAll(async () => {
  const session = createSession(sharedNode);
  sessions.push(session);
  const replication = "{ 'class': 'SimpleStrategy', 'replication_factor': 1 }";
  await run(session.execute(`CREATE KEYSPACE IF NOT EXISTS ${KEYSPACE} WITH replication = ${replication}`));
  for (const table of ['numbers', 'writes']) {
    await run(session.execute(`DROP TABLE IF EXISTS ${KEYSPACE}.${table}`));
    await run(session.execute(`CREATE TABLE ${KEYSPACE}.${table} (p int, i int, v text, PRIMARY KEY (p, i))`));
  }
  const insert = `INSERT INTO ${KEYSPACE}.numbers (p, i, v) VALUES (?, ?, ?)`;
  await run(range(0, ROWS).pipe(mergeMap((i) => session.execute(insert, Object.values(rowOf(i))), 64)));
});

afterAll(async () => {
  await Promise.all(sessions.map((session) => run(session.close())));
});

describe.each([4, 5] as const)('a real node, in v%i', (protocolVersion) => {
  const cuts: readonly [string, (length: number) => number][] = [
    ['one by one', () => 1],
    ['in pieces of 1 to 37', (at) => 1 + ((at * 7_919) % 37)],
  ];
  it.each(cuts)('R01 says the same when its bytes come %s', async (how, lengthAt) => {
    const cut = (bytes: Buffer): Buffer[] => {
      const pieces: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += pieces.at(-1)!.length)
        pieces.push(bytes.subarray(at, at + lengthAt(at)));
      return pieces;
    };
    const proxy = await proxyTo(contactPoint, { cut });
    const session = sessionThrough(proxy.contactPoint, { protocolVersion, schemaMetadata: false });
    const count = how === 'one by one' ? 50 : ROWS;
    const query = session.query('SELECT p, i, v FROM numbers WHERE p = ? LIMIT ?', [1, count], { pageSize: 300 });
    const found = await run(
      query.pipe(
        concatMap((page) => page),
        toArray(),
      ),
    );
    expect(found).toEqual(Array.from({ length: count }, (_, i) => rowOf(i)));
    await run(session.close());
    await proxy.close();
  });

  it('R20 loses its connection with requests in flight: each ends once, as what it is', async () => {
    const proxy: Proxy = await proxyTo(contactPoint);
    const session = sessionThrough(proxy.contactPoint, { protocolVersion, reconnection: () => 20 });
    await run(session.connect());
    const outcome = (request: Observable<unknown>): Observable<string> =>
      request.pipe(
        map(() => 'done'),
        catchError((error: CqlError & { outcome?: string }) => of(`${error.name} ${error.outcome ?? 'known'}`)),
      );
    const insert = await run(session.prepare('INSERT INTO writes (p, i, v) VALUES (?, ?, ?)'));
    const select = await run(session.prepare('SELECT v FROM numbers WHERE p = 1 AND i = ?'));
    const all = run(
      merge(
        range(0, 500).pipe(mergeMap((i) => outcome(session.execute(insert, [1, i, 'x'])))),
        range(0, 500).pipe(mergeMap((i) => outcome(session.execute(select, [i])).pipe(map((end) => `read ${end}`)))),
      ).pipe(toArray()),
    );
    // Some have been answered by then, and some not.
    while (proxy.passed.toClient < 20_000) await new Promise((resolve) => setImmediate(resolve));
    proxy.cut();
    const outcomes = await all;
    expect(outcomes.length).toBe(1_000);
    // There is no other node. Reads that were in flight say so; writes that were do not know; the rest was never sent.
    const expected = /^(read )?(done|ConnectionError (unknown|known)|NoHostAvailableError known)$/;
    for (const one of outcomes) expect(one).toMatch(expected);
    expect(outcomes.filter((one) => /^read .*unknown/.test(one))).toEqual([]);
    const done = outcomes.filter((one) => one === 'done').length;
    const since = performance.now();
    const count = (): Promise<number> =>
      run(session.execute('SELECT COUNT(*) FROM writes WHERE p = 1', [], { node: proxy.contactPoint })).then(
        (page) => Number(page.one()['count']),
        () => -1,
      );
    let written = await count();
    while (written < 0 && performance.now() - since < 5_000) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      written = await count();
    }
    // All that were acknowledged are there.
    expect(written).toBeGreaterThanOrEqual(done);
    await run(session.close());
    await proxy.close();
  });

  it('R26 forgets statements whose table is made anew: they are prepared again, and succeed', async () => {
    const session = sessionThrough(contactPoint, { protocolVersion });
    const create = 'CREATE TABLE IF NOT EXISTS anew (p int PRIMARY KEY, v text)';
    await run(session.execute(create));
    const insert = await run(session.prepare('INSERT INTO anew (p, v) VALUES (?, ?)'));
    const select = await run(session.prepare('SELECT v FROM anew WHERE p = ?'));
    for (let round = 0; round < 2; round++) {
      await run(session.execute('DROP TABLE anew'));
      await run(session.execute(create));
      await run(range(0, 200).pipe(mergeMap((i) => session.execute(insert, [i, `${round} ${i}`]))));
      const found = range(0, 200).pipe(
        mergeMap((i) => session.execute(select, [i]).pipe(map((page) => String(page.one()['v'])))),
      );
      expect(new Set(await run(found.pipe(toArray())))).toEqual(
        new Set(Array.from({ length: 200 }, (_, i) => `${round} ${i}`)),
      );
    }
    await run(session.close());
  });
});
