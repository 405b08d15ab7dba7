import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { PLAIN_ONLY_EXAMPLES } from './plain-only.js';
import { isSecure, sharedNodeEnvironment } from './shared-node.js';

const path = (name: string): string => fileURLToPath(new URL(`../../docs/examples/${name}`, import.meta.url));

function run(command: string, env: NodeJS.ProcessEnv = {}): Promise<{ stdout: string; stderr: string }> {
  const [name, ...args] = command.split(' ') as [string, ...string[]];
  const options = { env: { ...process.env, ...env } };
  return promisify(execFile)(process.execPath, ['--import', 'tsx', path(name), ...args], options);
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

const QUERIES = [
  'Ada',
  'Ada',
  '2n',
  '[ { id: 1 }, { id: 2 } ]',
  "[ 'id int' ]",
  "{ name: 'Grace Hopper', mail: 'hopper@example.com' }",
  "{ name: 'Grace Hopper', mail: null }",
  "{ 'ttl(name)': null, 'writetime(name)': 1700000000000000n }",
  'false Ada',
  '1n',
  '[',
  '  { customer: 7, number: null, discount: 10, item: null },',
  "  { customer: 8, number: 1, discount: null, item: 'tea' }",
  ']',
  '2',
  'false Ada\n',
].join('\n');

const REQUEST_OPTIONS = [
  'Grace Hopper',
  'true',
  'true true',
  'true',
  '1 5',
  '0 ADA',
  "[ 0, 'Ada' ] id=0 name=Ada",
  '10',
  '2 true',
  '2',
  '1',
  '3 2 undefined',
  'The statement is wrong.',
  '{ WriteTimeout: 1 }\n',
].join('\n');

const CONCURRENCY = [
  'Ada 0n',
  'Ada,Grace,nobody,nobody',
  '10000',
  '2: BindError for ["three"]',
  '2',
  '4',
  '10000',
  'true',
  '2000',
  '0 0 true',
  'Ada',
  '1,1,0,0',
  'Grace',
  '0',
  'ResponseError',
  '2',
  'true\n',
].join('\n');

const STREAMING = new RegExp(
  [
    '^archived: 5000 of 20000',
    'archived: 10000 of 20000',
    'archived: 15000 of 20000',
    'archived: 20000 of 20000',
    'large orders of FI: 177600',
    'large orders of SE: 195000',
    'large orders of NO: 192400',
    'large orders of IS: 180000',
    'pages fetched for 25 rows: 2 of 20',
    'archived today and tomorrow: 8000 \\+ 12000\n$',
  ].join('\n'),
);

// The figures depend on the machine. The heart has to have beaten at every size of pages.
const NON_BLOCKING = new RegExp(
  [
    '^ +page size +rows +rows/s +lag p99 ms +lag max ms +heartbeats',
    ...[500, 5_000, 30_000].map((pageSize) => ` +${pageSize} +30000 +\\d+ +\\d+\\.\\d +\\d+\\.\\d +[1-9]\\d*`),
    '$',
  ].join('\n'),
);

/** The averages of some moment: the oven is anything from cold to hot. */
const AVERAGES = '(cellar (20\\.0|-), oven ([2-8]\\d\\.\\d|-), roof (20\\.0|-)\n)';
const REALTIME = new RegExp(`^${AVERAGES}*oven is too hot\n${AVERAGES}*oven is all right again\n${AVERAGES}+$`);

const WORKERS = new RegExp(
  [
    '^workers: 1, documents: 5000, checksum: (-?\\d+), per second: \\d+',
    'workers: 2, documents: 2500 \\+ 2500, checksum: \\1, per second: \\d+',
    'ratio: \\d+\\.\\d\\d\n$',
  ].join('\n'),
);

// What a client that does not read has fetched is what sockets keep, 5 MB perhaps: never the 41 MB of the table.
const FASTIFY = new RegExp(
  [
    '^listening at http://127.0.0.1:\\d+',
    'document 7: 10120 characters',
    'no document: 404',
    'pages: 100 and 100, different: true',
    'a paging state that was changed: 400',
    'health: \\{"ok":true,"nodes":[1-9]\\}',
    'all: 4000 lines, of 4[01] pages',
    'a client that reads nothing: 1?\\d of 40 pages',
    'one that goes away after 10 MB: [12]\\d of 40 pages',
    'requests in flight: 0',
    'a download during SIGTERM: 4000 lines',
    'closed\n$',
  ].join('\n'),
);

const NESTJS = new RegExp(
  [
    '^listening at http://127.0.0.1:\\d+',
    'a user: \\{"id":1,"name":"Grace"\\}',
    'no user: 404',
    'all of them: 1000',
    'lines of the export: 1000',
    'events until SIGTERM: \\["data: \\{\\\\"up\\\\":[1-9]\\}"\\]',
    'closed\n$',
  ].join('\n'),
);

const ENCRYPTION = new RegExp(
  ["^\\{ email: 'ada@example.com', phone: '\\+44 20 7946 0000' \\}", '53 false', 'written again: 1', '1\n$'].join('\n'),
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

const ETL_COPY = new RegExp(
  [
    '^copied: 2000, failed: 0',
    'turned into cents: 1999',
    "(different \\{ customer: 8, id: 58 \\} \\[ 'total' \\]\n|missing \\{ customer: 7, id: 57 \\} \n){2}left: 0",
    'by year: Map\\(6\\) \\{\n  2020 => 83416.5,[^}]*2025 => 83333.25\n\\}',
    'in chunks: 2000',
    'deleted: 668\n$',
  ].join('\n'),
);
const ETL_PARQUET = [
  'true files',
  '100 rows in one file',
  '100 rows restored',
  '50 of them with a zip',
  '{',
  "  home: { street: '42 Main Street', zip: 10042 },",
  "  phones: Set(1) { '+44 42' },",
  '  visits: Map(1) {',
  '    2026-11-22T00:00:00.000Z => Decimal { unscaled: 4250n, scale: 2 }',
  '  }',
  '}\n',
].join('\n');
const ETL_FILES = `2 rows
line 3: The parameter "total" (decimal) cannot be made of the record. The text is no decimal: expected a decimal number, got a string.
line 5: Line 5 of orders.csv cannot be read. It has 2 fields in place of 4.
12.50 Set(1) { 'new' }
2 rows in cents
`;

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
  const examples: readonly (readonly [name: string, expected: string | RegExp])[] = [
    ['tour.ts', /^Ada\n1 Ada\n2 user 2\n3 user 3\nCassandra says: .*nickname.*\n600 400\n$/],
    ['codecs.ts', /^\{"id":41,"times":\{"since":"2026-11-21T12:00:00.000Z"\}\}\n$/],
    ['resume.ts', /^\d{2,} columns\n$/],
    ['backpressure.ts', BACKPRESSURE],
    ['schema.ts', SCHEMA],
    ['cluster.ts', CLUSTER],
    ['queries.ts', QUERIES],
    ['request-options.ts', REQUEST_OPTIONS],
    ['concurrency.ts', CONCURRENCY],
    ['processes.ts', 'true,true\n'],
    ['basic.ts', /^\{ name: 'Ada' \}\n\{ name: 'Grace' \}\nundefined\n$/],
    ['streaming.ts', STREAMING],
    ['non-blocking.ts', NON_BLOCKING],
    ['realtime.ts', REALTIME],
    ['context-safety.ts', /^(yes .*\n){14}$/],
    ['workers.ts', WORKERS],
    ['fastify/main.ts --try', FASTIFY],
    ['nestjs/main.ts --try', NESTJS],
    ['encryption.ts', ENCRYPTION],
    ['etl.ts', ETL],
    ['etl-files.ts', ETL_FILES],
    ['etl-copy.ts', ETL_COPY],
    ['etl-parquet.ts', ETL_PARQUET],
  ];
  it.each(examples.filter(([name]) => !(isSecure && name in PLAIN_ONLY_EXAMPLES)))(
    '%s runs, and prints what is expected of it',
    async (name, expected) => {
      const { stdout, stderr } = await run(name, sharedNodeEnvironment);
      expect(stderr).toBe('');
      if (typeof expected === 'string') expect(stdout).toBe(expected);
      else expect(stdout).toMatch(expected);
    },
  );

  it('queries.ts prints what docs/queries.md shows', async () => {
    const queries = await readFile(fileURLToPath(new URL('../../docs/queries.md', import.meta.url)), 'utf8');
    const shown = [...queries.matchAll(/^```text\n(.*?)^```$/gms)].map((found) => found[1]!);
    expect(shown.length).toBeGreaterThan(0);
    for (const text of shown) expect(QUERIES).toContain(text);
  });

  it('values.ts runs, and prints what docs/values.md says', async () => {
    const values = await readFile(fileURLToPath(new URL('../../docs/values.md', import.meta.url)), 'utf8');
    const { stdout, stderr } = await run('values.ts', sharedNodeEnvironment);
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
