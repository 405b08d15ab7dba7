import { concatMap, ignoreElements, lastValueFrom, mergeMap, range as numbers, take, toArray } from 'rxjs';
import { ConfigurationError, createSession, type Page, type Params, type Row, type Session } from 'rxcql';
import {
  type CheckpointRecord,
  type CheckpointStore,
  copy,
  type CopyOptions,
  countRows,
  type Diff,
  type Outcome,
  type TableRef,
  tokenRanges,
  verify,
  type VerifyOptions,
} from 'rxcql/etl';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedNode } from './shared-node.js';
import { failureOf } from '../support/served-session.js';

const KEYSPACE = 'rxcql_etl_copy';

/** A table with cells of all kinds: static, in sets, maps, lists and user-defined types, frozen and not. */
const COLUMNS = `(k int, c int, st text static, ss set<int> static, v text, w int, s set<int>, m map<text, int>, u address,
  f frozen<list<int>>, PRIMARY KEY (k, c)) WITH CLUSTERING ORDER BY (c DESC)`;

let session: Session;
const run = (statement: string, params?: Params): Promise<Page> => lastValueFrom(session.execute(statement, params));
const table = (name: string): TableRef => ({ session, table: `${KEYSPACE}.${name}` });
const copied = (from: string, to: string, options?: CopyOptions): Promise<Outcome[]> =>
  lastValueFrom(copy(table(from), table(to), options).pipe(toArray()));
const diffs = (from: string, to: string, options?: VerifyOptions): Promise<Diff[]> =>
  lastValueFrom(verify(table(from), table(to), options).pipe(toArray()));
const rowsOf = async (query: string): Promise<Row[]> =>
  lastValueFrom(session.query(query).pipe(concatMap((page) => page), toArray())); // prettier-ignore

/** A store in memory. */
function memory(): CheckpointStore & { readonly records: CheckpointRecord[] } {
  let header: Readonly<Record<string, string>> | undefined;
  const records: CheckpointRecord[] = [];
  return {
    records,
    read: () => ({ header, records: [...records] }),
    rewrite: (given, kept) => {
      header = given;
      records.splice(0, records.length, ...kept);
    },
    append: (more) => void records.push(...more),
    close: () => undefined,
  };
}

beforeAll(async () => {
  session = createSession(sharedNode);
  await run(`DROP KEYSPACE IF EXISTS ${KEYSPACE}`);
  await run(`CREATE KEYSPACE ${KEYSPACE} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`);
  await run(`USE ${KEYSPACE}`);
  await run('CREATE TYPE address (street text, zip int, city text)');
  for (const name of ['rich', 'rich_copy', 'rich_preserved']) await run(`CREATE TABLE ${name} ${COLUMNS}`);
  await run('CREATE TABLE lists (k int PRIMARY KEY, l list<int>, v text)');
  await run('CREATE TABLE lists_copy (k int PRIMARY KEY, l list<int>, v text)');
  await run('CREATE TABLE visits (page text PRIMARY KEY, n counter)');
  await run('CREATE TABLE visits_copy (page text PRIMARY KEY, n counter)');
  for (const name of ['a', 'b', 'd', 'e']) {
    await run(
      `CREATE TABLE ${name} (k int, c int, v text, w int, PRIMARY KEY (k, c)) WITH default_time_to_live = 1000000`,
    );
  }
  await run('CREATE TABLE narrow (k int, c int, v int, PRIMARY KEY (k, c))');
  await run(
    'CREATE TABLE ascending (k int, c int, v text, w int, PRIMARY KEY (k, c)) WITH CLUSTERING ORDER BY (c DESC)',
  );

  const at = (when: string): string => `USING TIMESTAMP ${when}`;
  await run(`INSERT INTO rich (k, c, st, v, w, s, m, u, f) VALUES (1, 1, 'st', 'v', 7, {1, 2}, {'a': 1}, {street: 's', city: 'c'}, [1, 2]) ${at('1000001 AND TTL 5000')}`); // prettier-ignore
  await run(`UPDATE rich ${at('2000002')} SET w = 8, s = s + {0, 3}, m = m + {'10': 2, '9': 3}, u.zip = 5 WHERE k = 1 AND c = 1`); // prettier-ignore
  await run(`UPDATE rich ${at('3000003')} SET ss = {9} WHERE k = 1`);
  await run(`UPDATE rich ${at('3000004 AND TTL 9000')} SET ss = ss + {8}, st = 'newer' WHERE k = 1`);
  await run(`INSERT INTO rich (k, c, v) VALUES (1, 2, 'second') ${at('4000000')}`);
  // Static columns without rows, a row without cells, and one that has only elements.
  await run(`UPDATE rich ${at('5000000')} SET st = 'alone' WHERE k = 2`);
  await run('INSERT INTO rich (k, c) VALUES (3, 3)');
  await run(`INSERT INTO rich (k, c, u) VALUES (5, 5, {city: 'c'}) ${at('7000000')}`);
  await run(`UPDATE rich ${at('6000000')} SET s = {1} WHERE k = 4 AND c = 4`);
  await run("INSERT INTO lists (k, l, v) VALUES (1, [1, 2], 'v')");
  const insert = 'INSERT INTO a (k, c, v, w) VALUES (?, ?, ?, ?)';
  await lastValueFrom(
    numbers(0, 6_000).pipe(
      mergeMap(
        (c) => session.execute(insert, c < 2_500 ? [0, c, `row ${c}`, c] : [c % 1_000, c, `row ${c}`, null]),
        128,
      ),
    ),
  );
});

afterAll(async () => {
  await run(`DROP KEYSPACE ${KEYSPACE}`);
  await lastValueFrom(session.close());
});

const TIMES = ['st', 'ss', 'v', 'w', 's', 'm', 'u', 'f'];
const times = (name: string, ...what: string[]): Promise<Row[]> =>
  rowsOf(`SELECT k, c, ${TIMES.flatMap((column) => what.map((each) => `${each}(${column})`)).join(', ')} FROM ${name}`);

describe('copy() on a real Cassandra', () => {
  it('copies rows of all kinds, and nothing that is null', async () => {
    await run("INSERT INTO rich_copy (k, c, v, w) VALUES (1, 2, 'older', 42)");
    const outcomes = await copied('rich', 'rich_copy');
    expect(outcomes.map(({ kind }) => kind)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'ok']);
    expect(outcomes[0]!.position).toMatchObject({ seq: 0, row: expect.any(Number) as number });
    expect((await run('SELECT v, w FROM rich_copy WHERE k = 1 AND c = 2')).one()).toEqual({ v: 'second', w: 42 });
    await run('DELETE w FROM rich_copy WHERE k = 1 AND c = 2');
    expect(await rowsOf('SELECT * FROM rich_copy')).toEqual(await rowsOf('SELECT * FROM rich'));
    expect(await diffs('rich', 'rich_copy')).toEqual([]);
    for (const preserve of [[], ['writetime']] as const) {
      const some = await copied('rich', 'rich_copy', { columns: ['k', 'c', 'v'], preserve });
      expect(some.map(({ kind }) => kind)).toEqual(outcomes.map(({ kind }) => kind));
    }
  });

  it('preserves the times of cells, and of elements, exactly, however often it is done', async () => {
    for (const again of [false, true]) {
      const outcomes = await copied('rich', 'rich_preserved', { preserve: ['ttl', 'writetime'] });
      expect([again, outcomes.filter(({ kind }) => kind !== 'ok')]).toEqual([again, []]);
      expect(await rowsOf('SELECT * FROM rich_preserved')).toEqual(await rowsOf('SELECT * FROM rich'));
      expect(await times('rich_preserved', 'writetime')).toEqual(await times('rich', 'writetime'));
      const [own, other] = [await times('rich_preserved', 'ttl'), await times('rich', 'ttl')];
      const isNear = (a: unknown, b: unknown): boolean =>
        typeof a === 'number' ? Math.abs(a - (b as number)) <= 60 : a === b;
      for (const [i, row] of own.entries()) {
        for (const [name, value] of Object.entries(row)) {
          const expected = other[i]![name] as unknown;
          const near = Array.isArray(value) ? value.every((one, j) => isNear(one, (expected as unknown[])[j])) : isNear(value, expected); // prettier-ignore
          expect([name, value, expected, near]).toEqual([name, value, expected, true]);
        }
      }
    }
  });

  it('preserves that something lives for ever in a table whose rows do not', async () => {
    await run("INSERT INTO d (k, c, v) VALUES (1, 1, 'x') USING TTL 0");
    await copied('d', 'e', { preserve: ['ttl'] });
    expect((await run('SELECT v, ttl(v) AS t FROM e')).one()).toEqual({ v: 'x', t: null });
    await run('TRUNCATE e');
  });

  it('refuses lists to preserve, which can be left out; and counters', async () => {
    const refused = copy(table('lists'), table('lists_copy'), { preserve: ['writetime'] });
    expect((await failureOf(refused)).message).toMatch(/^The times of "l" of .*lists_copy cannot be preserved/);
    await copied('lists', 'lists_copy', { preserve: ['writetime'], columns: ['k', 'v'] });
    await copied('lists', 'lists_copy', { columns: ['k', 'l'] });
    expect(await diffs('lists', 'lists_copy')).toEqual([]);
    const counting = await failureOf(copy(table('visits'), table('visits_copy')));
    expect(counting).toBeInstanceOf(ConfigurationError);
    expect(counting.message).toMatch(/visits cannot be used: it counts/);
  });

  it('says before anything is sent which columns do not fit', async () => {
    const failure = await failureOf(copy(table('a'), table('narrow')));
    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(failure.message).toBe(
      'rxcql_etl_copy.narrow cannot be used: it does not have the columns of rxcql_etl_copy.a: "w" is missing; ' +
        '"v" is of the type int rather than text.',
    );
    expect((await failureOf(copy(table('a'), table('b'), { columns: ['k', 'v'] }))).message).toBe(
      'rxcql_etl_copy.b cannot be used: of its primary key, "c" would be missing.',
    );
    expect((await failureOf(copy(table('a'), table('b'), { columns: ['x'] }))).message).toContain('has no "x"');
    expect((await failureOf(copy(table('a'), table('nothing')))).message).toContain('no table "nothing"');
    expect((await failureOf(copy(table('a'), 'b' as never))).message).toContain('The target of copy() must be a table');
  });

  it('writes what a function makes of rows, and leaves out those of which it makes nothing', async () => {
    const project = ({ k, c, w }: Row): Row | null => (k === 0 ? { k, c, v: w as number } : null);
    const outcomes = await copied('a', 'narrow', { project, pageSize: 700 });
    expect(outcomes.length).toBe(2_500 + 3);
    expect((await run('SELECT v FROM narrow WHERE k = 0 AND c = 99')).one()).toEqual({ v: 99 });
    const wrong = await copied('a', 'narrow', { project: () => ({ k: 1, c: 'x', v: 1 }), ranges: tokenRanges(session, `${KEYSPACE}.a`, { splits: 1 }) }); // prettier-ignore
    expect(wrong[0]).toMatchObject({ kind: 'failed', error: { name: 'BindError', column: 'c' }, attempts: 0 });
    const thrown = copy(table('a'), table('narrow'), { project: () => expect.fail('mine') });
    expect((await failureOf(thrown)).message).toBe('mine');
  });

  it('goes on where another copy was left, and does again ranges in which a row has failed', async () => {
    const store = memory();
    const options = { checkpoint: store, pageSize: 200, concurrency: 16 };
    const some = copy(table('a'), table('b'), options).pipe(take(2_000), ignoreElements());
    await lastValueFrom(some, { defaultValue: undefined });
    expect(store.records.length).toBeGreaterThan(0);
    // What has no column w cannot be written this time.
    const project = (row: Row): Row => (row['c'] === 1_234 ? { ...row, w: 'x' } : row);
    const outcomes = await copied('a', 'b', { ...options, project });
    expect(outcomes.filter(({ kind }) => kind === 'failed').length).toBe(1);
    const rest = await copied('a', 'b', options);
    expect(rest.length).toBeGreaterThan(0);
    expect(rest.length).toBeLessThan(3_500);
    expect(await copied('a', 'b', options)).toEqual([]);
    expect(await diffs('a', 'b')).toEqual([]);
    expect((await failureOf(copy(table('a'), table('e'), options))).message).toMatch(/something else: to differ/);
  });
});

describe('verify() on a real Cassandra', () => {
  const sorted = (found: Diff[]): Diff[] =>
    found.sort((a, b) => (JSON.stringify([a.key, a.kind]) < JSON.stringify([b.key, b.kind]) ? -1 : 1));

  it('finds what is missing, extra and different, page by page, and repairs all but what is extra', async () => {
    await copied('a', 'e', { consistency: 'ONE' });
    expect(await lastValueFrom(countRows(session, `${KEYSPACE}.e`))).toEqual({ total: 6_000 });
    const expected: Diff[] = [
      { kind: 'missing', key: { k: 0, c: 0 } },
      { kind: 'missing', key: { k: 0, c: 2_499 } },
      { kind: 'extra', key: { k: 0, c: 100_000 } },
      { kind: 'extra', key: { k: -5, c: 1 } },
      { kind: 'different', key: { k: 0, c: 77 }, columns: ['v', 'w'] },
      { kind: 'different', key: { k: 700, c: 2_700 }, columns: ['w'] },
      ...[3_999, 4_999, 5_999, 2_999].map((c): Diff => ({ kind: 'missing', key: { k: 999, c } })),
    ];
    await run('DELETE FROM e WHERE k = 0 AND c IN (0, 2499)');
    await run("INSERT INTO e (k, c, v) VALUES (0, 100000, 'x')");
    await run("INSERT INTO e (k, c, v) VALUES (-5, 1, 'x')");
    await run("UPDATE e SET v = 'y', w = null WHERE k = 0 AND c = 77");
    await run('UPDATE e SET w = 1 WHERE k = 700 AND c = 2700');
    await run('DELETE FROM e WHERE k = 999');
    for (const pageSize of [100, 5_000]) expect(sorted(await diffs('a', 'e', { pageSize }))).toEqual(sorted(expected));
    expect(sorted(await diffs('a', 'e', { repair: true, concurrency: 2 }))).toEqual(sorted(expected));
    expect((await diffs('a', 'e')).map(({ kind }) => kind)).toEqual(['extra', 'extra']);
    expect(await diffs('e', 'a', { columns: ['k', 'c'] })).toMatchObject([{ kind: 'missing' }, { kind: 'missing' }]);
  });

  it('compares rows of one partition of which none is in both', async () => {
    await run('TRUNCATE b');
    const write = (name: string, from: number): Promise<unknown> =>
      lastValueFrom(numbers(from, 2_200).pipe(mergeMap((c) => session.execute(`INSERT INTO ${name} (k, c, w) VALUES (7, ?, 1)`, [c]), 64))); // prettier-ignore
    await run('TRUNCATE d');
    await write('b', 0);
    await write('d', 2_000);
    const found = await diffs('b', 'd', { pageSize: 500 });
    expect(found.filter(({ kind }) => kind === 'missing').length).toBe(2_000);
    expect(found.filter(({ kind }) => kind === 'extra').length).toBe(2_000);
    expect(found.length).toBe(4_000);
  });

  it('finds static columns that differ, once a partition', async () => {
    await run("UPDATE rich_copy SET st = 'other' WHERE k = 1");
    await run('DELETE st FROM rich_copy WHERE k = 2');
    await run("UPDATE rich_copy SET st = 'new' WHERE k = 3");
    await run('UPDATE rich_copy SET st = null WHERE k = 9');
    await run("UPDATE rich_copy SET st = 'extra' WHERE k = 10");
    await run("UPDATE rich_copy SET m = m + {'z': 1}, u.zip = 6 WHERE k = 1 AND c = 1");
    const expected: Diff[] = [
      { kind: 'different', key: { k: 1 }, columns: ['st'] },
      { kind: 'different', key: { k: 1, c: 1 }, columns: ['m', 'u'] },
      { kind: 'extra', key: { k: 10 } },
      { kind: 'missing', key: { k: 2 } },
      { kind: 'different', key: { k: 3 }, columns: ['st'] },
    ];
    expect(sorted(await diffs('rich', 'rich_copy'))).toEqual(sorted(expected));
    await diffs('rich', 'rich_copy', { repair: true });
    expect(await diffs('rich', 'rich_copy')).toEqual([{ kind: 'extra', key: { k: 10 } }]);
  });

  it('takes what was written before a type had all of its fields for the same', async () => {
    await run('CREATE TYPE point (x int)');
    for (const name of ['p', 'q']) await run(`CREATE TABLE ${name} (k int PRIMARY KEY, v frozen<point>)`);
    await run('INSERT INTO p (k, v) VALUES (1, {x: 1})');
    await run('ALTER TYPE point ADD y int');
    await copied('p', 'q');
    expect(await diffs('p', 'q')).toEqual([]);
    await run('INSERT INTO q (k, v) VALUES (1, {x: 1, y: 0})');
    expect(await diffs('p', 'q')).toMatchObject([{ kind: 'different', columns: ['v'] }]);
  });

  it('refuses tables that cannot be compared, and counters to repair', async () => {
    expect((await failureOf(verify(table('a'), table('ascending')))).message).toMatch(
      /cannot be compared: their primary/,
    );
    expect((await failureOf(verify(table('a'), table('lists')))).message).toMatch(/cannot be compared: their primary/);
    expect((await failureOf(verify(table('a'), table('narrow')))).message).toMatch(
      /"w" is missing; "v" is of the type/,
    );
    expect((await failureOf(verify(table('visits'), table('visits_copy'), { repair: true }))).message).toContain(
      'it counts',
    );
    expect(await diffs('visits', 'visits_copy')).toEqual([]);
  });
});
