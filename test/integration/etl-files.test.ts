import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { count, filter, lastValueFrom } from 'rxjs';
import { createSession, Decimal, Duration, type Page, type Session } from 'rxcql';
import { deadLetter, fromCsv, fromJson, fromNdjson, fromText, writeTo } from 'rxcql/etl';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedNode } from './shared-node.js';

const KEYSPACE = 'rxcql_etl_files';

/** A column of each type, its field in a CSV file, its JSON, and what it is in a row. */
const COLUMNS: [name: string, type: string, field: string, json: unknown, value: unknown][] = [
  ['asci', 'ascii', 'a', 'a', 'a'],
  ['big', 'bigint', '9223372036854775807', '9223372036854775807', 9_223_372_036_854_775_807n],
  ['blo', 'blob', '0xcafe', '0xcafe', Buffer.from('cafe', 'hex')],
  ['boo', 'boolean', 'true', true, true],
  ['dat', 'date', '2026-11-22', '2026-11-22', '2026-11-22'],
  ['dec', 'decimal', '12.50', '12.50', new Decimal(1250n, 2)],
  ['dou', 'double', '0.1', 0.1, 0.1],
  ['dur', 'duration', '1mo2d3h', '1mo2d3h', new Duration(1, 2, 10_800_000_000_000n)],
  ['flo', 'float', '0.1', 0.1, Math.fround(0.1)],
  ['ine', 'inet', '2001:db8::1', '2001:db8::1', '2001:db8::1'],
  ['sma', 'smallint', '-5', -5, -5],
  ['tex', 'text', '"a ""b"",\n😀"', 'a "b",\n😀', 'a "b",\n😀'],
  ['emp', 'text', '""', '', ''],
  ['non', 'text', '', undefined, null],
  ['tim', 'time', '12:34:56.000000007', '12:34:56.000000007', '12:34:56.000000007'],
  ['tis', 'timestamp', '2026-11-22T00:33:00.001Z', '2026-11-22T00:33:00.001Z', new Date('2026-11-22T00:33:00.001Z')],
  ['tiu', 'timeuuid', '5a1c395e-b41f-11e5-9f22-ba0be0483c18', '5a1c395e-b41f-11e5-9f22-ba0be0483c18', '5a1c395e-b41f-11e5-9f22-ba0be0483c18'], // prettier-ignore
  ['tin', 'tinyint', '7', 7, 7],
  ['uui', 'uuid', '5a1c395e-b41f-41e5-9f22-ba0be0483c18', '5a1c395e-b41f-41e5-9f22-ba0be0483c18', '5a1c395e-b41f-41e5-9f22-ba0be0483c18'], // prettier-ignore
  ['var', 'varint', '-170141183460469231731687303715884105729', '-170141183460469231731687303715884105729', -(2n ** 127n) - 1n], // prettier-ignore
  ['lis', 'list<int>', '"[1,2]"', [1, 2], [1, 2]],
  ['se', 'set<text>', '"[""a"",""b""]"', ['a', 'b'], new Set(['a', 'b'])],
  ['ma', 'map<int, frozen<tuple<int, text>>>', '"{""2"":[1,null]}"', { 2: [1, null] }, new Map([[2, [1, null]]])],
  ['ud', 'frozen<place>', '"{""x"":1,""at"":null}"', { x: 1, at: null }, { x: 1, at: null }],
  ['ve', 'vector<float, 2>', '"[0.5,0.25]"', [0.5, 0.25], Float32Array.of(0.5, 0.25)],
];

describe('files on a real Cassandra', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rxcql-files-'));
  let session: Session;
  const run = (statement: string): Promise<Page> => lastValueFrom(session.execute(statement));

  const names = COLUMNS.map(([name]) => name);
  const insert = `INSERT INTO t (id, ${names.join(', ')}) VALUES (:id, ${names.map((name) => `:${name}`).join(', ')})`;
  const expected = Object.fromEntries(COLUMNS.map(([name, , , , value]) => [name, value]));

  beforeAll(async () => {
    session = createSession(sharedNode);
    await run(`DROP KEYSPACE IF EXISTS ${KEYSPACE}`);
    await run(`CREATE KEYSPACE ${KEYSPACE} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`);
    await run(`USE ${KEYSPACE}`);
    await run('CREATE TYPE place (x int, at timestamp)');
    await run(`CREATE TABLE t (id int PRIMARY KEY, ${COLUMNS.map(([name, type]) => `${name} ${type}`).join(', ')})`);
  });

  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await run(`DROP KEYSPACE ${KEYSPACE}`);
    await lastValueFrom(session.close());
  });

  it('are loaded from CSV, values of all types as they were; what is bad is put away with its line', async () => {
    const path = join(folder, 'all.csv');
    const failed = join(folder, 'failed.ndjson');
    const fields = COLUMNS.map(([, , field]) => field).join(',');
    const lines = Array.from({ length: 100 }, (_, id) => (id === 10 ? 'short' : `${id === 20 ? 'x' : id},${fields}`));
    writeFileSync(path, `id,${names.join(',')}\n${lines.join('\n')}\n`);
    const written = fromCsv(path, { onBadRecord: 'emit', pageSize: 30 }).pipe(
      writeTo(session, insert, { convert: fromText() }),
      deadLetter(failed),
      filter(({ kind }) => kind === 'ok'),
      count(),
    );
    expect(await lastValueFrom(written)).toBe(98);
    const rows = (await run('SELECT * FROM t')).toArray();
    expect(rows.length).toBe(98);
    for (const { id, ...row } of rows) expect([id, row]).toEqual([id, expected]);
    const letters = readFileSync(failed, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as { position: unknown; error: string }); // prettier-ignore
    // The text has a newline: a record is two lines.
    expect(letters.map(({ position, error }) => [position, error])).toEqual([
      [{ file: path, line: 22 }, `Line 22 of ${path} cannot be read. It has 1 fields in place of 26.`],
      [{ file: path, line: 41 }, expect.stringContaining('The parameter "id" (int) cannot be made of the record.')],
    ]);
  });

  it('are loaded from NDJSON, values of all types as they were', async () => {
    const path = join(folder, 'all.ndjson');
    writeFileSync(path, JSON.stringify({ id: -1, ...Object.fromEntries(COLUMNS.map(([name, , , json]) => [name, json])) })); // prettier-ignore
    const written = fromNdjson(path).pipe(writeTo(session, insert, { convert: fromJson() }));
    expect(await lastValueFrom(written)).toMatchObject({ kind: 'ok', position: { file: path, line: 1 } });
    expect((await run('SELECT * FROM t WHERE id = -1')).one()).toEqual({ id: -1, ...expected });
  });
});
