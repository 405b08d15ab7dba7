import { filter, firstValueFrom, lastValueFrom, type Observable } from 'rxjs';
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
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Opcode } from '../../src/codec/envelope.js';
import {
  type CqlTestServer,
  cqlServers,
  error,
  type Handler,
  i32,
  rows,
  type ServerRequest,
  string,
  u16,
} from '../support/cql-server.js';

// Where a request goes, and where it goes next: against nodes that are told what to answer.

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const turn = (milliseconds = 20): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A session with nodes that answer like this, all of which are connected to, and asked in their order. */
async function sessionWith(
  handlers: readonly Handler[],
  options: Partial<SessionOptions> = {},
): Promise<{ session: Session; servers: CqlTestServer[] }> {
  const servers = await cqlServers(handlers);
  for (const server of servers) cleanups.push(() => server.close());
  const ports = servers.map(({ port }) => port);
  const inOrder: NonNullable<SessionOptions['loadBalancing']> = ({ topology }) =>
    topology.nodes
      .filter(({ isUp }) => isUp)
      .sort((a, b) => ports.indexOf(portOf(a.address)) - ports.indexOf(portOf(b.address)));
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

const portOf = (address: string): number => Number(address.split(':')[1]);
const run = (source: Observable<Page>): Promise<Page> => lastValueFrom(source);
const failureOf = (source: Observable<unknown>): Promise<Error & Record<string, unknown>> =>
  lastValueFrom(source).then(
    () => expect.fail('It did not fail.'),
    (reason: unknown) => reason as Error & Record<string, unknown>,
  );

/** What answers queries, and nothing else. */
const querying =
  (answer: (request: ServerRequest) => unknown): Handler =>
  (request) =>
    request.opcode === Opcode.QUERY && (answer(request), true);

const good = querying(({ reply }) => reply(Opcode.RESULT, rows(['good'])));
const refusing = (code: number, extra?: Buffer): Handler =>
  querying(({ reply }) => reply(Opcode.ERROR, error(code, 'no', extra)));
const silent = querying(() => undefined);
const hangingUp = querying(({ connection }) => connection.socket.destroy());
const queriesOf = (server: CqlTestServer): number =>
  server.requests.filter(({ opcode }) => opcode === Opcode.QUERY).length;

const UNAVAILABLE = Buffer.concat([u16(1), i32(2), i32(1)]);

describe('a request goes to the next node', () => {
  it.each<[string, Handler, string, object | undefined]>([
    ['a read, after a server error', refusing(0x0000), 'SELECT', undefined],
    ['a read, after a lost connection', hangingUp, 'SELECT', undefined],
    ['a read, after Overloaded', refusing(0x1001), 'SELECT', undefined],
    ['a write, after Unavailable', refusing(0x1000, UNAVAILABLE), 'INSERT', undefined],
    ['a write, while the node is bootstrapping', refusing(0x1002), 'INSERT', undefined],
    ['a write that may be made twice, after a lost connection', hangingUp, 'INSERT', { idempotent: true }],
  ])('%s', async (_, first, cql, options) => {
    const { session, servers } = await sessionWith([first, good]);
    const page = await run(session.execute(cql, [], options));
    expect(page).toMatchObject({ attempts: 2, coordinator: servers[1]!.contactPoint });
  });
});

describe('a request fails with what its node has said', () => {
  it.each<[string, Handler, string, object | undefined, object]>([
    ['a write, after a server error', refusing(0x0000), 'INSERT', undefined, { kind: 'ServerError' }],
    ['a write, after a lost connection', hangingUp, 'INSERT', undefined, { outcome: 'unknown' }],
    [
      'a read that is said not to be repeatable',
      hangingUp,
      'SELECT',
      { idempotent: false },
      { code: 'ERR_RXCQL_CONNECTION' },
    ],
    ['whatever would fail elsewhere, too', refusing(0x2000), 'SELECT', undefined, { kind: 'SyntaxError' }],
    ['where the policy says so', refusing(0x0000), 'SELECT', { retry: fallthroughRetry() }, { kind: 'ServerError' }],
  ])('%s', async (_, first, cql, options, expected) => {
    const { session, servers } = await sessionWith([first, good]);
    expect(await failureOf(session.execute(cql, [], options))).toMatchObject({ attempts: 1, ...expected });
    expect(queriesOf(servers[1]!)).toBe(0);
  });

  it('where no other node is left', async () => {
    const { session } = await sessionWith([refusing(0x1000, UNAVAILABLE), refusing(0x1000, UNAVAILABLE)]);
    expect(await failureOf(session.execute('SELECT'))).toMatchObject({ kind: 'Unavailable', attempts: 2 });
  });
});

describe('a retry policy', () => {
  it('is told what has failed, and may choose the same node again', async () => {
    let asked = 0;
    const flaky = querying(({ reply }) =>
      asked++ === 0 ? reply(Opcode.ERROR, error(0x0000, 'no')) : reply(Opcode.RESULT, rows(['good'])),
    );
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
    const { session } = await sessionWith([refusing(0x0000), good]);
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
    expect(queriesOf(servers[1]!)).toBe(0);
  });

  it('waits for the other attempt when one fails', async () => {
    const late = querying(({ reply }) => setTimeout(() => reply(Opcode.RESULT, rows(['late'])), 150));
    const { session, servers } = await sessionWith([late, refusing(0x2000)], {
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
    expect(servers.map(queriesOf)).toEqual([1, 1]);
    await turn(50);
    expect(servers.map(queriesOf)).toEqual([1, 1]);
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
    const { session, servers } = await sessionWith([refusing(0x0000), good]);
    const failure = await failureOf(session.execute('SELECT', [], { node: servers[0]!.contactPoint }));
    expect(failure).toMatchObject({ kind: 'ServerError', attempts: 1 });
    const unknown = await failureOf(session.execute('SELECT', [], { node: '127.0.0.1:1' }));
    expect(unknown['code']).toBe('ERR_RXCQL_NO_HOST_AVAILABLE');
    expect(unknown.message).toContain(`There are: ${servers[0]!.contactPoint} (dc1, r1, up)`);
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
  /** The flags of a QUERY of protocol v4: behind the statement and its consistency. */
  async function flagsOf(cql: string, options: Partial<SessionOptions>): Promise<number> {
    const { session, servers } = await sessionWith([good], { protocolVersion: 4, ...options });
    await run(session.execute(cql));
    const { body } = servers[0]!.requests.find((request) => request.cql === cql)!;
    body.take(body.i32() + 2);
    return body.u8();
  }

  const TIMESTAMP = 0x20;

  it('goes with writes, and not with reads', async () => {
    expect((await flagsOf('INSERT', {})) & TIMESTAMP).toBe(TIMESTAMP);
    expect((await flagsOf('SELECT', {})) & TIMESTAMP).toBe(0);
    expect((await flagsOf('CREATE', {})) & TIMESTAMP).toBe(0);
  });

  it('is the server’s where that is wanted', async () => {
    expect((await flagsOf('INSERT', { timestamps: false })) & TIMESTAMP).toBe(0);
  });
});

describe('the control connection', () => {
  const isControl = ({ connection }: ServerRequest): boolean => connection.isControl;

  it('moves to another node when it is lost, and goes on telling', async () => {
    const controls: ServerRequest[][] = [[], []];
    const noting =
      (index: number): Handler =>
      (request) => {
        if (isControl(request)) controls[index]!.push(request);
        return false;
      };
    const { session, servers } = await sessionWith([noting(0), noting(1)], { loadBalancing: roundRobin() });
    expect([...servers[0]!.controls, ...servers[1]!.controls].length).toBe(1);
    const [first, second] = servers as [CqlTestServer, CqlTestServer];
    const control = first.controls[0]!;
    await first.close();
    await vi.waitFor(() => expect(second.controls.length).toBe(1), { timeout: 5_000 });
    expect(control.socket.destroyed).toBe(true);
    const change = firstValueFrom(session.events.pipe(filter(({ type }) => type === 'schemaChange')));
    const event = ['SCHEMA_CHANGE', 'CREATED', 'TABLE', 'shop', 'orders'].map(string);
    second.controls[0]!.send(5, -1, Opcode.EVENT, Buffer.concat(event));
    expect(await change).toMatchObject({ keyspace: 'shop', name: 'orders' });
  });
});
