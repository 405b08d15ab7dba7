import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { cql, node, opcode, type Rule, when } from 'rxcql/testing';
import { describe, expect, vi } from 'vitest';
import { certificates } from '../support/certificates.js';
import { tlsProxyTo } from '../support/tls-proxy.js';
import { scenario, type World } from './oracles.js';
import { VirtualTime } from './virtual-time.js';
import { pause, until } from './waiting.js';

const made = certificates();
const authority = made.make({ isAuthority: true });

/** Contact points are asked in the order in which they stand. */
function inOrderOfTheirs(world: World): void {
  const random = vi.spyOn(Math, 'random').mockReturnValue(0.5);
  world.atEnd(() => random.mockRestore());
}

const LISTENING = `
  const server = require('node:net').createServer();
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port));
`;

/** Listens, but whoever connects gets no answer from the kernel: those that it has taken are never accepted, and there are too many. */
async function blackHole(world: World): Promise<string> {
  const child: ChildProcess = spawn(process.execPath, ['-e', LISTENING], { stdio: ['ignore', 'pipe', 'inherit'] });
  world.atEnd(() => child.kill('SIGKILL'));
  const [printed] = (await once(child.stdout!, 'data')) as [Buffer];
  const port = Number(printed.toString());
  child.kill('SIGSTOP');
  for (let isTaken = true; isTaken;) {
    const filler = connect(port, '127.0.0.1').on('error', () => undefined);
    world.atEnd(() => filler.destroy());
    isTaken = await Promise.race([once(filler, 'connect').then(() => true), pause(300).then(() => false)]);
  }
  return `127.0.0.1:${port}`;
}

/** Takes connections and says nothing. */
async function silent(world: World): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    world.atEnd(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  world.atEnd(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a handshake that comes to a stop', () => {
  scenario('R17 before there is a connection: the next contact point is asked', {}, async (world) => {
    inOrderOfTheirs(world);
    const server = await world.server();
    const session = world.unconnected({
      contactPoints: [await blackHole(world), server.contactPoint],
      connectTimeout: 200,
    });
    const { error, took } = await world.read(session).ended;
    expect(error).toBeUndefined();
    expect(took).toBeGreaterThan(150);
    expect(took).toBeLessThan(1_000);
    await world.recovers(() => world.read(session));
  });

  scenario('R17 while TLS is being agreed on: the next contact point is asked', {}, async (world) => {
    inOrderOfTheirs(world);
    const server = await world.server();
    const proxy = await tlsProxyTo(server.contactPoint, made.make({ names: 'IP:127.0.0.1', authority }));
    world.atEnd(() => proxy.close());
    const stalled = await silent(world);
    const tls = { ca: authority.cert };
    const session = world.unconnected({ contactPoints: [stalled, proxy.contactPoint], connectTimeout: 200, tls });
    const { error, took } = await world.read(session).ended;
    expect(error).toBeUndefined();
    expect(took).toBeGreaterThan(150);
    expect(took).toBeLessThan(1_000);
    const alone = world.unconnected({ contactPoints: [stalled], connectTimeout: 200, tls });
    const { error: failure } = await world.read(alone).ended;
    expect(failure!.message).toContain('TLS was not agreed on within 200 ms: does it speak TLS?');
    await world.recovers(() => world.read(session));
  });

  for (const step of ['OPTIONS', 'STARTUP', 'AUTH_RESPONSE'] as const) {
    scenario(`R17 at ${step}: the next contact point is asked`, {}, async (world) => {
      inOrderOfTheirs(world);
      const server = await world.server([when(opcode(step).and(node('127.0.0.1'))).drop()], {
        nodes: [{ host: '127.0.0.1' }, { host: '127.0.0.2' }],
      });
      const session = world.unconnected({ contactPoints: server.contactPoints, handshakeTimeout: 200 });
      const { error, page, took } = await world.read(session).ended;
      expect(error).toBeUndefined();
      expect(page!.coordinator).toContain('127.0.0.2');
      expect(took).toBeGreaterThan(150);
      expect(took).toBeLessThan(1_000);
      const alone = world.unconnected({ contactPoints: [server.contactPoint], handshakeTimeout: 200 });
      const { error: failure } = await world.read(alone).ended;
      expect(failure!.message).toContain('was not ready within 200 ms');
    });
  }

  const SYSTEM: readonly (readonly [string, Rule])[] = [
    ['system.local', when(cql('SELECT * FROM system.local').and(node('127.0.0.1'))).drop()],
    ['REGISTER', when(opcode('REGISTER').and(node('127.0.0.1'))).drop()],
    ['the question who it is', when(cql(/^SELECT cluster_name/).and(node('127.0.0.1'))).drop()],
    ['USE', when(cql(/^USE/).and(node('127.0.0.1'))).drop()],
  ];

  for (const [step, rule] of SYSTEM) {
    scenario(`R17 at ${step}: it ends after five seconds, and another node serves`, {}, async (world) => {
      inOrderOfTheirs(world);
      const server = await world.server([rule], { nodes: [{ host: '127.0.0.1' }, { host: '127.0.0.2' }] });
      const stalled: number[] = [];
      server.requests.subscribe((request) => {
        if (rule.condition.test(request, undefined) === true) stalled.push(request.connection);
      });
      const time = new VirtualTime();
      world.atEnd(() => time.stop());
      const session = world.unconnected({ contactPoints: server.contactPoints, keyspace: 'ks' });
      const asked = world.read(session, { timeout: 30_000 });
      for (let i = 0; i < 40 && stalled.length === 0; i++) await time.settle();
      expect(stalled.length).toBe(1);
      const { connections } = server;
      await time.pass(4_500);
      expect(stalled.length).toBe(1);
      await time.pass(1_000);
      await time.settle(40);
      // It was closed, or it took the place of the one that was.
      expect(server.connections).toBeLessThanOrEqual(connections + 3);
      expect(server.accepted).toBeGreaterThan(connections);
      await time.pass(500);
      time.stop();
      expect((await asked.ended).error).toBeUndefined();
      await until(() => session.metrics.connections >= 1);
    });
  }
});
