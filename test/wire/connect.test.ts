import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { firstValueFrom, of, tap } from 'rxjs';
import {
  cql,
  type CqlServerOptions,
  error,
  opcode,
  rawResponse,
  ready,
  type Rule,
  supported,
  times,
  voidResult,
  when,
  withHeader,
} from 'rxcql/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Opcode } from '../../src/codec/envelope.js';
import { lz4 } from '../../src/codec/lz4.js';
import { AuthenticationError, ConnectionError, ProtocolError, ResponseError } from '../../src/errors.js';
import type { ConnectOptions } from '../../src/wire/connect.js';
import { Connection } from '../../src/wire/connection.js';
import { loginOf } from '../../src/session/auth-options.js';
import { tcp } from '../../src/wire/socket.js';
import { compressed, envelope, segment } from '../support/frames.js';
import { notInstalled } from '../support/lz4-package.js';
import { holding, startNode, type TestNode } from '../support/test-node.js';
import { connectOptions, open, Probe } from '../support/wire.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serving(rules?: readonly Rule[], options?: CqlServerOptions): Promise<TestNode> {
  const node = await startNode(rules, options);
  cleanups.push(() => node.close());
  return node;
}

async function opened(port: number, options: Parameters<typeof open>[1] = {}) {
  const result = await open(port, options);
  cleanups.push(() => result.subscription.unsubscribe());
  return result;
}

const failureOf = (port: number, options: Parameters<typeof open>[1] = {}): Promise<unknown> =>
  open(port, options).then(
    () => 'connected',
    (reason: unknown) => reason,
  );

const opcodes = (node: TestNode): string[] => node.requests.map((request) => request.opcode);

// eslint-disable-next-line @typescript-eslint/unbound-method -- called with the connection it is of
const receiveProperly = Connection.prototype.receive;

const string = (text: string): Buffer => Buffer.from([text.length >> 8, text.length & 0xff, ...Buffer.from(text)]);

const turn = (milliseconds = 20): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('the handshake', () => {
  it('asks for OPTIONS, starts up, asks once more in segments, and is ready', async () => {
    const server = await serving();
    const { connection } = await opened(server.port);
    expect(opcodes(server)).toEqual(['OPTIONS', 'STARTUP', 'OPTIONS']);
    expect(connection.version).toBe(5);
    expect(connection.host).toBe(server.contactPoint);
  });

  it('is ready after STARTUP in v4, which has no segments', async () => {
    const server = await serving();
    await opened(server.port, { protocolVersion: 4 });
    expect(opcodes(server)).toEqual(['OPTIONS', 'STARTUP']);
  });

  it('closes the socket when it is left', async () => {
    const server = await serving();
    const { subscription } = await opened(server.port);
    expect(server.server.connections).toBe(1);
    subscription.unsubscribe();
    await turn();
    expect(server.server.connections).toBe(0);
  });

  it('speaks v4, on a new socket, to a server that refuses v5', async () => {
    const server = await serving([], { protocolVersions: [4] });
    const { connection } = await opened(server.port);
    await turn();
    expect(connection.version).toBe(4);
    expect([server.server.accepted, server.server.connections]).toEqual([2, 1]);
  });

  it('does not fall back when a version is forced', async () => {
    const server = await serving([], { protocolVersions: [4] });
    const failure = await failureOf(server.port, { protocolVersion: 5 });
    expect(failure).toMatchObject({ name: 'ConnectionError', code: 'ERR_RXCQL_PROTOCOL_VERSION' });
    expect((failure as ConnectionError).message).toContain(
      `127.0.0.1:${server.port} does not speak protocol v5: Invalid`,
    );
    expect((failure as ConnectionError).cause).toBeInstanceOf(ResponseError);
    expect(server.server.accepted).toBe(1);
  });

  it('says that it has tried both', async () => {
    const refusal = error('ProtocolError', { message: 'Invalid or unsupported protocol version' });
    const server = await serving([when(opcode('OPTIONS')).reply(withHeader(refusal, { version: 4, streamId: 0 }))]);
    const failure = (await failureOf(server.port)) as ConnectionError;
    expect(failure.message).toContain('speaks neither protocol v5 nor v4: Invalid');
    expect(server.server.accepted).toBe(2);
  });

  it.each([
    [3, 0, 'Invalid or unsupported protocol version (5); the lowest supported version is 3'],
    [6, 77, 'Beta version of the protocol used (5/v5-beta), but USE_BETA flag is unset'],
    [4, 32_767, 'Invalid or unsupported protocol version: 5'],
  ])('takes a refusal of v5 in version %i and on stream %i for what it is', async (version, streamId, message) => {
    const refusal = withHeader(error('ProtocolError', { message }), { version, streamId });
    const server = await serving([when((request) => request.version === 5).reply(refusal)]);
    const { connection } = await opened(server.port);
    expect([connection.version, server.server.accepted]).toEqual([4, 2]);
  });

  describe('with a server that agrees on v5 and goes on without segments', () => {
    beforeEach(() => {
      const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
      cleanups.push(() => warned.mockRestore());
    });

    const bare = [
      when(opcode('STARTUP')).reply(ready()),
      when(({ connection, version }) => version === 5 && connection === 1).unsegmented(),
    ];

    it('speaks v4, on a new socket, before anybody is given the connection', async () => {
      const server = await serving(bare);
      const { connection } = await opened(server.port);
      await turn();
      expect(connection.version).toBe(4);
      expect([server.server.accepted, server.server.connections]).toEqual([2, 1]);
      expect(opcodes(server)).toEqual(['OPTIONS', 'STARTUP', 'OPTIONS', 'OPTIONS', 'STARTUP']);
    });

    it('speaks v4 also where it asks for credentials', async () => {
      const server = await serving([when(opcode('AUTH_RESPONSE').and(({ version }) => version === 5)).unsegmented()], {
        authentication: { username: 'ada', password: 'sesame' },
      });
      const { connection } = await opened(server.port, { login: loginOf({ username: 'ada', password: 'sesame' }) });
      expect([connection.version, server.server.accepted]).toEqual([4, 2]);
    });

    it('says what to do when v5 is forced', async () => {
      const server = await serving(bare);
      const failure = await failureOf(server.port, { protocolVersion: 5 });
      expect(failure).toBeInstanceOf(ProtocolError);
      expect(String(failure)).toContain('set protocolVersion to 4');
      expect(server.server.accepted).toBe(1);
    });
  });

  it('reads bytes in segments that came in one chunk with READY', async () => {
    const up = Buffer.from([4, 127, 0, 0, 1, 0, 0, 35, 82]);
    const body = Buffer.concat([...['STATUS_CHANGE', 'UP'].map(string), up]);
    const behind = segment(envelope(5, -1, Opcode.EVENT, body));
    const server = await serving([when(opcode('STARTUP')).transform((bytes) => Buffer.concat([bytes, behind]))]);
    const events: unknown[] = [];
    // The event comes before the connection is emitted: it has to be listened to from the first byte on.
    const receive = vi.spyOn(Connection.prototype, 'receive').mockImplementation(function (this: Connection, received) {
      if (received.opcode === Opcode.READY) this.events.subscribe((value) => events.push(value));
      receiveProperly.call(this, received);
    });
    cleanups.push(() => receive.mockRestore());
    const { connection } = await opened(server.port);
    expect(connection.isOpen).toBe(true);
    expect(events).toEqual([{ type: 'STATUS_CHANGE', change: 'UP', host: '127.0.0.1', port: 9042 }]);
  });
});

describe('compression', () => {
  const compression = lz4();
  const LONG = 'a statement that is long, '.repeat(100);

  const startups = (server: TestNode): (string | undefined)[] =>
    server.requests.filter((request) => request.opcode === 'STARTUP').map(({ options }) => options?.get('COMPRESSION'));

  /** A server that answers a query with its own text; one with lz4 if `offered` does not say otherwise. */
  const echoing = (...offered: readonly Rule[]): Promise<TestNode> =>
    serving([...offered, when(opcode('QUERY')).reply((request) => rawResponse('RESULT', Buffer.from(request.cql!)))], {
      compression: 'lz4',
    });

  /** Counts what a connection sends. */
  function counting(): { socket: NonNullable<ConnectOptions['socket']>; sent: () => number } {
    let sent = 0;
    return {
      sent: () => sent,
      socket: (endpoint, options) => (outgoing) =>
        outgoing.pipe(
          tap((bytes) => (sent += bytes.length)),
          tcp(endpoint, options),
        ),
    };
  }

  describe.each([4, 5] as const)('in v%i', (protocolVersion) => {
    it.each([
      ['both ways, with the package', lz4(), true],
      ['of what is received, without it', lz4(notInstalled), false],
    ])('is %s', async (_, ours, isSent) => {
      const server = await echoing();
      const counted = counting();
      const { connection } = await opened(server.port, { protocolVersion, compression: ours, socket: counted.socket });
      expect(startups(server)).toEqual(['lz4']);
      const before = counted.sent();
      const arrivals = vi.spyOn(connection, 'receive');
      const probe = new Probe(connection, LONG);
      connection.submit(probe);
      await probe.settled;
      expect(probe.events).toEqual([`response ${LONG}`]);
      expect(arrivals.mock.calls[0]![0]).toMatchObject({ flags: 0 });
      const sent = counted.sent() - before;
      if (isSent) expect(sent).toBeLessThan(LONG.length / 4);
      else expect(sent).toBeGreaterThan(LONG.length);
    });

    it('is left out where the server does not offer it', async () => {
      const server = await echoing(when(opcode('OPTIONS')).reply(supported({ COMPRESSION: ['snappy'] })));
      const { connection } = await opened(server.port, { protocolVersion, compression });
      expect(startups(server)).toEqual([undefined]);
      const probe = new Probe(connection, LONG);
      connection.submit(probe);
      await probe.settled;
      expect(probe.events).toEqual([`response ${LONG}`]);
    });

    it('is not asked for unasked', async () => {
      const server = await echoing();
      await opened(server.port, { protocolVersion });
      expect(startups(server)).toEqual([undefined]);
    });
  });

  it('goes with credentials', async () => {
    const login = loginOf({ username: 'ada', password: 'sesame' });
    for (const protocolVersion of [4, 5] as const) {
      const server = await serving([], {
        compression: 'lz4',
        authentication: { username: 'ada', password: 'sesame' },
      });
      const { connection } = await opened(server.port, { protocolVersion, compression, login });
      expect(connection.isOpen).toBe(true);
    }
  });

  it('may begin with READY', async () => {
    const compressedReady = ({ streamId }: { readonly streamId: number }): Buffer => {
      const whole = envelope(4, streamId, Opcode.READY, Buffer.from([0, 0, 0, 0, 0]));
      whole[1] = 1;
      return whole;
    };
    const server = await serving([when(opcode('STARTUP')).bytes(compressedReady)], { compression: 'lz4' });
    const { connection } = await opened(server.port, { protocolVersion: 4, compression });
    expect(connection.isOpen).toBe(true);
  });

  it('that was not agreed on ends the connection', async () => {
    const answer = ({ streamId }: { readonly streamId: number }): Buffer =>
      compressed(envelope(4, streamId, Opcode.RESULT, Buffer.from(LONG)), compression);
    const server = await serving([when(opcode('QUERY')).bytes(answer)]);
    const { connection, ended } = await opened(server.port, { protocolVersion: 4 });
    connection.submit(new Probe(connection, 'q'));
    expect(await ended).toEqual(new ProtocolError('An envelope is compressed, though no compression was agreed on.'));
  });
});

describe('authentication', () => {
  const authentication = { username: 'ada', password: 'sesame' };
  const login = loginOf(authentication);

  it.each([4, 5] as const)('sends PLAIN credentials, in v%i', async (protocolVersion) => {
    const server = await serving([], { authentication });
    await opened(server.port, { login, protocolVersion });
    const { token } = server.requests.find((request) => request.opcode === 'AUTH_RESPONSE')!;
    expect(token!.toString()).toBe('\0ada\0sesame');
  });

  it('sends a password to no authenticator but those that are known', async () => {
    const server = await serving([], { authentication: { ...authentication, authenticator: 'com.example.Collector' } });
    const failure = await failureOf(server.port, { login });
    expect(failure).toBeInstanceOf(AuthenticationError);
    expect(String(failure)).toContain('com.example.Collector');
    expect(opcodes(server)).not.toContain('AUTH_RESPONSE');
  });

  it('says so when credentials are needed, and when they are refused', async () => {
    const refusal = error('BadCredentials', { message: 'no such user' });
    const server = await serving([when(opcode('AUTH_RESPONSE')).reply(refusal)], { authentication });
    const missing = await failureOf(server.port);
    const refused = await failureOf(server.port, { login });
    expect(missing).toBeInstanceOf(AuthenticationError);
    expect(String(missing)).toContain('set `auth`');
    expect(refused).toBeInstanceOf(AuthenticationError);
    expect(String(refused)).toContain('no such user');
    expect(String(refused)).not.toContain('sesame');
  });

  it('refuses a server that does not ask, where it is required to', async () => {
    const server = await serving();
    const required = loginOf({ ...authentication, required: true });
    expect(await failureOf(server.port, { login: required })).toBeInstanceOf(AuthenticationError);
  });
});

describe('what is no CQL server', () => {
  it('nobody listens', async () => {
    const server = await serving();
    await server.stop();
    const failure = (await failureOf(server.port)) as ConnectionError;
    expect(failure).toBeInstanceOf(ConnectionError);
    expect(failure.message).toContain(`127.0.0.1:${server.port}`);
    expect(failure.message).toContain('ECONNREFUSED');
  });

  it('a web server: its first words are quoted', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    cleanups.push(() => server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const failure = await failureOf((server.address() as AddressInfo).port);
    expect(failure).toBeInstanceOf(ProtocolError);
    expect(String(failure)).toContain('HTTP/1.1 400');
  });

  it('a server that says nothing', async () => {
    const server = createTcpServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
    cleanups.push(() => server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const failure = (await failureOf((server.address() as AddressInfo).port, {
      handshakeTimeout: 100,
    })) as ConnectionError;
    expect(failure.code).toBe('ERR_RXCQL_HANDSHAKE_TIMEOUT');
  });

  it('a server that closes at once', async () => {
    const server = createTcpServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    cleanups.push(() => server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    expect(await failureOf((server.address() as AddressInfo).port)).toBeInstanceOf(ConnectionError);
  });
});

describe('requests', () => {
  it('get their own answers, in whatever order these come', async () => {
    const { rule, held } = holding(opcode('QUERY'));
    const server = await serving([rule]);
    const { connection } = await opened(server.port);
    const probes = Array.from({ length: 500 }, (_, i) => new Probe(connection, `q${i}`));
    for (const probe of probes) connection.submit(probe);
    expect(connection.inFlight).toBe(500);
    await turn();
    for (const { request, answer } of [...held].sort(() => Math.random() - 0.5))
      answer(rawResponse('RESULT', Buffer.from(request.cql!)));
    await Promise.all(probes.map(({ settled }) => settled));
    expect(probes.map(({ events }) => events)).toEqual(probes.map((_, i) => [`response q${i}`]));
    expect(connection.inFlight).toBe(0);
  });

  it('that are few leave in one write, of many in a turn as soon as they are half of what is in flight', async () => {
    const server = await serving();
    const writes: Uint8Array[] = [];
    const { connection } = await opened(server.port, {
      socket: (endpoint, options) => (outgoing) =>
        outgoing.pipe(
          tap((chunk) => writes.push(chunk)),
          tcp(endpoint, options),
        ),
    });
    /** How many requests there are in each of the writes. */
    const sent = async (count: number): Promise<number[]> => {
      writes.length = 0;
      const probes = Array.from({ length: count }, () => new Probe(connection, 'q'));
      for (const probe of probes) connection.submit(probe);
      await Promise.all(probes.map(({ settled }) => settled));
      const { start, end } = probes[0]!.message;
      // The header and the trailer of a segment are shorter than a request.
      return writes.map(({ length }) => Math.floor(length / (end - start)));
    };
    expect(await sent(7)).toEqual([7]);
    expect(await sent(100)).toEqual([8, 8, 16, 32, 36]);
  });

  it('wait while the other side does not read, and leave when it does', async () => {
    const server = await serving();
    let onWritable: ((writable: boolean) => void) | undefined;
    const { connection } = await opened(server.port, {
      socket: (endpoint, options) => {
        ({ onWritable } = options);
        return tcp(endpoint, options);
      },
    });
    onWritable!(false);
    const [kept, dropped] = [new Probe(connection, 'kept'), new Probe(connection, 'dropped')];
    connection.submit(kept);
    connection.submit(dropped);
    await turn();
    connection.cancel(dropped);
    expect(server.requests.map(({ cql }) => cql)).not.toContain('kept');
    onWritable!(true);
    await kept.settled;
    expect(server.requests.map(({ cql }) => cql)).not.toContain('dropped');
  });

  it('go elsewhere when too much waits for the other side to read', async () => {
    const server = await serving();
    let onWritable: ((writable: boolean) => void) | undefined;
    const { connection } = await opened(server.port, {
      socket: (endpoint, options) => {
        ({ onWritable } = options);
        return tcp(endpoint, options);
      },
    });
    onWritable!(false);
    const large = 'x'.repeat(1024 * 1024);
    const probes = [1, 2, 3].map(() => new Probe(connection, large));
    expect(probes.map((probe) => connection.submit(probe))).toEqual([true, true, false]);
    onWritable!(true);
    expect(connection.submit(probes[2]!)).toBe(true);
    await Promise.all(probes.map(({ settled }) => settled));
  });

  it('that are cancelled before they were written never are, and give back their stream ids', async () => {
    const server = await serving();
    const { connection } = await opened(server.port);
    const [kept, dropped] = [new Probe(connection, 'kept'), new Probe(connection, 'dropped')];
    connection.submit(dropped);
    connection.cancel(dropped);
    connection.submit(kept);
    await kept.settled;
    expect(server.requests.map(({ cql }) => cql)).toContain('kept');
    expect(server.requests.map(({ cql }) => cql)).not.toContain('dropped');
    expect(dropped.events).toEqual([]);
  });

  it('that are cancelled later keep their stream ids until the answer comes, which reaches nobody', async () => {
    const { rule, held } = holding(opcode('QUERY'));
    const server = await serving([rule]);
    const { connection } = await opened(server.port);
    const orphan = new Probe(connection, 'orphan');
    connection.submit(orphan);
    await turn();
    connection.cancel(orphan);
    expect(connection.inFlight).toBe(0);
    const other = new Probe(connection, 'other');
    connection.submit(other);
    expect(other.streamId).not.toBe(orphan.streamId);
    await turn();
    for (const { answer } of held) answer(voidResult());
    await other.settled;
    expect(orphan.events).toEqual([]);
  });

  it('time out one by one, and their late answers reach nobody', async () => {
    const { rule, held } = holding(opcode('QUERY'));
    const server = await serving([rule]);
    const options = connectOptions();
    const { connection, ended } = await opened(server.port, options);
    const probe = new Probe(connection, 'slow', options.wire.deadlines.after(50));
    connection.submit(probe);
    await probe.settled;
    expect(probe.events).toEqual(['timeout, written']);
    held[0]!.answer(voidResult());
    await turn();
    expect(probe.events).toEqual(['timeout, written']);
    expect(await Promise.race([ended, turn().then(() => 'alive')])).toBe('alive');
  });

  it('fail once, each, when the connection is lost', async () => {
    const server = await serving([when(opcode('QUERY')).drop()]);
    const { connection, ended } = await opened(server.port);
    const written = new Probe(connection, 'written');
    connection.submit(written);
    await turn();
    server.server.disconnect(undefined, 'reset');
    await ended;
    const late = new Probe(connection, 'late');
    expect(connection.submit(late)).toBe(false);
    expect(written.events.length).toBe(1);
    expect(written.events[0]).toMatch(/^written: .*ECONNRESET/);
    expect(connection.isOpen).toBe(false);
  });

  it('fail as unwritten when they have not left yet', async () => {
    const server = await serving();
    const { connection, subscription } = await opened(server.port);
    const probe = new Probe(connection, 'q');
    connection.submit(probe);
    subscription.unsubscribe();
    expect(probe.events).toEqual([`unwritten: The connection to ${server.contactPoint} was closed.`]);
  });

  it('answered on a stream where nothing was asked end the connection', async () => {
    const server = await serving([when(opcode('QUERY')).reply(withHeader(voidResult(), { streamId: 77 }))]);
    const { connection, ended } = await opened(server.port);
    const probe = new Probe(connection, 'q');
    connection.submit(probe);
    expect(await ended).toBeInstanceOf(ProtocolError);
    expect(probe.events).toEqual([`written: ${server.contactPoint} answered on stream 77, where nothing was asked.`]);
  });

  it('that the server could not read at all end the connection with what it says', async () => {
    const unreadable = withHeader(error('ProtocolError', { message: 'too much' }), { streamId: 0 });
    const server = await serving([when(opcode('QUERY')).reply(unreadable)]);
    const { connection, ended } = await opened(server.port);
    connection.submit(new Probe(connection, 'q'));
    expect(String(await ended)).toContain('too much');
  });

  it('with a damaged answer fail alone: the connection is still good', async () => {
    let isReady = false;
    const damaged = rawResponse('SUPPORTED', Buffer.from([1, 244]));
    const server = await serving([when(opcode('OPTIONS').and(() => isReady)).reply(damaged)]);
    const { connection } = await opened(server.port);
    isReady = true;
    const request = { opcode: Opcode.OPTIONS, write: () => undefined };
    const failure = await firstValueFrom(connection.send(request, { timeout: 500 })).catch((reason: unknown) => reason);
    expect(failure).toMatchObject({ code: 'ERR_RXCQL_DECODE' });
    const probe = new Probe(connection, 'still good');
    connection.submit(probe);
    await probe.settled;
    expect(probe.events[0]).toMatch(/^response/);
  });
});

describe('the heartbeat', () => {
  it('asks after silence, and keeps a connection that answers', async () => {
    const server = await serving();
    const { connection } = await opened(server.port, { heartbeat: { idle: 40, timeout: 200 } });
    await turn(200);
    expect(opcodes(server).filter((name) => name === 'OPTIONS').length).toBeGreaterThan(2);
    expect(connection.isOpen).toBe(true);
  });

  it('takes a refusal for a sign of life', async () => {
    // The first two are those of the handshake.
    const server = await serving([when(opcode('OPTIONS').and(times(2).not())).reply(error('Overloaded'))]);
    const { connection, ended } = await opened(server.port, { heartbeat: { idle: 40, timeout: 200 } });
    await turn(300);
    expect(opcodes(server).filter((name) => name === 'OPTIONS').length).toBeGreaterThan(3);
    expect(connection.isOpen).toBe(true);
    expect(await Promise.race([ended, turn().then(() => 'alive')])).toBe('alive');
  });

  it('ends a connection that has gone silent, and what is in flight with it', async () => {
    let silent = false;
    const server = await serving([when(opcode('OPTIONS', 'QUERY').and(() => silent)).drop()]);
    const { connection, ended } = await opened(server.port, { heartbeat: { idle: 40, timeout: 60 } });
    silent = true;
    const probe = new Probe(connection, 'q');
    connection.submit(probe);
    expect(await ended).toMatchObject({ code: 'ERR_RXCQL_HEARTBEAT_TIMEOUT' });
    expect(probe.events.length).toBe(1);
  });
});

describe('a connection that owes too many answers', () => {
  it('takes no more requests, lets those in flight end, and ends', async () => {
    const { rule, held } = holding(cql('kept'));
    const server = await serving([rule, when(cql('orphan')).drop()]);
    const { connection, ended } = await opened(server.port);
    let retired = 0;
    connection.retired.subscribe(() => retired++);
    const kept = new Probe(connection, 'kept');
    connection.submit(kept);
    const orphans = Array.from({ length: 256 }, () => new Probe(connection, 'orphan'));
    for (const orphan of orphans) connection.submit(orphan);
    await turn();
    for (const orphan of orphans) connection.cancel(orphan);
    await vi.waitFor(() => expect(retired).toBe(1), { timeout: 5_000 });
    expect([connection.hasRoom, connection.isOpen, connection.orphaned]).toEqual([false, true, 256]);
    held[0]!.answer(voidResult());
    await kept.settled;
    expect((await ended).message).toContain('was replaced');
  });
});

describe('an event', () => {
  it('that cannot be read is told of, and ends nothing', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    cleanups.push(() => warned.mockRestore());
    const address = Buffer.from([5, 1, 2, 3, 4, 5]);
    const unreadable = Buffer.concat([...['STATUS_CHANGE', 'UP'].map(string), address]);
    const server = await serving([
      when(opcode('QUERY')).reply(() =>
        of(rawResponse('EVENT', unreadable), rawResponse('EVENT', string('GRACEFUL_DISCONNECT')), voidResult()),
      ),
    ]);
    const { connection } = await opened(server.port);
    const events: unknown[] = [];
    connection.events.subscribe((one) => events.push(one));
    connection.submit(new Probe(connection, 'q'));
    await vi.waitFor(() => expect(events).toEqual([{ type: 'GRACEFUL_DISCONNECT' }]));
    expect(connection.isOpen).toBe(true);
    expect(warned).toHaveBeenCalledOnce();
  });
});

describe('what a server offers', () => {
  it('is remembered, and the code that ScyllaDB has chosen for its rate limit', async () => {
    const offered = supported({ SCYLLA_RATE_LIMIT_ERROR: ['ERROR_CODE=17'] });
    const server = await serving([when(opcode('OPTIONS')).reply(offered)]);
    const { connection } = await opened(server.port);
    expect(connection.supported.get('SCYLLA_RATE_LIMIT_ERROR')).toEqual(['ERROR_CODE=17']);
    expect(connection.extensions.rateLimitCode).toBe(17);
  });
});
