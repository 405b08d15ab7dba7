import fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filter, lastValueFrom, type Observable, toArray } from 'rxjs';
import { createSession, type Page, type Row, type Session } from 'rxcql';
import { fromParquet, scan, tokenRanges, toParquet, writeTo } from 'rxcql/etl';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sharedNode } from './shared-node.js';
import { frozen, type SampleType, sampleTypes, udtOf } from '../support/sample-types.js';

const KEYSPACE = 'rxcql_etl_parquet';
const COLUMNS = 24;
const ROWS = 40;

let session: Session;
let folder: string;
const run = (...args: Parameters<Session['execute']>): Promise<Page> => lastValueFrom(session.execute(...args));
const draw = <T>(arbitrary: fc.Arbitrary<T>, numRuns: number, seed: number): T[] => fc.sample(arbitrary, { numRuns, seed }); // prettier-ignore

const udt = udtOf('thing', draw(sampleTypes(1), 3, 1));
const types: SampleType[] = draw(sampleTypes(3, [udt.type]), COLUMNS, 2);
const names = types.map((_, i) => `c${i}`);

beforeAll(async () => {
  session = createSession(sharedNode);
  folder = await mkdtemp(join(tmpdir(), 'rxcql-test-parquet-'));
  await run(`DROP KEYSPACE IF EXISTS ${KEYSPACE}`);
  await run(`CREATE KEYSPACE ${KEYSPACE} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`);
  await run(`USE ${KEYSPACE}`);
  await run(udt.create);
  const columns = types.map((type, i) => `c${i} ${frozen(type)}`).join(', ');
  for (const table of ['a', 'b']) await run(`CREATE TABLE ${table} (id int PRIMARY KEY, ${columns})`);
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  await run(`DROP KEYSPACE ${KEYSPACE}`);
  await lastValueFrom(session.close());
});

it('unloads a table with types by chance to Parquet, and loads it again as it was', async () => {
  const values = types.map((type, i) => draw(fc.option(type.samples), ROWS, 10 + i));
  for (let id = 0; id < ROWS; id++) {
    const literals = values.map((samples) => samples[id]?.literal ?? 'null');
    await run(`INSERT INTO a (id, ${names.join(', ')}) VALUES (${id}, ${literals.join(', ')})`);
  }
  const ranges = tokenRanges(session, `${KEYSPACE}.a`, { splits: 4 });
  const scanned: Observable<Page> = scan(session, `${KEYSPACE}.a`, { ranges });
  const files = await lastValueFrom(scanned.pipe(toParquet({ folder }), toArray()));
  expect(files.reduce((sum, { rows }) => sum + rows, 0)).toBe(ROWS);

  const insert = `INSERT INTO b (id, ${names.join(', ')}) VALUES (:id, ${names.map((name) => `:${name}`).join(', ')})`;
  const failed = fromParquet(folder).pipe(writeTo(session, insert), filter(({ kind }) => kind !== 'ok'), toArray()); // prettier-ignore
  expect(await lastValueFrom(failed)).toEqual([]);
  const rowsOf = async (table: string): Promise<Row[]> => (await run(`SELECT * FROM ${table}`)).toArray();
  const rows = await rowsOf('a');
  expect(rows).toHaveLength(ROWS);
  expect(await rowsOf('b')).toEqual(rows);
});
