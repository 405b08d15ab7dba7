import { type ChildProcess, spawn } from 'node:child_process';
import dns from 'node:dns';
import { fileURLToPath } from 'node:url';
import { constantReconnection } from 'rxcql';
import { type CqlRequest, cqlServer, opcode, when } from 'rxcql/testing';
import { describe, expect, vi } from 'vitest';
import { run } from '../support/running.js';
import { amount } from './long.js';
import { scenario, type World } from './oracles.js';
import { pause, until } from './waiting.js';
import { CREDENTIALS, ECHO, echo } from './tokens.js';

const PROGRAM = fileURLToPath(new URL('hostile-runtime.program.ts', import.meta.url));

const HOUR = 3_600_000;

/** For how long a client is kept from doing anything, in milliseconds: much longer than its timeouts. */
const BLOCKED = amount(2_000, 10_000);
const SUSPENDED = amount(2_000, 60_000);

/** A client, and what it says: messages of one word, and in the end what became of its requests. */
function client(
  world: World,
  mode: string,
  args: readonly string[],
  onWord?: (word: string, process: ChildProcess) => void,
) {
  // Few descriptors are enough, and used up soon.
  const command = `ulimit -n 128; exec "$0" --import tsx "$@"`;
  const child = spawn('sh', ['-c', command, process.execPath, PROGRAM, mode, ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  world.atEnd(() => child.kill('SIGKILL'));
  return new Promise<unknown>((resolve, reject) => {
    child.on('message', (message) => {
      if (typeof message === 'string') onWord?.(message, child);
      else resolve(message);
    });
    child.once('exit', (code) => reject(new Error(`The client has ended with ${code ?? 'a signal'}.`)));
  });
}

/** Answers after a moment, when the client is already kept from listening. */
const SOON = when(opcode('EXECUTE')).delay(100).reply(echo);

describe('a client whose event loop is blocked', () => {
  scenario('R40 fails no request that was answered meanwhile', { timeout: 60_000 }, async (world) => {
    const server = await world.server([SOON]);
    const result = await client(world, 'blocked', [server.contactPoint, String(BLOCKED)]);
    expect(result).toEqual({ right: 200, closed: 0, problems: [] });
    // One to watch the cluster, and one for requests.
    expect(server.accepted).toBe(2);
  });

  scenario('R40 connects, though each step of it takes longer than it may', { timeout: 60_000 }, async (world) => {
    const server = await world.server();
    const result = await client(world, 'connecting', [server.contactPoint, '450']);
    expect(result).toEqual({ right: 1, problems: [] });
    expect(server.accepted).toBe(2);
  });
});

scenario('R40 a client that was suspended goes on where it was', { timeout: 120_000 }, async (world) => {
  const server = await world.server([SOON]);
  const result = await client(world, 'suspended', [server.contactPoint], (_, child) => {
    child.kill('SIGSTOP');
    setTimeout(() => child.kill('SIGCONT'), SUSPENDED);
  });
  expect(result).toEqual({ right: 200, closed: 0, problems: [] });
  expect(server.accepted).toBe(2);
});

scenario(
  'R40 a client without file descriptors goes on when there are some again',
  { timeout: 60_000 },
  async (world) => {
    const server = await world.server();
    const result = await client(world, 'descriptors', [server.contactPoint, '1000'], () => server.disconnect());
    expect(result).toMatchObject({ right: 200, problems: [] });
    expect((result as { during: string }).during).toContain('EMFILE');
  },
);

describe('a clock that jumps by an hour', () => {
  for (const jump of [-HOUR, HOUR]) {
    scenario(`R40 ${jump < 0 ? 'back' : 'forth'} causes no timeout, and puts none off`, {}, async (world) => {
      const silent = { is: false };
      const server = await world.server([
        when(opcode('EXECUTE').and(() => silent.is)).drop(),
        when(opcode('EXECUTE')).delay(300).reply(echo),
      ]);
      const session = await world.session(server, { timeout: 800, heartbeat: { idle: 200, timeout: 200 } });
      const { accepted } = server;
      const times: bigint[] = [];
      server.requests.subscribe(({ timestamp }: CqlRequest) => {
        if (timestamp !== undefined) times.push(timestamp);
      });
      const asked = [];
      for (let i = 0; i < 20; i++) {
        asked.push(world.read(session), world.write(session), world.upsert(session));
        if (i === 10) {
          const { now } = Date;
          const jumping = vi.spyOn(Date, 'now').mockImplementation(() => now.call(Date) + jump);
          world.atEnd(() => jumping.mockRestore());
        }
        await pause(10);
      }
      for (const { ended } of asked) expect((await ended).error).toBeUndefined();
      expect(times.length).toBe(40);
      expect(times.every((time, i) => i === 0 || time > times[i - 1]!)).toBe(true);
      silent.is = true;
      const since = performance.now();
      const { error } = await world.read(session, { timeout: 300 }).ended;
      expect(error).toMatchObject({ name: 'RequestTimeoutError' });
      expect(performance.now() - since).toBeGreaterThanOrEqual(290);
      silent.is = false;
      expect(server.accepted).toBe(accepted);
      await world.recovers(() => world.read(session));
    });
  }
});

scenario('R40 a name that stands for another address is resolved again', {}, async (world) => {
  const name = 'cassandra.test';
  let address = '127.0.0.1';
  const original = dns.lookup as (...args: unknown[]) => unknown;
  const lookup = vi.spyOn(dns, 'lookup').mockImplementation((...args: unknown[]) => {
    const [host, options, callback] = args as [string, { all?: boolean }, (...found: unknown[]) => void];
    if (host !== name) return void original(...args);
    if (options.all === true) callback(null, [{ address, family: 4 }]);
    else callback(null, address, 4);
  });
  world.atEnd(() => lookup.mockRestore());
  const { value: first, stop } = await run(cqlServer(ECHO, { authentication: CREDENTIALS }));
  world.atEnd(stop);
  const second = await world.server([], { host: '127.0.0.2', port: first.port });
  const session = await world.session(
    { contactPoint: `${name}:${first.port}` },
    { reconnection: constantReconnection({ delay: 50 }) },
  );
  expect((await world.read(session).ended).page!.coordinator).toBe(first.contactPoint);
  address = '127.0.0.2';
  stop();
  let coordinator: string | undefined;
  await until(() => {
    void world.read(session).ended.then(({ page }) => (coordinator ??= page?.coordinator));
    return coordinator !== undefined;
  });
  expect(coordinator).toBe(second.contactPoint);
  await world.recovers(() => world.read(session));
});
