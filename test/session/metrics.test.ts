import { lastValueFrom, map } from 'rxjs';
import { createSession, type LoadBalancingPolicy, type Metrics, type SessionOptions } from 'rxcql';
import { cql, error, fakeServer, marbles, node, rows, sessionOf, cqlServer, type Rule, when } from 'rxcql/testing';
import { describe, expect, it } from 'vitest';
import { run } from '../support/running.js';

/** What a session says of itself at some moments of virtual time, in milliseconds. */
function seen(
  rules: readonly Rule[],
  use: (session: ReturnType<typeof sessionOf>) => void,
  at: readonly number[],
  options: Partial<SessionOptions> = {},
): Metrics[] {
  const all: Metrics[] = [];
  marbles(
    ({ cold, expectObservable }) => {
      const session = sessionOf(fakeServer(rules, { nodes: [{ host: '127.0.0.1' }, { host: '127.0.0.2' }] }), {
        schemaMetadata: false,
        ...options,
      });
      use(session);
      const moments = at.map((time, i) => `${time - (at[i - 1] ?? -1) - 1}ms a`).join(' ');
      expectObservable(cold(moments).pipe(map(() => (all.push(session.metrics), 'a')))).toBe(moments);
    },
    { maxTime: 2_000 },
  );
  return all;
}

const byAddress: LoadBalancingPolicy = ({ topology }) =>
  [...topology.nodes].sort((a, b) => a.address.localeCompare(b.address));

const quietly = { error: () => undefined };

describe('session.metrics', () => {
  it('count nothing before anything was done', () => {
    const session = createSession({ contactPoints: ['127.0.0.1'] });
    expect(session.metrics).toMatchObject({
      requests: 0,
      inFlight: 0,
      queued: 0,
      errors: {},
      connections: 0,
      bytesIn: 0,
      bytesOut: 0,
      nodes: [],
      latency: { count: 0, mean: 0 },
    });
    expect(session.metrics.latency.percentile(99)).toBe(0);
  });

  it('tell what is in flight, what waits, and how long it took', () => {
    const rules = [
      when(cql('SELECT v FROM t'))
        .delay(20)
        .reply(rows({ v: 'int' }, [[1]])),
    ];
    const [before, during, after] = seen(
      rules,
      (session) => {
        session.connect().subscribe(() => {
          for (let i = 0; i < 3; i++) session.execute('SELECT v FROM t').subscribe();
        });
      },
      [0, 10, 100],
      { maxConcurrent: 2 },
    );
    expect(before).toMatchObject({ latency: { count: 0 } });
    expect(during).toMatchObject({ requests: 3, inFlight: 2, queued: 1, latency: { count: 0 } });
    expect(during!.nodes.reduce((sum, { inFlight }) => sum + inFlight, 0)).toBe(2);
    expect(after).toMatchObject({ requests: 3, inFlight: 0, queued: 0, latency: { count: 3, mean: 20 }, errors: {} });
    expect(after!.latency.percentile(50)).toBeCloseTo(20, 0);
  });

  it('count errors by their kind, retries, timeouts, and answers that nobody waits for', () => {
    const rules = [
      when(cql('INSERT')).reply(error('Invalid')),
      when(cql('SELECT 1')).reply(error('ServerError')),
      when(cql('SELECT 2')).drop(),
    ];
    const [all] = seen(
      rules,
      (session) => {
        session.execute('INSERT').subscribe(quietly);
        session.execute('SELECT 1').subscribe(quietly);
        session.execute('SELECT 2', [], { timeout: 100 }).subscribe(quietly);
        session.execute('SELECT 2').subscribe().unsubscribe();
      },
      [500],
    );
    expect(all).toMatchObject({
      requests: 4,
      errors: { Invalid: 1, ServerError: 1, RequestTimeoutError: 1 },
      // The first node's error, and the second's.
      retries: 2,
      timeouts: 1,
      orphaned: 1,
      latency: { count: 2 },
    });
  });

  it('tell what each node was sent, how long it took, and with what it has failed', () => {
    const rules = [
      when(cql('SELECT 1').and(node('127.0.0.1')))
        .delay(5)
        .reply(error('ServerError')),
      when(cql('SELECT 1'))
        .delay(20)
        .reply(rows({ v: 'int' }, [[1]])),
      when(cql('SELECT 2')).drop(),
    ];
    const [all] = seen(
      rules,
      (session) => {
        const toFirst = { loadBalancing: byAddress } as const;
        for (let i = 0; i < 3; i++) session.execute('SELECT 1', [], toFirst).subscribe();
        session.execute('SELECT 2', [], { ...toFirst, timeout: 100 }).subscribe(quietly);
      },
      [500],
    );
    expect(all!.nodes).toMatchObject([
      { requests: 4, errors: { ServerError: 3, RequestTimeoutError: 1 }, latency: { count: 3, mean: 5 }, orphaned: 1 },
      { requests: 3, errors: {}, latency: { count: 3, mean: 20 } },
    ]);
    // Of the requests: from the first attempt to the answer that counted.
    expect(all!.latency).toMatchObject({ count: 3, mean: 25 });
  });

  it('count the attempts that a speculation policy has asked for', () => {
    const rules = [
      when(cql('SELECT'))
        .delay(50)
        .reply(rows({ v: 'int' }, [[1]])),
    ];
    const [all] = seen(rules, (session) => session.execute('SELECT').subscribe(), [500], {
      speculation: (attempt) => (attempt === 1 ? 10 : undefined),
    });
    expect(all).toMatchObject({ requests: 1, speculations: 1, retries: 0, latency: { count: 1, mean: 50 } });
  });

  it('count bytes, and go on to be there when the session is closed', async () => {
    const { value: server, stop } = await run(cqlServer());
    const session = createSession({ contactPoints: [server.contactPoint] });
    await lastValueFrom(session.execute('SELECT'));
    const { bytesIn, bytesOut, connections } = session.metrics;
    expect([bytesIn > 100, bytesOut > 100, connections]).toEqual([true, true, 1]);
    await lastValueFrom(session.close());
    expect(session.metrics).toMatchObject({ requests: 1, connections: 0, nodes: [], inFlight: 0 });
    expect(session.metrics.bytesIn).toBeGreaterThanOrEqual(bytesIn);
    expect(JSON.parse(JSON.stringify(session.metrics))).toMatchObject({ requests: 1, latency: { count: 1 } });
    stop();
  });
});
