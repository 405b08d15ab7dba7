import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { cities } from '../../docs/examples/demo/cities.js';
import { Comparison } from '../../docs/examples/demo/comparison.js';
import { sharedNodeEnvironment } from './shared-node.js';

// The demo as a user runs it, on the Cassandra that all tests share.

const root = fileURLToPath(new URL('../..', import.meta.url));
const running = new Set<ChildProcess>();
afterEach(() => running.forEach((child) => child.kill('SIGKILL')));

interface Demo {
  readonly child: ChildProcess;
  /** What it has written so far. */
  readonly output: { text: string };
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

function startDemo(environment: NodeJS.ProcessEnv = sharedNodeEnvironment): Demo {
  const child = spawn(process.execPath, ['--import', 'tsx', 'docs/examples/demo.ts'], {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output.text += text));
  }
  const ended = once(child, 'close').then(([code, signal]: (number | NodeJS.Signals)[]) => {
    running.delete(child);
    return (code ?? signal)!;
  });
  return { child, output, ended };
}

describe('the demo', () => {
  it('loads, reads back, and finds both equal', { timeout: 120_000 }, async () => {
    const { output, ended } = startDemo();
    expect(await ended, output.text).toBe(0);

    expect(output.text).toMatch(/rows loaded +135,233 +in .* rows\/s/);
    expect(output.text).toMatch(/rows read back +135,233 +in .* rows\/s, 2[78] pages/);
    expect(output.text).toMatch(/equal +yes/);
    expect(output.text).toMatch(/United States +16,677 +264,367,783/);
    expect(output.text).toContain('1 page fetched, 5 of its 5,000 rows decoded');
    expect(output.text).toContain('Largest city of Iceland: Reykjavík, 118,918.');
    // Two pages of 500, and what is being worked on.
    const held = Number(/at most ([\d,]+) rows held/.exec(output.text)?.[1]?.replace(',', ''));
    expect(held).toBeGreaterThan(500);
    expect(held).toBeLessThanOrEqual(1_016);

    // No terminal: no escape sequences, and nothing that is wider than a page.
    expect(output.text).not.toContain('\x1b');
    expect(output.text.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });

  it('says it in one sentence when nobody answers', async () => {
    const { output, ended } = startDemo({ CASSANDRA_CONTACT_POINTS: '127.0.0.1:1' });
    expect(await ended).toBe(1);
    expect(output.text).toContain(
      'The demo has failed: No node of the cluster could be reached:\n' +
        '  Cannot connect to 127.0.0.1:1: connect ECONNREFUSED.\n',
    );
    expect(output.text).not.toMatch(/^ +at /m);
  });

  it.each([
    ['SIGINT', 'while it loads', '27,047 rows', 130],
    ['SIGTERM', 'before it loads', '1. Load', 143],
  ] as const)('ends on %s %s', async (signal, _, seen, exitCode) => {
    const { child, output, ended } = startDemo();
    while (!output.text.includes(seen)) await once(child.stdout!, 'data');
    child.kill(signal);
    expect(await ended, output.text).toBe(exitCode);
    expect(output.text).toMatch(new RegExp(`\\nInterrupted \\(${signal}\\)\\.\\n$`));
    expect(output.text).not.toContain('Summary');
  });
});

describe('its comparison', () => {
  const read = cities.slice(0, 3).map((city) => ({
    ...city,
    municipality: city.municipality ?? null,
    district: city.district ?? null,
  }));
  const compare = (rows: typeof read): Comparison => {
    const comparison = new Comparison(cities.slice(0, 3));
    for (const row of rows) comparison.add(row);
    return comparison;
  };

  it('does not mind the order', () => {
    expect(compare([...read].reverse())).toMatchObject({ isEqual: true, rows: 3 });
  });

  it('sees the last bit of a coordinate', () => {
    const [first, ...others] = read;
    const { longitude } = first!;
    const changed = { ...first!, longitude: longitude * (1 + Number.EPSILON) };
    expect(changed.longitude).not.toBe(longitude);
    expect(compare([changed, ...others])).toMatchObject({ isEqual: false, different: 1 });
  });

  it('sees a row that is missing, and one that comes twice', () => {
    expect(compare(read.slice(1))).toMatchObject({ isEqual: false, missing: 1 });
    expect(compare([...read, read[0]!])).toMatchObject({ isEqual: false, unexpected: 1, missing: 0 });
  });
});
