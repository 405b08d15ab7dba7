import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..', '..');

const run = (name: string): Promise<{ stdout: string; stderr: string }> =>
  promisify(execFile)(process.execPath, ['--import', 'tsx', join(ROOT, 'docs', 'examples', name)], { cwd: ROOT });

describe('the example', { timeout: 20_000 }, () => {
  it('cql-server.ts prints what the document says, and ends', async () => {
    const { stdout, stderr } = await run('cql-server.ts');
    expect(stderr).toBe('');
    expect(await readFile(join(ROOT, 'docs', 'testing.md'), 'utf8')).toContain('```text\n' + stdout + '```');
  });

  it('fake-server.ts sees what its diagram shows', async () => {
    expect(await run('fake-server.ts')).toEqual({ stdout: 'as expected\n', stderr: '' });
  });
});
