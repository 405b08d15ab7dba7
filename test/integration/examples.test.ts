import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, inject, it } from 'vitest';

const path = (name: string): string => fileURLToPath(new URL(`../../docs/examples/${name}`, import.meta.url));

function run(name: string, env: NodeJS.ProcessEnv = {}): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, ['--import', 'tsx', path(name)], { env: { ...process.env, ...env } });
}

const BACKPRESSURE = new RegExp(
  [
    '^one after another: 430',
    'page by page: 430',
    'across pages: 430',
    'batches: 26',
    'flattened first: 430',
    'read first: 9',
    'pages counted: 9',
    'pages that are not empty: 430',
    'some pages: 430',
    'found: true',
    'lines of the response: 430',
    'imported: 430',
    'chunks: 99',
    'stopped early: 10',
    'at most at a time: 16\n$',
  ].join('\n'),
);

const SCHEMA = new RegExp(
  [
    "^\\[ 'customer' \\]",
    "\\[ 'at DESC' \\]",
    'decimal',
    '864000',
    'true',
    'false',
    'true',
    'CREATE TABLE rxcql_schema\\.orders \\(\n$',
  ].join('\n'),
);

const CLUSTER = new RegExp(
  [
    '^(\\d+ of \\d+ nodes are up; \\S+ is local\n)+',
    '\\{ count: \\d+n \\} 1\n',
    '(execute SELECT release_version FROM system.local: completed, 1 page\ntrue\n)+',
    'true 0\nall nodes are well\ntrue \\{\\} true\n',
    'CREATED: KEYSPACE rxcql_cluster\nDROPPED: KEYSPACE rxcql_cluster\n$',
  ].join(''),
);

const REQUESTS = new RegExp(
  [
    '^false Ada',
    '10000',
    '2: BindError for \\["three"\\]',
    '10000',
    "\\[ 1, 'Ada' \\] id=1 name=Ada",
    'true',
    'true true',
    '\\{"ids":\\[1\\]\\}\n$',
  ].join('\n'),
);

const ETL = new RegExp(
  [
    '^5000 rows, 1 of them failed: \\{"position":1234,"code":"ERR_RXCQL_BIND","e',
    'true -9223372036854775808n -9223372036854775808n',
    'large orders: 19',
    'counted: 4999',
    'archived: 4999',
    'sum: 6248133\n$',
  ].join('\n'),
);

describe('the first program of the README', () => {
  it('is the example that stands in docs', async () => {
    const [readme, example] = await Promise.all([
      readFile(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8'),
      readFile(path('first-program.ts'), 'utf8'),
    ]);
    expect(readme).toContain('```ts\n' + example + '```');
  });

  // It starts a Cassandra of its own, where the one that the environment names may be.
  it.skipIf(process.env['CASSANDRA_CONTACT_POINTS'])('runs as written', { timeout: 120_000 }, async () => {
    const { stdout, stderr } = await run('first-program.ts');
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n').length).toBe(5);
    expect(stdout).toMatch(/^system\w*\.\w+$/m);
  });
});

describe('the example', () => {
  it.each([
    ['tour.ts', /^Ada\n1 Ada\n2 user 2\n3 user 3\nCassandra says: .*nickname.*\n600 400\n$/],
    ['codecs.ts', /^\{"id":41,"times":\{"since":"2026-11-21T12:00:00.000Z"\}\}\n$/],
    ['resume.ts', /^\d{2,} columns\n$/],
    ['backpressure.ts', BACKPRESSURE],
    ['schema.ts', SCHEMA],
    ['cluster.ts', CLUSTER],
    ['requests.ts', REQUESTS],
    ['etl.ts', ETL],
  ])('%s runs, and prints what is expected of it', async (name, expected) => {
    const { stdout, stderr } = await run(name, { CASSANDRA_CONTACT_POINTS: inject('contactPoints').join(',') });
    expect(stderr).toBe('');
    expect(stdout).toMatch(expected);
  });

  it('values.ts runs, and prints what docs/values.md says', async () => {
    const values = await readFile(fileURLToPath(new URL('../../docs/values.md', import.meta.url)), 'utf8');
    const { stdout, stderr } = await run('values.ts', { CASSANDRA_CONTACT_POINTS: inject('contactPoints').join(',') });
    expect(stderr).toBe('');
    expect(values).toContain('```text\n' + stdout + '```');
  });

  it('policies.ts runs, and prints what docs/policies.md says', async () => {
    const policies = await readFile(fileURLToPath(new URL('../../docs/policies.md', import.meta.url)), 'utf8');
    const { stdout, stderr } = await run('policies.ts');
    expect(stderr).toBe('');
    expect(policies).toContain('```text\n' + stdout + '```');
  });
});
