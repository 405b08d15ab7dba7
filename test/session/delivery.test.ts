import { filter, firstValueFrom, interval, lastValueFrom, type Observable } from 'rxjs';
import {
  constantSpeculation,
  createSession,
  type Failure,
  fallthroughRetry,
  type Page,
  roundRobin,
  type Session,
  type SessionOptions,
} from 'rxcql';
import { error, event, type Rule, when } from 'rxcql/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startNodes, type TestNode, textRows, userQuery } from '../support/test-node.js';

// Where a request goes, and where it goes next: against nodes that are told what to answer.

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const turn = (milliseconds = 20): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A session with nodes that answer like this, all of which are connected to, and asked in their order. */
async function sessionWith(
  rules: readonly Rule[],
  options: Partial<SessionOptions> = {},
): Promise<{ session: Session; servers: TestNode[] }> {
  const servers = await startNodes(...rules.map((rule) => [rule]));
  cleanups.push(() => servers[0]!.close());
  const order = servers.map(({ contactPoint }) => contactPoint);
  const inOrder: NonNullable<SessionOptions['loadBalancing']> = ({ topology }) =>
    topology.nodes.filter(({ isUp }) => isUp).sort((a, b) => order.indexOf(a.address) - order.indexOf(b.address));
  const session = createSession({
    contactPoints: [servers[0]!.contactPoint],
    loadBalancing: inOrder,
    ...options,
  });
  cleanups.push(() => lastValueFrom(session.close()));
  await lastValueFrom(session.connect());
  await vi.waitFor(() => expect(servers.every(({ connectionCount }) => connectionCount > 0)).toBe(true));
  await turn(50);
  return { session, servers };
}

const run = (source: Observable<Page>): Promise<Page> => lastValueFrom(source);
const failureOf = (source: Observable<unknown>): Promise<Error & Record<string, unknown>> =>
  lastValueFrom(source).then(
    () => expect.fail('It did not fail.'),
    (reason: unknown) => reason as Error & Record<string, unknown>,
  );

const good = when(userQuery).reply(textRows(['good']));
const refusing = (kind: Parameters<typeof error>[0]): Rule => when(userQuery).reply(error(kind, { message: 'no' }));
const silent = when(userQuery).drop();
const hangingUp = when(userQuery).disconnect();

describe('a request goes to the next node', () => {
  it.each<[string, Rule, string, object | undefined]>([
    ['a read, after a server error', refusing('ServerError'), 'SELECT', undefined],
    ['a read, after a lost connection', hangingUp, 'SELECT', undefined],
    ['a read, after Overloaded', refusing('Overloaded'), 'SELECT', undefined],
    ['a write, after Unavailable', refusing('Unavailable'), 'INSERT', undefined],
    ['a write, while the node is bootstrapping', refusing('IsBootstrapping'), 'INSERT', undefined],
    ['a write that may be made twice, after a lost connection', hangingUp, 'INSERT', { idempotent: true }],
  ])('%s', async (_, first, cql, options) => {
    const { session, servers } = await sessionWith([first, good]);
    const page = await run(session.execute(cql, [], options));
    expect(page).toMatchObject({ attempts: 2, coordinator: servers[1]!.contactPoint });
  });
});

describe('a request fails with what its node has said', () => {
  it.each<[string, Rule, string, object | undefined, object]>([
    ['a write, after a server error', refusing('ServerError'), 'INSERT', undefined, { kind: 'ServerError' }],
    ['a write, after a lost connection', hangingUp, 'INSERT', undefined, { outcome: 'unknown' }],
    [
      'a read that is said not to be repeatable',
      hangingUp,
      'SELECT',
      { idempotent: false },
      { code: 'ERR_RXCQL_CONNECTION' },
    ],
    ['whatever would fail elsewhere, too', refusing('SyntaxError'), 'SELECT', undefined, { kind: 'SyntaxError' }],
    [
      'where the policy says so',
      refusing('ServerError'),
      'SELECT',
      { retry: fallthroughRetry() },
      { kind: 'ServerError' },
    ],
  ])('%s', async (_, first, cql, options, expected) => {
    const { session, servers } = await sessionWith([first, good]);
    expect(await failureOf(session.execute(cql, [], options))).toMatchObject({ attempts: 1, ...expected });
    expect(servers[1]!.queries.length).toBe(0);
  });

  it('but the outcome of a write is unknown where an earlier attempt may have made it', async () => {
    const options = { idempotent: true };
    const { session } = await sessionWith([hangingUp, refusing('Unavailable')]);
    expect(await failureOf(session.execute('INSERT', [], options))).toMatchObject({
      kind: 'Unavailable',
      attempts: 2,
      outcome: 'unknown',
    });
    const { session: other } = await sessionWith([refusing('ServerError'), refusing('Unavailable')]);
    expect(await failureOf(other.execute('INSERT', [], options))).not.toHaveProperty('outcome');
  });

  it('where no other node is left', async () => {
    const { session } = await sessionWith([refusing('Unavailable'), refusing('Unavailable')]);
    expect(await failureOf(session.execute('SELECT'))).toMatchObject({ kind: 'Unavailable', attempts: 2 });
  });
});

describe('a retry policy', () => {
  it('is told what has failed, and may choose the same node again', async () => {
    const flaky = when(userQuery)
      .reply(error('ServerError'))
      .afterwards()
      .reply(textRows(['good']));
    const { session, servers } = await sessionWith([flaky, good]);
    const failures: Failure[] = [];
    const page = await run(
      session.execute('INSERT', [], {
        retry: (failure) => {
          failures.push(failure);
          return 'same';
        },
      }),
    );
    expect(page).toMatchObject({ attempts: 2, coordinator: servers[0]!.contactPoint });
    expect(failures).toMatchObject([{ attempt: 1, idempotent: false, written: true, consistency: 'LOCAL_QUORUM' }]);
  });

  it('that throws is told of, and the request fails with its own error', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    cleanups.push(() => warned.mockRestore());
    const { session } = await sessionWith([refusing('ServerError'), good]);
    const retry = (): never => {
      throw new Error('a mistake');
    };
    for (let i = 0; i < 2; i++) {
      expect(await failureOf(session.execute('SELECT', [], { retry }))).toMatchObject({ kind: 'ServerError' });
    }
    expect(warned.mock.calls.filter(([what]) => String(what).includes('a mistake')).length).toBe(1);
  });
});

describe('speculation', () => {
  it('asks the next node when one does not answer, and the first answer counts', async () => {
    const { session, servers } = await sessionWith([silent, good], { speculation: constantSpeculation({ delay: 30 }) });
    const page = await run(session.execute('SELECT'));
    expect(page).toMatchObject({ attempts: 2, coordinator: servers[1]!.contactPoint });
  });

  it('is not for what must not be done twice', async () => {
    const { session, servers } = await sessionWith([silent, good], { speculation: constantSpeculation({ delay: 10 }) });
    expect((await failureOf(session.execute('INSERT', [], { timeout: 100 })))['outcome']).toBe('unknown');
    expect(servers[1]!.queries.length).toBe(0);
  });

  it('waits for the other attempt when one fails', async () => {
    const late = when(userQuery)
      .delay(150)
      .reply(textRows(['late']));
    const { session, servers } = await sessionWith([late, refusing('SyntaxError')], {
      speculation: constantSpeculation({ delay: 10 }),
    });
    expect(await run(session.execute('SELECT'))).toMatchObject({ coordinator: servers[0]!.contactPoint, attempts: 2 });
  });

  it('leaves what it has asked, with the request', async () => {
    const { session, servers } = await sessionWith([silent, silent], {
      speculation: constantSpeculation({ delay: 10 }),
    });
    const left = session.execute('SELECT').subscribe();
    await turn(100);
    left.unsubscribe();
    expect(servers.map(({ queries }) => queries.length)).toEqual([1, 1]);
    await turn(50);
    expect(servers.map(({ queries }) => queries.length)).toEqual([1, 1]);
  });
});

describe('one node', () => {
  it('is where a request goes that names it, by its address or as an object', async () => {
    const { session, servers } = await sessionWith([good, good, good]);
    const { nodes } = await firstValueFrom(session.topology);
    for (const server of servers) {
      const node = nodes.find(({ address }) => address === server.contactPoint)!;
      for (const target of [server.contactPoint, node]) {
        expect((await run(session.execute('SELECT', [], { node: target }))).coordinator).toBe(server.contactPoint);
      }
    }
  });

  it('is not replaced by another', async () => {
    const { session, servers } = await sessionWith([refusing('ServerError'), good]);
    const failure = await failureOf(session.execute('SELECT', [], { node: servers[0]!.contactPoint }));
    expect(failure).toMatchObject({ kind: 'ServerError', attempts: 1 });
    const unknown = await failureOf(session.execute('SELECT', [], { node: '127.0.0.1:1' }));
    expect(unknown['code']).toBe('ERR_RXCQL_NO_HOST_AVAILABLE');
    expect(unknown.message).toContain(`There are: ${servers[0]!.contactPoint} (datacenter1, rack1, up)`);
  });
});

describe('a load balancing policy', () => {
  it.each<[string, () => never]>([
    ['throws', () => expect.fail('a mistake')],
    ['gives no nodes at all', () => undefined as never],
  ])('that %s fails its requests with a typed error', async (_, loadBalancing) => {
    const { session } = await sessionWith([good]);
    const failure = await failureOf(session.execute('SELECT', [], { loadBalancing }));
    expect(failure).toMatchObject({ code: 'ERR_RXCQL_CONFIGURATION' });
    expect(failure.message).toContain('The load balancing policy failed');
  });
});

describe('a plan', () => {
  it('is one for each request, however often that is tried: each node comes first as often as any other', async () => {
    const { session, servers } = await sessionWith([refusing('ServerError'), good], { loadBalancing: roundRobin() });
    const attempts: number[] = [];
    for (let i = 0; i < 20; i++) attempts.push((await run(session.execute('SELECT'))).attempts);
    expect(attempts.filter((count) => count === 2)).toHaveLength(10);
    expect(servers.map(({ queries }) => queries.length)).toEqual([10, 20]);
  });
});

describe('closing a session', () => {
  it('says of no node that it is down', async () => {
    const { session } = await sessionWith([good, good]);
    const types: string[] = [];
    session.events.subscribe(({ type }) => types.push(type));
    await lastValueFrom(session.close());
    expect(types).toEqual(['connectionClosed', 'connectionClosed']);
  });
});

describe('profiles', () => {
  it('stand between what the session says and what the request says', async () => {
    const { session, servers } = await sessionWith([silent, good], {
      timeout: 60,
      profiles: { patient: { timeout: 5_000, speculation: constantSpeculation({ delay: 400 }) } },
    });
    expect((await failureOf(session.execute('SELECT')))['code']).toBe('ERR_RXCQL_REQUEST_TIMEOUT');
    const page = await run(session.execute('SELECT', [], { profile: 'patient' }));
    expect(page.coordinator).toBe(servers[1]!.contactPoint);
    const failure = await failureOf(session.execute('SELECT', [], { profile: 'patient', timeout: 60 }));
    expect(failure['code']).toBe('ERR_RXCQL_REQUEST_TIMEOUT');
  });
});

describe('the time of a write', () => {
  async function timestampOf(cql: string, options: Partial<SessionOptions>): Promise<bigint | undefined> {
    const { session, servers } = await sessionWith([good], options);
    await run(session.execute(cql));
    return servers[0]!.requests.find((request) => request.cql === cql)!.timestamp;
  }

  it.each([4, 5] as const)('goes with writes, and not with reads, in v%i', async (protocolVersion) => {
    expect(await timestampOf('INSERT', { protocolVersion })).toBeTypeOf('bigint');
    expect(await timestampOf('SELECT', { protocolVersion })).toBeUndefined();
    expect(await timestampOf('CREATE', { protocolVersion })).toBeUndefined();
  });

  it.each<[string, () => unknown, object]>([
    ['a number', () => 5, { message: expect.stringContaining('it has returned a value of type number') as string }],
    ['nothing', () => undefined, { message: expect.stringContaining('of type undefined') as string }],
    [
      'an error',
      () => expect.fail('a mistake'),
      { cause: expect.objectContaining({ message: 'a mistake' }) as object },
    ],
  ])('is a typed error where its generator gives %s', async (_, timestamps, expected) => {
    const { session, servers } = await sessionWith([good], { timestamps: timestamps as never });
    const failure = await failureOf(session.execute('INSERT'));
    expect(failure).toMatchObject({ code: 'ERR_RXCQL_CONFIGURATION', ...expected });
    expect(servers[0]!.queries).toEqual([]);
  });

  it('is the server’s where that is wanted', async () => {
    expect(await timestampOf('INSERT', { timestamps: false })).toBeUndefined();
  });
});

describe('the control connection', () => {
  it('moves to another node when it is lost, and goes on telling', async () => {
    const { session, servers } = await sessionWith([good, good], { loadBalancing: roundRobin() });
    const [first, second] = servers as [TestNode, TestNode];
    expect([first.controls.size, second.controls.size]).toEqual([1, 0]);
    await first.stop();
    await vi.waitFor(() => expect(second.controls.size).toBe(1), { timeout: 5_000 });
    const change = firstValueFrom(session.events.pipe(filter(({ type }) => type === 'schemaChange')));
    // What comes before the session listens there is told to nobody.
    const orders = event.schema({ change: 'CREATED', target: 'TABLE', keyspace: 'shop', name: 'orders' });
    const telling = interval(20).subscribe(() => second.server.push(orders));
    cleanups.push(() => telling.unsubscribe());
    expect(await change).toMatchObject({ keyspace: 'shop', name: 'orders' });
  });
});
