import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { concatAll, lastValueFrom, toArray } from 'rxjs';
import { createSession, type Page, type Row, type Session } from 'rxcql';
import { scan } from 'rxcql/etl';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rxcql } from '../cli/support.js';
import { sharedNode } from './shared-node.js';

const KEYSPACE = 'rxcql_cli_times';
const folder = mkdtempSync(join(tmpdir(), 'rxcql-times-'));
const at = (name: string): string => join(folder, name);
const ADDRESS = '127.0.0.1';
let session: Session;
const run = (statement: string): Promise<Page> => lastValueFrom(session.execute(statement));
const command = (name: string, ...args: string[]) =>
  rxcql([name, '-h', ADDRESS, '-k', KEYSPACE, ...args], { session: createSession(sharedNode) });

beforeAll(async () => {
  session = createSession(sharedNode);
  await run(`DROP KEYSPACE IF EXISTS ${KEYSPACE}`);
  await run(`CREATE KEYSPACE ${KEYSPACE} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`);
  await run(`CREATE TYPE ${KEYSPACE}.address (street text, zip int)`);
  const columns =
    'k int, c int, s text STATIC, v text, w int, m map<text, int>, tags set<text>, a address, f frozen<list<int>>';
  for (const table of ['source', 'csv', 'ndjson', 'parquet']) {
    await run(`CREATE TABLE ${KEYSPACE}.${table} (${columns}, PRIMARY KEY (k, c))`);
  }
  const into = `INSERT INTO ${KEYSPACE}.source`;
  for (const statement of [
    `${into} (k, c, v, w, f) VALUES (1, 1, 'a, "b"', 2, [1, 2]) USING TIMESTAMP 1700000000000001 AND TTL 90000`,
    `${into} (k, c, w) VALUES (1, 1, 3) USING TIMESTAMP 1700000000000002`,
    `${into} (k, c, v) VALUES (1, 2, '') USING TIMESTAMP 1700000000000003`,
    `UPDATE ${KEYSPACE}.source USING TIMESTAMP 1700000000000004 SET m = m + {'x': 1}, tags = tags + {'t'} WHERE k = 1 AND c = 2`,
    `UPDATE ${KEYSPACE}.source USING TIMESTAMP 1700000000000005 AND TTL 80000 SET m = m + {'y': 2} WHERE k = 1 AND c = 2`,
    `UPDATE ${KEYSPACE}.source USING TIMESTAMP 1700000000000006 AND TTL 70000 SET a.zip = 5 WHERE k = 1 AND c = 2`,
    `UPDATE ${KEYSPACE}.source USING TIMESTAMP 1700000000000007 SET s = 'static' WHERE k = 1`,
    `UPDATE ${KEYSPACE}.source USING TIMESTAMP 1700000000000008 AND TTL 60000 SET s = 'alone' WHERE k = 2`,
  ]) await run(statement); // prettier-ignore
});

afterAll(async () => {
  await run(`DROP KEYSPACE ${KEYSPACE}`);
  await lastValueFrom(session.close());
  rmSync(folder, { recursive: true, force: true });
});

/** All rows, with the times of their cells; of what lives, in hours. */
async function cellsOf(table: string): Promise<Row[]> {
  const rows = await lastValueFrom(
    scan(session, `${KEYSPACE}.${table}`, { preserve: ['ttl', 'writetime'] }).pipe(concatAll(), toArray()),
  );
  const hours = (ttl: unknown): unknown =>
    Array.isArray(ttl) ? ttl.map(hours) : typeof ttl === 'number' ? Math.ceil(ttl / 3_600) : ttl;
  const coarse = rows.map(
    (row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, name.startsWith('ttl(') ? hours(value) : value])), // prettier-ignore
  );
  return coarse.sort((a, b) => Number(a['k']) - Number(b['k']) || Number(a['c']) - Number(b['c']));
}

it.each(['csv', 'ndjson', 'parquet'])('what was unloaded with its times is loaded with them: %s', async (format) => {
  const file = at(`times.${format}`);
  const unloaded = await command('unload', '-t', 'source', '--preserve', 'ttl,writetime', '--url', file);
  expect([unloaded.code, unloaded.err]).toEqual([0, expect.stringContaining('3 rows')]);
  const loaded = await command('load', '-t', format, '--url', file);
  expect([loaded.code, loaded.err]).toEqual([0, expect.stringContaining('3 rows')]);
  const [there, here] = await Promise.all([cellsOf(format), cellsOf('source')]);
  expect(there).toEqual(here);
  expect(here[0]).toMatchObject({ 'writetime(v)': 1700000000000001n, 'writetime(w)': 1700000000000002n, 'ttl(v)': 25, 'ttl(w)': null }); // prettier-ignore
});

it('what does not go together with times is refused before anything is written', async () => {
  writeFileSync(at('one.csv'), 'k,c,v,writetime(v)\n7,7,a,1\n');
  for (const [args, sentence] of [
    [['--ttl', '5'], /one\.csv has the times of cells, by which they are written: they do not go with --ttl/],
    [['--batch', 'partition'], /do not go with --batch/],
  ] as const) {
    expect(await command('load', '-t', 'csv', '--url', at('one.csv'), ...args)).toMatchObject({ code: 3, err: expect.stringMatching(sentence) as string }); // prettier-ignore
  }
  writeFileSync(at('other.csv'), 'k,c,v,writetime(x)\n7,7,a,1\n');
  expect((await command('load', '-t', 'csv', '--url', at('other.csv'))).err).toMatch(/has a field "writetime\(x\)", which is no column/); // prettier-ignore
  expect((await run(`SELECT k FROM ${KEYSPACE}.csv WHERE k = 7`)).rowCount).toBe(0);
  // By a mapping, times are not looked at.
  expect((await command('load', '-t', 'csv', '--url', at('one.csv'), '-m', 'k=k,c=c,v=v', '--ttl', '500')).code).toBe(
    0,
  );
});

it('a record whose times are none has failed, and the others are loaded', async () => {
  writeFileSync(at('bad.csv'), 'k,c,v,writetime(v)\n8,1,a,yesterday\n8,2,b,5\n8,,c,5\n8,3,c\n');
  const { code, err } = await command('load', '-t', 'csv', '--url', at('bad.csv'), '--dead-letter', at('dead.ndjson'));
  expect([code, err]).toEqual([1, expect.stringMatching(/1 rows?, 3 failed/)]);
  const dead = readFileSync(at('dead.ndjson'), 'utf8');
  for (const reason of [
    'The field \\"writetime(v)\\" is no time',
    'nothing for the column \\"c\\"',
    'It has 3 fields',
  ]) {
    expect(dead).toContain(reason);
  }
  expect((await run(`SELECT writetime(v) FROM ${KEYSPACE}.csv WHERE k = 8`)).first()).toEqual({ 'writetime(v)': 5n });
});
