import { Socket } from 'node:net';
import { opcode, when } from 'rxcql/testing';
import { describe, expect } from 'vitest';
import { amount } from './long.js';
import { type Asked, scenario } from './oracles.js';
import { UPSERT } from './tokens.js';
import { pause, stopwatch, until } from './waiting.js';

const MEBIBYTE = 1024 * 1024;

/** What a node that does not notice may take for an answer, in milliseconds. */
const UNDISTURBED = 50;

/** What our sockets to a port keep because the other side does not read. */
function unsent(port: number): number {
  const handles = (process as unknown as { _getActiveHandles(): object[] })._getActiveHandles();
  const ours = handles.filter((handle): handle is Socket => handle instanceof Socket && handle.remotePort === port);
  return Math.max(0, ...ours.map(({ writableLength }) => writableLength));
}

describe.each([4, 5] as const)('a node that reads nothing any more, in v%i', (protocolVersion) => {
  scenario('R30 is given little, its requests time out, and its connection is replaced', {}, async (world) => {
    const timeout = 500;
    const heartbeat = { idle: amount(800, 15_000), timeout: amount(400, 5_000) };
    let stalled = 0;
    const server = await world.server(
      [when(opcode('EXECUTE').and((request) => request.connection === stalled)).halfOpen()],
      {
        nodes: [{ host: '127.0.0.1' }, { host: '127.0.0.2' }],
      },
    );
    const session = await world.session(server, { protocolVersion, heartbeat });
    const [first, second] = ['127.0.0.1', '127.0.0.2'].map((host) => `${host}:${server.port}`) as [string, string];
    let last = 0;
    server.requests.subscribe((request) => {
      if (request.opcode === 'EXECUTE') last = request.connection;
    });
    await world.upsert(session, { node: second }).ended;
    await world.upsert(session, { node: first }).ended;
    stalled = last;
    const { accepted } = server;

    const padding = 'x'.repeat(64 * 1024);
    const elapsed = stopwatch();
    const slow: Asked[] = [];
    const others: Asked[] = [];
    let most = 0;
    const ask = (): Asked => {
      const token = world.newToken() + padding;
      return world.ask(session.execute(UPSERT, [token], { node: first, timeout, idempotent: true }), token, timeout);
    };
    while (server.accepted === accepted) {
      for (let i = 0; i < 5; i++) slow.push(ask());
      others.push(world.read(session, { node: second }));
      await pause(20);
      most = Math.max(most, unsent(server.port));
    }
    expect(elapsed()).toBeLessThan(heartbeat.idle + heartbeat.timeout + 500);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(4 * MEBIBYTE);
    for (const { ended } of others) {
      const { error, took } = await ended;
      expect(error).toBeUndefined();
      expect(took).toBeLessThan(timeout);
    }
    // Those that are asked for while the connection is given up share the processor with a hundred errors and their stacks.
    const disturbed = others.filter(({ took }) => took > UNDISTURBED);
    expect(disturbed.length).toBeLessThan(others.length / 5);
    await Promise.all(slow.map(({ ended }) => ended));
    const codes = new Set(slow.map(({ error }) => error?.['code']));
    expect(codes).toContain('ERR_RXCQL_REQUEST_TIMEOUT');
    codes.delete('ERR_RXCQL_REQUEST_TIMEOUT');
    // The others were in flight when the heartbeat gave the connection up, had no node left then, or got the next connection.
    for (const code of codes)
      expect(['ERR_RXCQL_HEARTBEAT_TIMEOUT', 'ERR_RXCQL_NO_HOST_AVAILABLE', undefined]).toContain(code);
    await until(() => server.connections > 2);
    await world.recovers(() => world.read(session, { node: first }));
  });
});
