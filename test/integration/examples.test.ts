import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const FIRST_PROGRAM = 'docs/examples/first-program.ts';

describe('the first program of the README', () => {
  it('is the example that stands in docs', async () => {
    const [readme, example] = await Promise.all([
      readFile(path('README.md'), 'utf8'),
      readFile(path(FIRST_PROGRAM), 'utf8'),
    ]);
    expect(readme).toContain('```ts\n' + example + '```');
  });

  // It starts a Cassandra of its own, where the one that the environment names may be.
  it.skipIf(process.env['CASSANDRA_CONTACT_POINTS'])('runs as written', { timeout: 120_000 }, async () => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--import', 'tsx', path(FIRST_PROGRAM)]);
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n').length).toBe(5);
    expect(stdout).toMatch(/^system\w*\.\w+$/m);
  });
});
