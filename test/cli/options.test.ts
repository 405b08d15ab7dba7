import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom } from 'rxjs';
import { afterAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/commands.js';
import { nameOf, type Values } from '../../src/cli/options/cli-option.js';
import { sessionOptions } from '../../src/cli/options/connection.js';
import { mappingOf } from '../../src/cli/options/mapping.js';
import { Options } from '../../src/cli/options/options.js';
import { shardOf, subShard } from '../../src/cli/options/ranges.js';
import { tableOf, targetTableOf } from '../../src/cli/options/table.js';
import { maxErrorsOf } from '../../src/cli/options/writing.js';
import { resolveOptions } from '../../src/cli/resolve-options.js';
import { testHost } from './support.js';

const folder = mkdtempSync(join(tmpdir(), 'rxcql-options-'));
afterAll(() => rmSync(folder, { recursive: true }));

const count = COMMANDS.find(({ name }) => name === 'count')!;
let files = 0;
function file(text: string, mode = 0o600): string {
  const path = join(folder, `file-${files++}`);
  writeFileSync(path, text, { mode });
  return path;
}

async function resolved(
  said: Values,
  env: Record<string, string> = {},
  noted: Values = {},
  stdin = '',
): Promise<{ values: Values; warnings: string }> {
  const { host } = testHost({ env, stdin });
  let warnings = '';
  const told = { said, noted };
  const options = await lastValueFrom(resolveOptions(count, told, COMMANDS, host, (text) => (warnings += text)));
  return { values: options.values, warnings };
}

describe('options', () => {
  it('of the command line count more than those that were noted, the environment, and the file', async () => {
    const config = file(
      JSON.stringify({ host: 'file', port: 1, pageSize: 2, count: { 'page-size': 3 }, 'to-host': 'x' }),
    );
    const env = { RXCQL_HOST: 'env', RXCQL_TIMEOUT: '7', RXCQL_TABLE: '', RXCQL_CONFIG: config };
    const { values } = await resolved({ host: 'said' }, env, { timeout: '8' });
    expect(values).toMatchObject({ host: 'said', timeout: '8', port: '1', 'page-size': '3' });
    expect(values).not.toHaveProperty('table');
    // That is for other commands.
    expect(values).not.toHaveProperty('to-host');
    expect((await resolved({}, env)).values).toMatchObject({ host: 'env', timeout: '7' });
  });

  it.each([
    ['[]', /is no object of JSON/],
    ['{"password": "hunter2', /^(?!.*hunter2).*is no object of JSON/],
    ['{"hots": "a"}', /has an option "hots", which there is not\. Did you mean "host"\?/],
    ['{"count": {"url": "a"}}', /has an option "url", which there is not/],
    ['{"count": 3}', /the option "count" is no text/],
    ['{"host": {"a": 1}}', /the option "host" is no text/],
  ])('of a file that is wrong are refused: %s', async (text, message) => {
    await expect(resolved({ config: file(text) })).rejects.toThrow(message);
  });

  it('may be lists in a file, and a file may be missing', async () => {
    expect((await resolved({ config: file('{"host": ["a", "b"]}') })).values['host']).toBe('a,b');
    await expect(resolved({ config: join(folder, 'none') })).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('have names that no other has, and variables', () => {
    for (const command of COMMANDS) {
      const names = command.options.map(nameOf);
      expect(new Set(names).size).toBe(names.length);
    }
  });
});

describe('passwords', () => {
  it('come from the environment, a file, or the standard input', async () => {
    expect((await resolved({}, { RXCQL_PASSWORD: 'a b' })).values['password']).toBe('a b');
    expect((await resolved({ 'password-file': file('from file\nmore') })).values['password']).toBe('from file');
    expect((await resolved({ 'password-file': '-' }, {}, {}, 'typed\r\n')).values['password']).toBe('typed');
    await expect(resolved({ 'password-file': file('\n') })).rejects.toThrow(
      '--password-file has nothing in its first line.',
    );
  });

  it('are warned of where others see them', async () => {
    expect((await resolved({ password: 'x' })).warnings).toMatch(/can see --password while this runs/);
    expect((await resolved({ config: file('{"password": "x"}') })).warnings).toBe('');
    expect((await resolved({ config: file('{"password": "x"}', 0o644) })).warnings).toMatch(/chmod 600/);
    expect((await resolved({}, { RXCQL_PASSWORD: 'x' })).warnings).toBe('');
  });

  it('need a name, and names a password', () => {
    expect(() => sessionOptions(new Options({ password: 'x' }), '')).toThrow('There is a password and no --username.');
    expect(() => sessionOptions(new Options({ 'to-username': 'me' }), 'to-')).toThrow('give it by RXCQL_TO_PASSWORD');
  });
});

describe('sessionOptions()', () => {
  it('has the nodes, and what is asked of them', () => {
    const options = new Options({
      host: ' a:1, b',
      port: '19042',
      'local-dc': 'dc1',
      consistency: 'ONE',
      timeout: '5',
      tls: true,
    });
    expect(sessionOptions(options, '')).toMatchObject({
      contactPoints: ['a:1', 'b'], port: 19_042, localDataCenter: 'dc1', consistency: 'ONE', timeout: 5, tls: true,
    }); // prettier-ignore
    expect(sessionOptions(new Options({ host: '["a", "b"]' }), '')).toMatchObject({ contactPoints: ['a', 'b'] });
  });

  it('has another side', () => {
    const options = new Options({ host: 'a', 'to-host': 'b', 'to-ca': file('PEM'), 'to-tls-name': 'n' });
    const { tls, contactPoints } = sessionOptions(options, 'to-') as {
      tls: { ca: Buffer; identity: () => string };
      contactPoints: string[];
    };
    expect([contactPoints, tls.ca.toString(), tls.identity()]).toEqual([['b'], 'PEM', 'n']);
    expect(sessionOptions(options, '')).not.toHaveProperty('tls');
  });

  it('refuses a bundle with hosts', () => {
    expect(() => sessionOptions(new Options({ bundle: 'x.zip', host: 'a' }), '')).toThrow(
      '--host and --bundle do not go together',
    );
    expect(sessionOptions(new Options({ bundle: 'x.zip' }), '')).toMatchObject({ secureConnectBundle: 'x.zip' });
  });
});

describe('tables', () => {
  it.each<[Values, string]>([
    [{ keyspace: 'ks', table: 't' }, 'ks.t'],
    [{ table: 'ks.t' }, 'ks.t'],
    [{ keyspace: 'K s', table: 'T' }, 'K s.T'],
    [{ keyspace: 'ks', table: 'a.b' }, 'ks."a.b"'],
    [{ table: '"a.b"."c"' }, '"a.b"."c"'],
  ])('%j', (values, expected) => {
    expect(tableOf(new Options(values))).toBe(expected);
  });

  it('are missing', () => {
    expect(() => tableOf(new Options({ keyspace: 'ks' }))).toThrow('The option --table is missing');
    expect(() => tableOf(new Options({ table: 't' }))).toThrow('The option --keyspace is missing');
  });

  it('have the names of the source on the other side', () => {
    expect(targetTableOf(new Options({ table: 'a.b', 'to-table': 'c' }))).toBe('a.c');
    expect(targetTableOf(new Options({ table: 'a.b', 'to-keyspace': 'x.y' }))).toBe('"x.y".b');
  });
});

describe('shards', () => {
  it('are said, or those of an indexed job', () => {
    expect(shardOf(new Options({ shard: '1/4' }), {})).toEqual({ index: 1, of: 4 });
    expect(shardOf(new Options({}), { JOB_COMPLETION_INDEX: '2', RXCQL_SHARDS: '3' })).toEqual({ index: 2, of: 3 });
    expect(shardOf(new Options({}), { JOB_COMPLETION_INDEX: '2' })).toBeUndefined();
    expect(() => shardOf(new Options({ shard: '4/4' }), {})).toThrow(
      'A shard is i/n, where i is from 0 to less than n',
    );
  });

  it('of a shard are together what it is', () => {
    const parts = Array.from({ length: 3 }, (_, i) => subShard({ index: 1, of: 2 }, i, 3));
    const mine = Array.from({ length: 60 }, (_, i) => i).filter((i) => parts.some(({ index, of }) => i % of === index));
    expect(mine).toEqual(Array.from({ length: 30 }, (_, i) => 2 * i + 1));
  });
});

describe('amounts', () => {
  it('are refused where they are none', () => {
    const options = new Options({ port: '0', timeout: '1.5', 'dry-run': 'yes', progress: 'bars', columns: ', ' });
    expect(() => options.whole('port', 1, 65_535)).toThrow(
      'The option --port is a whole number from 1 to 65535; it is "0".',
    );
    expect(() => options.whole('timeout', 1)).toThrow('whole number, 1 or more; it is "1.5"');
    expect(() => options.flag('dry-run')).toThrow('true or false');
    expect(() => options.oneOf('progress', ['bar'])).toThrow('one of bar; it is "bars"');
    expect(() => options.list('columns')).toThrow('has nothing in it');
  });

  it('of errors are a number, a share, or any', () => {
    expect(['5', '1.5%', '-1', undefined].map((text) => maxErrorsOf(new Options(text === undefined ? {} : { 'max-errors': text })))).toEqual([5, '1.5%', undefined, 100]); // prettier-ignore
    expect(() => maxErrorsOf(new Options({ 'max-errors': 'many' }))).toThrow('--max-errors is a number');
  });
});

describe('mappings', () => {
  const mapping = (text: string): unknown => mappingOf(new Options({ mapping: text }));

  it('are pairs, or columns in order', () => {
    expect(mapping('a=b, "c,=""d"=e')).toEqual({ pairs: [{ field: 'a', column: 'b' }, { field: 'c,="d', column: 'e' }] }); // prettier-ignore
    expect(mapping('a, b b,c')).toEqual({ columns: ['a', 'b b', 'c'] });
    expect(mappingOf(new Options({}))).toBeUndefined();
  });

  it.each(['', 'a=b,c', '*=*', '=a', 'a==b', '"a'])('are refused: %s', (text) => {
    expect(() => mapping(text)).toThrow('The option --mapping is field=column');
  });
});
