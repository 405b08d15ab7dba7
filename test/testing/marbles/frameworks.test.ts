import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

// The kit is of no test framework: it works where there is no vitest.

const ROOT = join(import.meta.dirname, '../../..');

interface Ended {
  readonly code: number;
  readonly output: string;
}

function node(...parameters: readonly string[]): Promise<Ended> {
  const env = { ...process.env, NODE_OPTIONS: '' };
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--import', 'tsx', ...parameters],
      { cwd: ROOT, env },
      (_error, stdout, stderr) => resolve({ code: child.exitCode!, output: stdout + stderr }),
    );
  });
}

describe('without vitest', { timeout: 60_000 }, () => {
  it('a test of node:test passes', async () => {
    const { code, output } = await node('--test', 'docs/examples/testing/with-node-test.ts');
    expect(output).toContain('sends two mails at a time, across pages');
    expect(output).toMatch(/^. pass [1-9]/m);
    expect(code).toBe(0);
  });

  it('a test of node:test fails, and says why as marbles', async () => {
    const { code, output } = await node('--test', 'test/testing/marbles/fails.node-test.ts');
    expect(output).toContain('1 of 1 expectations failed.');
    expect(output).toContain('expected  --(0|)');
    expect(output).toContain('actual    ---(0|)');
    expect(code).toBe(1);
  });

  it.each(['draw', 'outage'])('the program %s.ts draws what docs/testing.md shows', async (name) => {
    const { code, output } = await node(`docs/examples/testing/${name}.ts`);
    expect(await readFile(join(ROOT, 'docs/testing.md'), 'utf8')).toContain('```text\n' + output.trimEnd() + '\n```');
    expect(code).toBe(0);
  });
});
