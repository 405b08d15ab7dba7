import { connect, createServer, type Socket } from 'node:net';
import { createSession, type SessionOptions } from 'rxcql';
import {
  connection,
  cql,
  type CqlRequest,
  type CqlServer,
  cqlServer,
  type CqlServerOptions,
  error,
  node,
  opcode,
  PortInUseError,
  prepared,
  rows,
  type Rule,
  systemTables,
  times,
  when,
} from 'rxcql/testing';
import { concatMap, lastValueFrom, map, mergeMap, range, toArray } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../src/errors.js';
import { run } from '../../support/running.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serving(rules: readonly Rule[] = [], options?: CqlServerOptions): Promise<CqlServer> {
  const { value, stop } = await run(cqlServer(rules, options));
  cleanups.push(stop);
  return value;
}

function sessionTo(server: CqlServer, options: Partial<SessionOptions> = {}) {
  const session = createSession({ contactPoints: [server.contactPoint], ...options });
  cleanups.push(() => lastValueFrom(session.close()));
  return session;
}

const turn = (milliseconds = 20): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** What was asked so far. */
function seenBy(server: CqlServer): CqlRequest[] {
  const seen: CqlRequest[] = [];
  server.requests.subscribe((request) => seen.push(request)).unsubscribe();
  return seen;
}

/** A socket that is connected, and what it has received so far. */
function dial(port: number): Promise<{ socket: Socket; received: () => string; closed: Promise<string> }> {
  const socket = connect(port, '127.0.0.1');
  cleanups.push(() => socket.destroy());
  let received = '';
  socket.setEncoding('latin1').on('data', (text: string) => (received += text));
  const closed = new Promise<string>((resolve) => {
    socket.on('end', () => resolve('end'));
    socket.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code ?? ''));
  });
  return new Promise((resolve) => socket.on('connect', () => resolve({ socket, received: () => received, closed })));
}

/** OPTIONS in v4 on stream 1. */
const OPTIONS = Buffer.from('040000010500000000', 'hex');

describe('cqlServer', () => {
  it('listens while it is subscribed to, and leaves nothing', async () => {
    const { value: server, stop } = await run(cqlServer());
    expect(server).toMatchObject({ host: '127.0.0.1', connections: 0, accepted: 0 });
    expect([server.contactPoint, server.contactPoints]).toEqual([`127.0.0.1:${server.port}`, [server.contactPoint]]);
    const { closed } = await dial(server.port);
    const requests = lastValueFrom(server.requests, { defaultValue: 'none' });
    await turn();
    expect([server.connections, server.accepted]).toEqual([1, 1]);
    stop();
    expect(['end', 'ECONNRESET']).toContain(await closed);
    expect(await requests).toBe('none');
    await turn();
    await expect(dialFails(server.port)).resolves.toBe('ECONNREFUSED');
  });

  const dialFails = (port: number): Promise<string> =>
    new Promise((resolve) =>
      connect(port, '127.0.0.1').on('error', ({ code }: NodeJS.ErrnoException) => resolve(code ?? '')),
    );

  it('is another server for each subscription, whose rules begin again', async () => {
    const cold = cqlServer([when(opcode('QUERY').and(times(1))).reply(error('Overloaded'))]);
    for (let i = 0; i < 2; i++) {
      const { value, stop } = await run(cold);
      cleanups.push(stop);
      const session = sessionTo(value);
      await expect(lastValueFrom(session.execute('a'))).rejects.toMatchObject({ kind: 'Overloaded' });
      await lastValueFrom(session.execute('a'));
    }
  });

  it('says which port is taken, and which address is none of ours', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    cleanups.push(() => taken.close());
    await turn();
    const { port } = taken.address() as { port: number };
    const failure = await run(cqlServer([], { port })).catch((reason: unknown) => reason);
    expect(failure).toBeInstanceOf(PortInUseError);
    expect(failure).toMatchObject({ host: '127.0.0.1', port });
    await expect(run(cqlServer([], { host: '192.0.2.1' }))).rejects.toThrow(ConfigurationError);
  });

  it('errors for what is wrong, and does not throw', async () => {
    await expect(run(cqlServer([5 as never]))).rejects.toThrow(ConfigurationError);
    await expect(run(cqlServer([], { ports: 1 } as never))).rejects.toThrow('Did you mean "port"?');
    await expect(run(cqlServer([], { host: 'localhost' }))).rejects.toThrow('needs an IP address as its host');
  });

  it('resets, ends and cuts connections', async () => {
    const server = await serving([
      when(connection(1)).disconnect('reset'),
      when(connection(2)).disconnect(),
      when(connection(3)).truncate(4).disconnect(),
    ]);
    const dialed = [await dial(server.port), await dial(server.port), await dial(server.port), await dial(server.port)];
    for (const { socket } of dialed) socket.write(OPTIONS);
    expect(await Promise.all(dialed.slice(0, 3).map(({ closed }) => closed))).toEqual(['ECONNRESET', 'end', 'end']);
    expect(dialed.map(({ received }) => received().length)).toEqual([0, 0, 4, expect.any(Number)]);
    await turn();
    expect(server.connections).toBe(1);
    server.disconnect(4, 'reset');
    expect(await dialed[3]!.closed).toBe('ECONNRESET');
  });

  it('stops reading where it is half open, so that the client feels it', async () => {
    const server = await serving([when(opcode('OPTIONS')).halfOpen()]);
    const { socket, received, closed } = await dial(server.port);
    socket.write(OPTIONS);
    await turn();
    let isFull = false;
    for (let i = 0; i < 64 && !isFull; i++) {
      isFull = !socket.write(Buffer.alloc(1024 * 1024));
      await turn(5);
    }
    await turn(50);
    expect(socket.writableLength).toBeGreaterThan(0);
    expect([received(), socket.destroyed, server.connections]).toEqual(['', false, 1]);
    server.disconnect(1, 'reset');
    expect(await closed).toBe('ECONNRESET');
  });

  it('sends in pieces, with time between them', async () => {
    const server = await serving([when(opcode('OPTIONS')).chunked(20)]);
    const { socket } = await dial(server.port);
    const pieces: number[] = [];
    socket.on('data', (text: string) => pieces.push(text.length));
    socket.write(OPTIONS);
    await turn(100);
    expect(pieces.length).toBeGreaterThan(2);
  });

  it('plays several nodes, which know each other', async () => {
    const nodes = [{ host: '127.0.0.1' }, { host: '127.0.0.2', rack: 'r2' }, { host: '127.0.0.3', listens: false }];
    const server = await serving([when(node('127.0.0.2').and(cql('which'))).reply(rows({ v: 'int' }, [[2]]))], {
      nodes,
    });
    expect(server.contactPoints).toEqual([`127.0.0.1:${server.port}`, `127.0.0.2:${server.port}`]);
    const second = server.contactPoints[1]!;
    const session = sessionTo(server, { contactPoints: [second] });
    expect((await lastValueFrom(session.execute('which', [], { node: second }))).one()).toEqual({ v: 2 });
    const select = 'SELECT peer, native_port, rack FROM system.peers_v2';
    const peers = await lastValueFrom(session.execute(select, [], { node: second }));
    expect(peers.toArray()).toEqual([
      { peer: '127.0.0.1', native_port: server.port, rack: 'rack1' },
      { peer: '127.0.0.3', native_port: server.port, rack: 'rack1' },
    ]);
    expect(seenBy(server)[0]!.node).toBe(server.contactPoints[1]);
  });

  const dialed = async (host: string, port: number): Promise<Socket> => {
    const socket = connect(port, host).on('error', () => undefined);
    cleanups.push(() => socket.destroy());
    await new Promise((resolve) => socket.on('connect', resolve));
    return socket;
  };
  const isClosed = (socket: Socket): Promise<unknown> => new Promise((resolve) => socket.resume().on('close', resolve));

  it('takes a node away, and brings it back on the same port', async () => {
    const server = await serving([], { nodes: [{ host: '127.0.0.1' }, { host: '127.0.0.2' }] });
    const socket = await dialed('127.0.0.2', server.port);
    const closed = isClosed(socket);
    expect(await lastValueFrom(server.stop('127.0.0.2').pipe(toArray()))).toEqual([]);
    await closed;
    await expect(dialed('127.0.0.1', server.port)).resolves.toBeDefined();
    const refused = new Promise((resolve) =>
      connect(server.port, '127.0.0.2').on('error', ({ code }: NodeJS.ErrnoException) => resolve(code)),
    );
    expect(await refused).toBe('ECONNREFUSED');
    const second = server.contactPoints[1]!;
    for (const action of [server.stop(second), server.start(second), server.start(second)]) {
      await lastValueFrom(action, { defaultValue: undefined });
    }
    await dialed('127.0.0.2', server.port);
    await expect(lastValueFrom(server.stop('127.0.0.3'))).rejects.toThrow(
      'The server does not listen as a node "127.0.0.3".',
    );
  });

  it('ends the connections to one node', async () => {
    const server = await serving([], { nodes: [{ host: '127.0.0.1' }, { host: '127.0.0.2' }] });
    const [kept, ended] = [await dialed('127.0.0.1', server.port), await dialed('127.0.0.2', server.port)];
    await turn();
    const closed = isClosed(ended);
    server.disconnect('127.0.0.2');
    await closed;
    await turn();
    expect([server.connections, kept.closed]).toEqual([1, false]);
  });

  it('can answer no query of the user, and those that the driver makes', async () => {
    const server = await serving([when(opcode('QUERY').and(systemTables().not())).drop()]);
    const session = sessionTo(server);
    await lastValueFrom(session.execute('SELECT key FROM "system".local', [], { timeout: 2_000 }));
    await expect(lastValueFrom(session.execute('SELECT 1', [], { timeout: 50 }))).rejects.toMatchObject({
      code: 'ERR_RXCQL_REQUEST_TIMEOUT',
    });
  });
});

describe.each([
  ['v4', { protocolVersion: 4 }],
  ['v4, compressed', { protocolVersion: 4, compression: 'lz4' }],
  ['v5', { protocolVersion: 5 }],
  ['v5, compressed', { protocolVersion: 5, compression: 'lz4' }],
] as const)('a session in %s', (_, options) => {
  const text = 'text that is worth compressing, '.repeat(20);
  const SELECT = 'SELECT v FROM t WHERE id = ?';
  const wide = rows(
    { id: 'int', v: 'text' },
    Array.from({ length: 1_000 }, (__, id) => ({ id, v: `${text}${id}` })),
    {
      parameters: { id: 'int' },
      partitionKey: ['id'],
    },
  );
  const offered = { compression: 'lz4' } as const;

  it('reads rows, of a statement that is prepared and of one that is not', async () => {
    const server = await serving([when(cql(SELECT)).reply(wide), when(cql('SELECT v FROM t')).reply(wide)], offered);
    const session = sessionTo(server, options);
    for (const params of [[1], [2]]) {
      const page = await lastValueFrom(session.execute(SELECT, params));
      expect(page.toArray().at(-1)).toEqual({ id: 999, v: `${text}999` });
    }
    expect((await lastValueFrom(session.execute('SELECT v FROM t'))).rowCount).toBe(1_000);
    const executed = seenBy(server).filter((one) => one.opcode === 'EXECUTE');
    expect(executed).toMatchObject([
      { cql: SELECT, values: [1], version: options.protocolVersion },
      { cql: SELECT, values: [2] },
    ]);
  });

  it('follows pages', async () => {
    const page = rows({ v: 'int' }, [[1], [2]], { pagingState: 'more' });
    const last = rows({ v: 'int' }, [[3]]);
    const server = await serving(
      [when(({ pagingState }) => pagingState?.toString() === 'more').reply(last), when(cql('SELECT')).reply(page)],
      offered,
    );
    const all = sessionTo(server, options)
      .query('SELECT')
      .pipe(
        concatMap((one) => one),
        toArray(),
      );
    expect(await lastValueFrom(all)).toEqual([{ v: 1 }, { v: 2 }, { v: 3 }]);
  });

  it('gets its own answers, whatever their order', async () => {
    const echo = when(cql(/^echo/)).reply(({ cql: statement }) => rows({ v: 'text' }, [[statement]]));
    const server = await serving([when(cql(/[02468]$/)).delay(5), echo].reverse(), offered);
    const session = sessionTo(server, options);
    const echoes = range(0, 500).pipe(
      mergeMap((i) => session.execute<{ v: string }>(`echo ${i}`).pipe(map((one) => one.one().v === `echo ${i}`))),
      toArray(),
    );
    expect(new Set(await lastValueFrom(echoes))).toEqual(new Set([true]));
  });

  it('takes columns that change', async () => {
    const now = [rows({ a: 'int' }, [[1]]), rows({ b: 'text', a: 'int' }, [['x', 2]])];
    const server = await serving(
      [
        when(opcode('PREPARE')).reply(prepared({ columns: { a: 'int' } })),
        when(opcode('EXECUTE')).reply(now[0]!).afterwards().reply(now[1]!),
      ],
      offered,
    );
    const session = sessionTo(server, options);
    const seen: unknown[] = [];
    for (let i = 0; i < 3; i++)
      seen.push((await lastValueFrom(session.execute('SELECT', [], { prepare: true }))).one());
    expect(seen).toEqual([{ a: 1 }, { b: 'x', a: 2 }, { b: 'x', a: 2 }]);
  });

  it('prepares again what was forgotten', async () => {
    const server = await serving([], offered);
    const session = sessionTo(server, options);
    await lastValueFrom(session.execute('INSERT INTO t (v) VALUES (?)', ['x']));
    server.forgetStatements();
    await lastValueFrom(session.execute('INSERT INTO t (v) VALUES (?)', ['y']));
    const names = seenBy(server).map((one) => one.opcode);
    expect(names.filter((name) => name === 'PREPARE' || name === 'EXECUTE')).toEqual([
      'PREPARE',
      'EXECUTE',
      'EXECUTE',
      'PREPARE',
      'EXECUTE',
    ]);
  });

  it('changes the schema, and sees it agreed on', async () => {
    const server = await serving([], {
      ...offered,
      nodes: [{ host: '127.0.0.1' }, { host: '127.0.0.2', listens: false }],
    });
    const session = sessionTo(server, options);
    const page = await lastValueFrom(session.execute('CREATE TABLE IF NOT EXISTS shop.users (id int PRIMARY KEY)'));
    expect(page.schemaInAgreement).toBe(true);
    await lastValueFrom(session.execute('USE shop'));
    expect(session.keyspace).toBe('shop');
  });

  it('logs in', async () => {
    const authentication = { username: 'ada', password: 'sesame' };
    const server = await serving([], { ...offered, authentication });
    await lastValueFrom(sessionTo(server, { ...options, auth: authentication }).execute('SELECT'));
    const wrong = sessionTo(server, { ...options, auth: { ...authentication, password: 'x' } });
    await expect(lastValueFrom(wrong.execute('SELECT'))).rejects.toMatchObject({ name: 'AuthenticationError' });
  });
});
