import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

// The flag belongs to a process: it cannot be set for a test.

const program = fileURLToPath(new URL('no-code-generation.program.ts', import.meta.url));

async function run(...flags: string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, '--import', 'tsx', program]);
  return JSON.parse(stdout);
}

describe('where code may not be generated', () => {
  it('rows and columns are the same, and nothing is generated', async () => {
    const allowed = await run();
    const forbidden = await run('--disallow-code-generation-from-strings');
    expect(allowed).toMatchObject({ isGenerated: true });
    expect(forbidden).toEqual({ ...(allowed as object), isGenerated: false });
  });
});
