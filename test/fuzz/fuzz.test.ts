import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

// In a process of its own: what allocates has to be replaced before the sources are loaded.

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const RANDOM_SEED = Math.floor(Math.random() * 0x7fffffff);

describe('what a server might send', () => {
  it.each([1, RANDOM_SEED])(
    '25,000 inputs of seed %i are values or typed errors, in time, in bounds',
    { timeout: 300_000 },
    async (seed) => {
      const args = ['--import', 'tsx', MAIN, '--inputs', '25000', '--seed', String(seed)];
      // A violation ends the process with the input that shows it, and how to repeat it.
      const { stdout } = await promisify(execFile)(process.execPath, args);
      expect(stdout).toMatch(/^25000 inputs, /m);
      expect(stdout).toMatch(/^ERR_RXCQL_DECODE +\d{4}/m);
      expect(stdout).toMatch(/^rows +\d{3}/m);
    },
  );
});
