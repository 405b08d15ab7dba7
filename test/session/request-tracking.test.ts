import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { concatMap, ignoreElements, lastValueFrom, take, timer } from 'rxjs';
import { createSession, type RequestEnd, type RequestStart, type Session, type SessionOptions } from 'rxcql';
import { cql, error, fakeServer, marbles, node, opcode, type Rule, rows, sessionOf, when } from 'rxcql/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const NAMES = ['start', 'attempt', 'retry', 'page', 'end'] as const;

type Told = { readonly name: string; readonly id: number } & Record<string, unknown>;
let told: Told[] = [];
const listeners = NAMES.map((name) => {
  const listener = (message: unknown): void => void told.push({ name, ...(message as { id: number }) });
  return [`rxcql:request:${name}`, listener] as const;
});

beforeEach(() => {
  told = [];
  for (const [channel, listener] of listeners) subscribe(channel, listener);
});
afterEach(() => {
  for (const [channel, listener] of listeners) unsubscribe(channel, listener);
});

/** What is told of what is done with a session of two nodes, the ids counted from 0. */
function tellsOf(
  rules: readonly Rule[],
  use: (session: Session) => void,
  options: Partial<SessionOptions> = {},
): Told[] {
  const server = fakeServer(rules, { nodes: [{ host: '127.0.0.1' }, { host: '127.0.0.2' }] });
  marbles(
    ({ expectObservable }) => {
      const session = sessionOf(server, { schemaMetadata: false, ...options });
      session.connect().subscribe();
      timer(50).subscribe(() => use(session));
      expectObservable(timer(1_000).pipe(ignoreElements())).toBe('1s |');
    },
    { maxTime: 3_000 },
  );
  const ids = [...new Set(told.map(({ id }) => id))];
  return told.map((one) => ({ ...one, id: ids.indexOf(one.id) }));
}

const SELECT = 'SELECT v FROM t';
const two = when(cql(SELECT))
  .delay(3)
  .reply(({ pagingState }) => rows({ v: 'int' }, [[1], [2]], pagingState === undefined ? { pagingState: 'x' } : {}));

describe('the channels of requests', () => {
  it('tell of a query with all its pages', () => {
    const all = tellsOf([two], (session) =>
      session
        .query(SELECT)
        .pipe(concatMap((page) => page))
        .subscribe(),
    );
    const node = all[1]!['node'];
    const page = { rowCount: 2, coordinator: node, attempts: 1, latency: 3 };
    expect(all).toEqual([
      { name: 'start', id: 0, kind: 'query', cql: SELECT, statements: 1 },
      { name: 'attempt', id: 0, page: 0, node, attempt: 1, isSpeculative: false },
      { name: 'page', id: 0, page: 0, hasMorePages: true, ...page },
      { name: 'attempt', id: 0, page: 1, node, attempt: 1, isSpeculative: false },
      { name: 'page', id: 0, page: 1, hasMorePages: false, ...page },
      { name: 'end', id: 0, outcome: 'completed', pages: 2, duration: 6 },
    ]);
  });

  it('tell of retries, and with what a request fails', () => {
    const all = tellsOf([when(cql(SELECT)).reply(error('ServerError'))], (session) =>
      session.execute(SELECT).subscribe({ error: () => undefined }),
    );
    expect(all.map(({ name }) => name)).toEqual(['start', 'attempt', 'retry', 'attempt', 'retry', 'end']);
    expect(all[2]).toMatchObject({ error: { kind: 'ServerError' }, action: 'next', page: 0, node: all[1]!['node'] });
    expect(all[3]!['node']).not.toBe(all[1]!['node']);
    expect(all[3]).toMatchObject({ attempt: 2 });
    expect(all[5]).toMatchObject({ outcome: 'failed', error: { kind: 'ServerError' }, pages: 0 });
  });

  it('tell of further attempts, and of who leaves', () => {
    const slow = when(cql(SELECT).and(node('127.0.0.1')))
      .delay(400)
      .reply(rows({ v: 'int' }, [[1]]));
    const also = when(cql(SELECT).and(node('127.0.0.2')))
      .delay(400)
      .reply(rows({ v: 'int' }, [[1]]));
    const all = tellsOf(
      [slow, also],
      (session) => {
        const left = session.execute(SELECT).subscribe();
        timer(100).subscribe(() => left.unsubscribe());
      },
      { speculation: (attempt) => (attempt === 1 ? 10 : undefined) },
    );
    expect(all.map(({ name }) => name)).toEqual(['start', 'attempt', 'attempt', 'end']);
    expect(all[2]).toMatchObject({ attempt: 2, isSpeculative: true });
    expect(all[3]).toMatchObject({ outcome: 'unsubscribed', duration: 100, pages: 0 });
  });

  it('tell of batches, without any value', () => {
    const all = tellsOf([when(opcode('BATCH'))], (session) =>
      session.batch(["INSERT INTO t (v) VALUES ('secret')", 'DELETE FROM t WHERE v = 5']).subscribe(),
    );
    expect(all[0]).toMatchObject({ kind: 'batch', cql: 'INSERT INTO t (v) VALUES (?)', statements: 2 });
    expect(JSON.stringify(all)).not.toContain('secret');
  });

  it('tell of requests that are refused before they are sent', () => {
    const all = tellsOf([], (session) =>
      session.execute(SELECT, [], { consistency: 'SERIAL', pageSize: 5 }).subscribe(),
    );
    expect(all.at(-1)).toMatchObject({ name: 'end', outcome: 'completed' });
    told = [];
    const refused = tellsOf([], (session) =>
      session.execute('INSERT', [], { consistency: 'SERIAL' }).subscribe({ error: () => undefined }),
    );
    expect(refused.map(({ name }) => name)).toEqual(['start', 'end']);
  });

  it('tell each request by an id of its own, in the context of who asks', async () => {
    const context = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const onStart = (message: unknown): void =>
      void seen.push(['start', (message as RequestStart).id, context.getStore()]);
    const onEnd = (message: unknown): void => void seen.push(['end', (message as RequestEnd).id]);
    subscribe('rxcql:request:start', onStart);
    subscribe('rxcql:request:end', onEnd);
    const session = createSession({ contactPoints: ['127.0.0.1:1'] });
    const fails = (): Promise<unknown> => lastValueFrom(session.execute('SELECT').pipe(take(1))).catch(() => undefined);
    await Promise.all([context.run('a', fails), context.run('b', fails)]);
    unsubscribe('rxcql:request:start', onStart);
    unsubscribe('rxcql:request:end', onEnd);
    const [first, second] = seen as [string, number, string][];
    expect([first![2], second![2]]).toEqual(['a', 'b']);
    expect(second![1]).toBe(first![1] + 1);
    expect(seen.slice(2)).toEqual([
      ['end', first![1]],
      ['end', second![1]],
    ]);
  });
});
