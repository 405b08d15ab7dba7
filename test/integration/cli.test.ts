import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom, mergeMap, range } from 'rxjs';
import { createSession, type Page, type Session } from 'rxcql';
import { countRows } from 'rxcql/etl';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../support/command-line.js';
import { sharedNode } from './shared-node.js';

const COMMAND = commandLine();
const KEYSPACE = 'rxcql_cli';
const ARCHIVE = 'rxcql_cli_archive';
const ROWS = 4_000;

const folder = mkdtempSync(join(tmpdir(), 'rxcql-cli-'));
const at = (...names: string[]): string => join(folder, ...names);
let session: Session;
const run = (statement: string): Promise<Page> => lastValueFrom(session.execute(statement));

beforeAll(async () => {
  session = createSession(sharedNode);
  for (const keyspace of [KEYSPACE, ARCHIVE]) {
    await run(`DROP KEYSPACE IF EXISTS ${keyspace}`);
    await run(`CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`);
  }
  for (const table of [`${KEYSPACE}.orders`, `${KEYSPACE}.loaded`, `${KEYSPACE}.copied`, `${ARCHIVE}.orders`]) {
    await run(`CREATE TABLE ${table} (id int PRIMARY KEY, total double, note text, tags set<text>)`);
  }
  const insert = `INSERT INTO ${KEYSPACE}.orders (id, total, note, tags) VALUES (?, ?, ?, ?)`;
  const write = (id: number) => session.execute(insert, [id, id / 3, id % 2 ? `"note", ${id}` : null, ['a', `${id}`]]);
  await lastValueFrom(range(0, ROWS).pipe(mergeMap(write, 128)));
});

afterAll(async () => {
  for (const keyspace of [KEYSPACE, ARCHIVE]) await run(`DROP KEYSPACE ${keyspace}`);
  await lastValueFrom(session.close());
  rmSync(folder, { recursive: true, force: true });
});

/** Where the node is, and, if it is secure, by which keys it is reached and as whom. */
const ENVIRONMENT = {
  RXCQL_HOST: sharedNode.contactPoints.join(','),
  RXCQL_LOCAL_DC: sharedNode.localDataCenter,
  RXCQL_KEYSPACE: KEYSPACE,
  ...secured(),
};

function secured(): Record<string, string> {
  const { tls, auth } = sharedNode as unknown as {
    tls?: Record<string, string>;
    auth?: { username: string; password: string };
  };
  if (tls === undefined || auth === undefined) return {};
  const environment: Record<string, string> = { RXCQL_USERNAME: auth.username, RXCQL_PASSWORD: auth.password };
  for (const name of ['ca', 'cert', 'key']) {
    writeFileSync((environment[`RXCQL_${name.toUpperCase()}`] = at(`${name}.pem`)), tls[name]!);
  }
  return environment;
}

const start = (...args: string[]): ChildProcess =>
  spawn(process.execPath, [...COMMAND, ...args], {
    cwd: folder,
    env: { ...process.env, ...ENVIRONMENT },
    stdio: ['pipe', 'pipe', 'pipe'],
  });

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function ended(child: ChildProcess, input = ''): Promise<Ended> {
  let [out, err] = ['', ''];
  child.stdout!.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr!.on('data', (chunk: Buffer) => (err += chunk.toString()));
  child.stdin!.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}
const rxcql = (...args: string[]): Promise<Ended> => ended(start(...args));

/** The lines of the files that count, without those of headers. */
function linesIn(...path: string[]): string[] {
  const files = readdirSync(at(...path)).filter((name) => name.endsWith('.csv'));
  return files.flatMap((name) => readFileSync(at(...path, name), 'utf8').trimEnd().split('\n').slice(1)).sort(); // prettier-ignore
}

describe('rxcql', { timeout: 120_000 }, () => {
  it('counts: the number, and nothing else', async () => {
    const { code, out, err } = await rxcql('count', '-t', 'orders', '--workers', '2');
    expect([code, out]).toEqual([0, `${ROWS}\n`]);
    expect(err).toMatch(/count done: 4,000 rows, 0 failed/);
  });

  it('asks, and stops when its reader has read enough', async () => {
    const { out } = await rxcql('query', 'SELECT id, note FROM orders WHERE id = 1', '--format', 'ndjson');
    expect(out).toBe('{"id":1,"note":"\\"note\\", 1"}\n');
    const child = start('query', 'SELECT * FROM orders', '--page-size', '50');
    let err = '';
    child.stderr!.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.stdin!.end();
    await once(child.stdout!, 'data');
    child.stdout!.destroy();
    expect(await once(child, 'close')).toEqual([0, null]);
    const [, rows] = /query done: ([\d,]+) rows/.exec(err)!;
    expect(Number(rows!.replace(',', ''))).toBeLessThan(ROWS);
  });

  it('unloads, is killed, and goes on: no row is missing, and none is there twice', async () => {
    expect((await rxcql('unload', '-t', 'orders', '-url', 'whole', '--splits', '4')).code).toBe(0);
    const all = linesIn('whole');
    expect(all.length).toBe(ROWS);
    const child = start(
      'unload',
      '-t',
      'orders',
      '-url',
      'killed',
      '--splits',
      '64',
      '--page-size',
      '20',
      '--concurrency',
      '2',
    );
    const dead = once(child, 'close');
    while (!existsSync(at('killed')) || linesIn('killed').length < 500)
      await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGKILL');
    await dead;
    expect(linesIn('killed').length).toBeLessThan(ROWS);
    const resumed = await rxcql('resume', 'killed');
    expect(resumed.code).toBe(0);
    expect(linesIn('killed')).toEqual(all);
    // There is nothing to do twice.
    expect(await rxcql('unload', '-t', 'orders', '-url', 'killed')).toMatchObject({ code: 3, err: expect.stringContaining('rxcql resume killed') as string }); // prettier-ignore
  });

  it('is interrupted, says how to go on, and goes on', async () => {
    const args = [
      'unload',
      '-t',
      'orders',
      '-url',
      'stopped',
      '--splits',
      '64',
      '--page-size',
      '20',
      '--concurrency',
      '2',
    ];
    const child = start(...args);
    const result = ended(child);
    while (!existsSync(at('stopped')) || linesIn('stopped').length === 0)
      await new Promise((resolve) => setTimeout(resolve, 5));
    const asked = Date.now();
    child.kill('SIGTERM');
    const { code, err } = await result;
    expect(Date.now() - asked).toBeLessThan(5_000);
    expect([code, err]).toEqual([
      4,
      expect.stringMatching(/unload interrupted: .*\ngo on with: rxcql resume stopped\n$/),
    ]);
    expect((await rxcql('resume', 'stopped')).code).toBe(0);
    expect(linesIn('stopped')).toEqual(linesIn('whole'));
  });

  it('does what the document shows', async () => {
    const text = readFileSync(new URL('../../docs/command.md', import.meta.url), 'utf8');
    const [, block] = /## Examples\n\n```sh\n(.*?)```/s.exec(text)!;
    const commands = block!.trim().split('\n').map((line) => line.replaceAll('shop', KEYSPACE).replaceAll('archive', ARCHIVE)); // prettier-ignore
    expect(commands.length).toBeGreaterThan(9);
    for (const command of commands) {
      const words = Array.from(command.matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, plain]) => quoted ?? plain!);
      expect(words[0]).toBe('rxcql');
      const { code, err } = await rxcql(...words.slice(1));
      expect([command, code, err]).toEqual([command, 0, expect.any(String)]);
    }
    expect(await lastValueFrom(countRows(session, `${ARCHIVE}.orders`))).toEqual({ total: ROWS });
  });

  it('loads what it has unloaded, and copies, and compares', async () => {
    expect(await rxcql('verify', '-t', 'orders', '--to-table', 'loaded', '--progress', 'json')).toMatchObject({
      code: 1,
    });
    const loaded = await rxcql('load', '-url', 'whole', '-t', 'loaded', '--checkpoint', 'own.journal');
    expect([loaded.code, loaded.out]).toEqual([0, '']);
    expect(await rxcql('verify', '-t', 'orders', '--to-table', 'loaded')).toMatchObject({ code: 0, out: '' });
    expect(await rxcql('copy', '-t', 'orders', '--to-table', 'copied')).toMatchObject({ code: 0 });
    await run(`DELETE FROM ${KEYSPACE}.copied WHERE id = 7`);
    const differ = await rxcql('verify', '-t', 'orders', '--to-table', 'copied', '--repair');
    expect([differ.code, differ.out]).toEqual([1, '{"kind":"missing","key":{"id":7}}\n']);
  });

  it('tells records that are wrong, and where they are', async () => {
    writeFileSync(at('bad.csv'), 'id,note\n1,one\ntwo,2\n3,three\n');
    const { code, err } = await rxcql('load', '-url', 'bad.csv', '-t', 'loaded', '--dead-letter', 'dead.ndjson');
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/bad\.csv, line 3, has failed: .*\nload done, with errors: 2 rows, 1 failed/),
    ]);
    expect(JSON.parse(readFileSync(at('dead.ndjson'), 'utf8'))).toMatchObject({ position: { line: 3 } });
    expect(await rxcql('load', '-url', 'bad.csv', '-t', 'loaded', '-maxErrors', '0')).toMatchObject({ code: 2 });
    writeFileSync(at('other.csv'), 'id,nota\n1,one\n');
    expect(await rxcql('load', '-url', 'other.csv', '-t', 'loaded')).toMatchObject({ code: 3, err: expect.stringContaining('Did you mean "note"?') as string }); // prettier-ignore
  });
});
