import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { fakeEnvironment } from './fake-java.js';
import { isAlive } from './processes.js';

// However a program ends, its nodes end with it; and it ends as it would have without them.

const program = fileURLToPath(new URL('program.ts', import.meta.url));
let environment: Record<string, string>;
beforeAll(() => {
  environment = fakeEnvironment();
});

interface Program {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** Runs the program and waits until its cluster is there. */
async function run(lastByte: number, manner = ''): Promise<Program> {
  const options = JSON.stringify({ nodes: 2, host: `127.0.0.${lastByte}` });
  const child = spawn(process.execPath, ['--import', 'tsx', program, options, manner], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (output += String(chunk)));
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal })),
  );
  await vi.waitFor(() => expect(output).toMatch(/^ready$/m), { timeout: 15_000 });
  return { child, output: () => output, ended };
}

/** Nothing is left: no process, and no temporary folder. */
async function expectNothingLeft(output: string): Promise<void> {
  const pids = [...output.matchAll(/^pid (\d+)$/gm)].map(([, pid]) => Number(pid));
  const directory = /^directory (.*)$/m.exec(output)![1]!;
  expect(pids).toHaveLength(2);
  await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]));
  await vi.waitFor(() => expect(existsSync(directory)).toBe(false), { timeout: 5000 });
}

describe.concurrent('a program that holds a cluster', { timeout: 30_000 }, () => {
  it.each([
    ['SIGINT', 101],
    ['SIGTERM', 103],
    ['SIGHUP', 105],
  ] as const)('stops it on %s, and then ends of the signal', async (signal, lastByte) => {
    const { child, output, ended } = await run(lastByte);
    child.kill(signal);
    expect(await ended).toEqual({ code: null, signal });
    expect(output()).toContain('complete');
    expect(output().match(/^gone$/gm)).toHaveLength(2);
    await expectNothingLeft(output());
  });

  it('stops it on a signal to which it listens itself, and goes on', async () => {
    const { child, output, ended } = await run(107, 'listens');
    child.kill('SIGTERM');
    expect(await ended).toEqual({ code: 7, signal: null });
    expect(output()).toContain('its own SIGTERM');
    await expectNothingLeft(output());
  });

  it('leaves nothing behind when it exits', async () => {
    const { output, ended } = await run(109, 'exits');
    expect(await ended).toEqual({ code: 5, signal: null });
    await expectNothingLeft(output());
  });

  it('leaves nothing behind when it throws', async () => {
    const { output, ended } = await run(111, 'throws');
    expect(await ended).toEqual({ code: 1, signal: null });
    await expectNothingLeft(output());
  });

  it('leaves nothing behind when it is killed', async () => {
    const { child, output, ended } = await run(113);
    child.kill('SIGKILL');
    expect(await ended).toEqual({ code: null, signal: 'SIGKILL' });
    await expectNothingLeft(output());
  });
});
