import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A Redis of its own, which keeps nothing on the disk. */
export interface RedisServer {
  readonly connection: { readonly host: string; readonly port: number };
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** Ends it at once. */
  stop(): Promise<void>;
}

/** Starts the `redis-server` of this machine on a free port of the loopback interface. */
export async function startRedis(): Promise<RedisServer> {
  const [host, port] = ['127.0.0.1', await freePort()];
  const folder = mkdtempSync(join(tmpdir(), 'rxcql-redis-'));
  const options = { port, bind: host, save: '', appendonly: 'no', dir: folder };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const failed = once(server, 'error').then(([cause]: unknown[]) => {
    throw new Error('These tests need redis-server: apt-get install redis-server', { cause });
  });
  const ready = (async () => {
    const said: string[] = [];
    for await (const line of createInterface(server.stdout)) {
      if (line.includes('Ready to accept connections')) return;
      said.push(line);
    }
    throw new Error(`redis-server ended: ${said.join('\n')}`);
  })();
  await Promise.race([ready, failed]);
  server.stdout.resume();
  return {
    connection: { host, port },
    signal: (signal) => server.kill(signal),
    stop: async () => {
      const ended = once(server, 'exit');
      if (server.exitCode === null && server.signalCode === null && server.kill('SIGKILL')) await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
