import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { sharedNodeEnvironment } from './shared-node.js';

const path = (name: string): string =>
  fileURLToPath(new URL(`../../docs/examples/migrating/${name}.ts`, import.meta.url));

// Each compares what it reads by itself, and ends with an error where something is not as docs/migrating.md says.
describe('the example for those who migrate', () => {
  it.each([
    'from-cassandra-driver',
    'cassandra-driver-values',
    'cassandra-driver-errors',
    'from-python',
    'from-async-cassandra',
    'from-cqlengine',
  ])('%s finds everything as expected', async (name) => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--import', 'tsx', path(name)], {
      env: { ...process.env, ...sharedNodeEnvironment },
    });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/as expected\n$/);
  });
});
