import { concatMap, count, lastValueFrom, mergeMap, type Observable, range, take, toArray } from 'rxjs';
import {
  connect,
  ConfigurationError,
  ConnectionError,
  createSession,
  cql,
  Decimal,
  Duration,
  ident,
  mergeRows,
  type Page,
  ResponseError,
  type Session,
} from 'rxcql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proxyTo } from '../support/proxy.js';
import { sharedNode } from './shared-node.js';

const { contactPoints, localDataCenter } = sharedNode;

describe.each([5, 4] as const)('on a real Cassandra, protocol v%i', (protocolVersion) => {
  const keyspace = `rxcql_test_v${protocolVersion}`;
  let session: Session;

  const run = (...args: Parameters<Session['execute']>): Promise<Page<Record<string, unknown>>> =>
    lastValueFrom(session.execute<Record<string, unknown>>(...args));
  const failureOf = (source: Observable<unknown>): Promise<Error & Record<string, unknown>> =>
    lastValueFrom(source, { defaultValue: undefined }).then(
      () => expect.fail('It did not fail.'),
      (reason: unknown) => reason as Error & Record<string, unknown>,
    );

  beforeAll(async () => {
    session = createSession({ ...sharedNode, protocolVersion });
    await run(`DROP KEYSPACE IF EXISTS ${keyspace}`);
    await run(`CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`);
    await run(`USE ${keyspace}`);
  });

  afterAll(async () => {
    await run(`DROP KEYSPACE ${keyspace}`);
    await lastValueFrom(session.close());
  });

  it('reads a system table with all its types', async () => {
    const local = (await run('SELECT * FROM system.local')).one();
    expect(local).toMatchObject({ key: 'local', bootstrapped: 'COMPLETED', data_center: localDataCenter });
    expect(local['tokens']).toBeInstanceOf(Set);
    expect(local['host_id']).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it('creates a table, writes to it and reads from it', async () => {
    await run('CREATE TABLE users (id uuid PRIMARY KEY, name text, age int)');
    const id = '9b5ad4f0-3a1e-4b0c-9c53-0f1d2e3a4b5c';
    await run('INSERT INTO users (id, name, age) VALUES (?, ?, ?)', [id, 'Ada', 36]);
    await run('INSERT INTO users (id, name) VALUES (:id, :name)', {
      name: 'Grace',
      id: '00000000-0000-4000-8000-000000000000',
    });
    const statement = await lastValueFrom(session.prepare('SELECT * FROM users WHERE id = ?'));
    expect(statement.parameters).toMatchObject([{ name: 'id', type: 'uuid', keyspace, table: 'users' }]);
    expect((await run(statement, [id])).one()).toEqual({ id, age: 36, name: 'Ada' });
    expect((await run(cql`SELECT name FROM ${ident('users')} WHERE id = ${id}`)).one()).toEqual({ name: 'Ada' });
    expect((await run('SELECT count(*) FROM users')).one()).toEqual({ count: 2n });
  });

  it('tells null, unset and empty apart', async () => {
    await run('CREATE TABLE blanks (id int PRIMARY KEY, a text, b text, c text)');
    const insert = 'INSERT INTO blanks (id, a, b, c) VALUES (?, ?, ?, ?)';
    await run(insert, [1, 'a', 'b', 'c']);
    await run(insert, [1, null, undefined, '']);
    expect((await run('SELECT * FROM blanks')).one()).toEqual({ id: 1, a: null, b: 'b', c: '' });
  });

  it('carries text of every kind unchanged', async () => {
    await run('CREATE TABLE texts (id int PRIMARY KEY, t text)');
    const texts = [
      '',
      'plain',
      'Zürich',
      '東京',
      '🦊👩‍🚀',
      '\u0000\u0001',
      'ﷺ'.repeat(100),
      'x'.repeat(200_000),
      "'; DROP TABLE t;",
    ];
    for (const [id, text] of texts.entries()) await run('INSERT INTO texts (id, t) VALUES (?, ?)', [id, text]);
    for (const [id, text] of texts.entries()) {
      expect((await run('SELECT t FROM texts WHERE id = ?', [id])).one()).toEqual({ t: text });
    }
  });

  it('carries a value of every type, as the server itself writes it', async () => {
    await run('CREATE TYPE address (street text, number int)');
    await run(`CREATE TABLE types (
      id int PRIMARY KEY, a ascii, b bigint, bl blob, bo boolean, d date, de decimal, dou double, du duration, f float,
      i inet, si smallint, t text, ti time, ts timestamp, tu timeuuid, tin tinyint, u uuid, v varint,
      l list<int>, s set<text>, m map<text, int>, tup tuple<int, text>, udt address, n list<frozen<map<int, frozen<set<text>>>>>)`);
    const row = {
      id: 1,
      a: 'ascii',
      b: -(2n ** 63n),
      bl: Buffer.from('00ff', 'hex'),
      bo: true,
      d: '2024-02-29',
      de: Decimal.from('-12345678901234567890.0987654321'),
      dou: Math.PI,
      du: Duration.parse('1y2mo3d4h5m6s7ms8us9ns'),
      f: 1.5,
      i: '2001:db8::1',
      si: -32768,
      t: 'tëxt',
      ti: '13:37:00.123456789',
      ts: new Date('2026-11-21T12:34:56.789Z'),
      tu: '50554d6e-29bb-11e5-b345-feff819cdc9f',
      tin: -128,
      u: '9b5ad4f0-3a1e-4b0c-9c53-0f1d2e3a4b5c',
      v: -(2n ** 100n),
      l: [3, 1, 2],
      s: new Set(['a', 'b']),
      m: new Map([['k', 1]]),
      tup: [7, null],
      udt: { street: 'Elm', number: null },
      n: [new Map([[1, new Set(['x'])]])],
    };
    const names = Object.keys(row);
    await run(
      `INSERT INTO types (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
      Object.values(row),
    );
    expect((await run(`SELECT ${names.join(', ')} FROM types`)).one()).toEqual(row);
    // What the server makes of our bytes, in its own words: encoder and decoder cannot agree on a mistake.
    const [json] = (await run('SELECT JSON * FROM types')).toArray() as [{ '[json]': string }];
    expect(JSON.parse(json['[json]'].replace('-12345678901234567890.0987654321', '"$&"'))).toMatchObject({
      a: 'ascii',
      bl: '0x00ff',
      bo: true,
      d: '2024-02-29',
      de: '-12345678901234567890.0987654321',
      dou: Math.PI,
      du: '1y2mo3d4h5m6s7ms8us9ns',
      f: 1.5,
      i: '2001:db8:0:0:0:0:0:1',
      si: -32768,
      t: 'tëxt',
      ti: '13:37:00.123456789',
      ts: '2026-11-21 12:34:56.789Z',
      tu: '50554d6e-29bb-11e5-b345-feff819cdc9f',
      tin: -128,
      u: '9b5ad4f0-3a1e-4b0c-9c53-0f1d2e3a4b5c',
      l: [3, 1, 2],
      s: ['a', 'b'],
      m: { k: 1 },
      tup: [7, null],
      udt: { street: 'Elm', number: null },
    });
    expect(json['[json]']).toContain(`"b": ${row.b}`);
    expect(json['[json]']).toContain(`"v": ${row.v}`);
  });

  it('says whether a condition held', async () => {
    await run('CREATE TABLE locks (id int PRIMARY KEY, owner text)');
    const insert = 'INSERT INTO locks (id, owner) VALUES (?, ?) IF NOT EXISTS';
    expect((await run(insert, [1, 'ada'])).wasApplied).toBe(true);
    const refused = await run(insert, [1, 'grace']);
    expect(refused.wasApplied).toBe(false);
    expect(refused.one()).toEqual({ '[applied]': false, id: 1, owner: 'ada' });
  });

  it('takes the options of a request', async () => {
    await run('CREATE TABLE options (id int PRIMARY KEY, v text)');
    await run('INSERT INTO options (id, v) VALUES (1, ?)', ['x'], { timestamp: 1_000_000n, consistency: 'ONE' });
    expect((await run('SELECT writetime(v) AS w FROM options')).one()).toEqual({ w: 1_000_000n });
    expect((await run('SELECT v FROM options', [], { tracing: true })).tracingId).toMatch(/^[0-9a-f-]{36}$/);
    if (protocolVersion === 5) {
      await run(`CREATE TABLE ${keyspace}.expiring (id int PRIMARY KEY, v text)`);
      await run('INSERT INTO expiring (id, v) VALUES (1, ?) USING TTL 100', ['x'], { keyspace, nowInSeconds: 1_000 });
      expect((await run('SELECT ttl(v) AS t FROM expiring', [], { nowInSeconds: 1_040 })).one()).toEqual({ t: 60 });
      expect((await run('SELECT v FROM expiring', [], { nowInSeconds: 1_101 })).rowCount).toBe(0);
    }
  });

  describe('20,000 rows', () => {
    const total = 20_000;

    beforeAll(async () => {
      await run('CREATE TABLE numbers (id int PRIMARY KEY, text text)');
      const insert = range(0, total).pipe(
        mergeMap((id) => session.execute('INSERT INTO numbers (id, text) VALUES (?, ?)', [id, `number ${id}`]), 128),
      );
      await lastValueFrom(insert);
    });

    it('come back in pages, all of them, once', async () => {
      const sizes: number[] = [];
      const rows = await lastValueFrom(
        session.query<{ id: number; text: string }>('SELECT * FROM numbers', [], { pageSize: 1_000 }).pipe(
          concatMap((page) => {
            sizes.push(page.rowCount);
            return page;
          }),
          toArray(),
        ),
      );
      expect(rows.length).toBe(total);
      expect(new Set(rows.map(({ id }) => id)).size).toBe(total);
      expect(rows.every(({ id, text }) => text === `number ${id}`)).toBe(true);
      expect(sizes.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 1_000));
    });

    it('are read one by one under a limit that crosses pages', async () => {
      const found = session.query('SELECT id FROM numbers', [], { pageSize: 500 }).pipe(
        mergeRows((row) => session.execute('SELECT text FROM numbers WHERE id = ?', [row['id']]), 64),
        count((page) => page.rowCount === 1),
      );
      expect(await lastValueFrom(found)).toBe(total);
    });

    it('need not be read all: what is not wanted is not fetched', async () => {
      let pages = 0;
      const first = session.query('SELECT * FROM numbers', [], { pageSize: 100 }).pipe(
        concatMap((page) => {
          pages++;
          return page;
        }),
        take(5),
        toArray(),
      );
      expect((await lastValueFrom(first)).length).toBe(5);
      expect(pages).toBe(1);
      expect((await run('SELECT text FROM numbers WHERE id = 7')).one()).toEqual({ text: 'number 7' });
    });

    it('can be resumed where a page ended', async () => {
      const first = await run('SELECT id FROM numbers', [], { pageSize: 7_000 });
      expect(first.hasMorePages).toBe(true);
      const rest = await lastValueFrom(
        session.query<{ id: number }>('SELECT id FROM numbers', [], { pagingState: first.pagingState! }).pipe(
          concatMap((page) => page),
          toArray(),
        ),
      );
      const ids = [...first, ...rest].map(({ id }) => id);
      expect([ids.length, new Set(ids).size]).toEqual([total, total]);
    });

    it('come in one page where no page size is sent', async () => {
      expect((await run('SELECT id FROM numbers', [], { pageSize: 0 })).rowCount).toBe(total);
    });

    it('say where to resume when the connection is lost among them, and nothing is missing then', async () => {
      const proxy = await proxyTo(contactPoints[0]!);
      const through = createSession({
        ...sharedNode,
        contactPoints: [proxy.contactPoint],
        protocolVersion,
        keyspace,
        reconnection: () => 50,
      });
      try {
        const ids: unknown[] = [];
        const broken = through.query<{ id: number }>('SELECT id FROM numbers', [], { pageSize: 1_000 }).pipe(
          concatMap((page) => {
            ids.push(...[...page].map(({ id }) => id));
            // The page has asked for the next one by now, which is on its way.
            if (ids.length === 5_000) proxy.cut();
            return [];
          }),
        );
        const failure = await failureOf(broken);
        expect(failure).toBeInstanceOf(ConnectionError);
        expect(failure['outcome']).toBeUndefined();
        const pagingState = failure['pagingState'] as Buffer;
        await new Promise((resolve) => setTimeout(resolve, 500));
        const rest = through
          .query<{ id: number }>('SELECT id FROM numbers', [], { pageSize: 1_000, pagingState })
          .pipe(concatMap((page) => page));
        ids.push(...(await lastValueFrom(rest.pipe(toArray()))).map(({ id }) => id));
        expect([ids.length, new Set(ids).size]).toEqual([total, total]);
      } finally {
        await lastValueFrom(through.close());
        await proxy.close();
      }
    });
  });

  it.each([
    ['a syntax error', 'SELEC', 'SyntaxError'],
    ['an unknown table', 'SELECT * FROM nowhere', 'Invalid'],
    ['an unknown column', 'SELECT nothing FROM system.local', 'Invalid'],
    ['a table that is there already', 'CREATE TABLE system.local (id int PRIMARY KEY)', 'Unauthorized'],
    ['an invalid option', "CREATE TABLE x (id int PRIMARY KEY) WITH nothing = 'x'", 'SyntaxError'],
  ])('answers %s with a typed error, and stays usable', async (_, text, kind) => {
    const failure = await failureOf(session.execute(text));
    expect(failure).toBeInstanceOf(ResponseError);
    expect(failure['kind']).toBe(kind);
    expect(failure['coordinator']).toBe(contactPoints[0]);
    expect((await run('SELECT key FROM system.local')).rowCount).toBe(1);
  });

  it('says what exists already', async () => {
    await run('CREATE TABLE twice (id int PRIMARY KEY)');
    expect(await failureOf(session.execute('CREATE TABLE twice (id int PRIMARY KEY)'))).toMatchObject({
      kind: 'AlreadyExists',
      keyspace,
      table: 'twice',
    });
  });

  it('refuses values before they are sent', async () => {
    await run('CREATE TABLE strict (id int PRIMARY KEY, n tinyint)');
    const insert = 'INSERT INTO strict (id, n) VALUES (?, ?)';
    expect(await failureOf(session.execute(insert, [1]))).toMatchObject({ name: 'BindError' });
    expect(await failureOf(session.execute(insert, [1, 200]))).toMatchObject({ name: 'BindError', column: 'n' });
    expect(await failureOf(session.execute(insert, [1, '200 secret']))).not.toMatchObject({
      message: expect.stringContaining('secret') as unknown,
    });
    expect((await run('SELECT * FROM strict')).rowCount).toBe(0);
  });

  it('decodes by the columns of the response when a table has changed', async () => {
    await run('CREATE TABLE changing (id int PRIMARY KEY, b text)');
    await run("INSERT INTO changing (id, b) VALUES (1, 'b')");
    const select = await lastValueFrom(session.prepare('SELECT * FROM changing'));
    expect((await run(select)).one()).toEqual({ id: 1, b: 'b' });
    const other = createSession({ ...sharedNode, protocolVersion, keyspace });
    try {
      await lastValueFrom(other.execute('ALTER TABLE changing ADD a int'));
      await lastValueFrom(other.execute('UPDATE changing SET a = ? WHERE id = 1', [7]));
      // Only now does the server know the statement again, with other columns than this session has.
      await lastValueFrom(other.prepare('SELECT * FROM changing'));
    } finally {
      await lastValueFrom(other.close());
    }
    const page = await run(select);
    expect(page.columns.map(({ name }) => name)).toEqual(['id', 'a', 'b']);
    expect(page.one()).toEqual({ id: 1, a: 7, b: 'b' });
    expect((await run(select)).one()).toEqual({ id: 1, a: 7, b: 'b' });
  });

  it('binds the fields of a type that was made again in another order to the right ones', async () => {
    const define = async (fields: string): Promise<void> => {
      await run(`CREATE TYPE swapped (${fields})`);
      await run('CREATE TABLE holders (id int PRIMARY KEY, value frozen<swapped>)');
    };
    await define('a int, b text');
    const insert = await lastValueFrom(session.prepare('INSERT INTO holders (id, value) VALUES (?, ?)'));
    // Of four bytes, so that the server would take either field for the other.
    const value = { a: 0x61626364, b: 'four' };
    await run(insert, [1, value]);
    expect((await run('SELECT value FROM holders WHERE id = 1')).one()).toEqual({ value });
    await run('DROP TABLE holders');
    await run('DROP TYPE swapped');
    await define('b text, a int');
    await run(insert, [2, value]);
    expect((await run('SELECT value FROM holders WHERE id = 2')).one()).toEqual({ value });
  });

  it('asks again what a type is before it refuses a value for it', async () => {
    await run('CREATE TYPE growing (a int)');
    await run('CREATE TABLE growths (id int PRIMARY KEY, value frozen<growing>)');
    const insert = 'INSERT INTO growths (id, value) VALUES (?, ?)';
    await run(insert, [1, { a: 1 }]);
    expect(await failureOf(session.execute(insert, [2, { a: 1, b: 'x' }]))).toMatchObject({ name: 'BindError' });
    await run('ALTER TYPE growing ADD b text');
    await run(insert, [2, { a: 1, b: 'x' }]);
    expect((await run('SELECT value FROM growths WHERE id = 2')).one()).toEqual({ value: { a: 1, b: 'x' } });
    expect(await failureOf(session.execute(insert, [3, { c: 1 }]))).toMatchObject({ name: 'BindError' });
  });

  it('says so when a statement has markers and no values', async () => {
    const failure = await failureOf(session.execute('SELECT key FROM system.local WHERE key = ?'));
    expect(failure).toMatchObject({ name: 'ResponseError', kind: 'Invalid' });
    expect(failure.message).toContain('no values were given');
  });

  it('takes no options for parameters', async () => {
    const failure = await failureOf(session.execute('SELECT key FROM system.local', { timeout: 5_000 }));
    expect(failure).toBeInstanceOf(ConfigurationError);
  });

  it('does many things at a time on one connection', async () => {
    const answers = range(0, 2_000).pipe(
      mergeMap(
        (i) => session.execute('SELECT (int) ? AS n FROM system.local', [i]).pipe(mergeMap((page) => page)),
        512,
      ),
      toArray(),
    );
    const found = (await lastValueFrom(answers)).map((row) => row['n'] as number);
    expect(found.sort((a, b) => a - b)).toEqual(Array.from({ length: 2_000 }, (_, i) => i));
  });
});

describe('connecting', () => {
  it('negotiates v5', async () => {
    const page = await lastValueFrom(
      connect(sharedNode).pipe(
        concatMap((session) => session.execute('SELECT key FROM system.local', [], { keyspace: 'system' })),
        take(1),
      ),
    );
    expect(page.one()).toEqual({ key: 'local' });
  });

  it('refuses a keyspace that does not exist, as the server says it', async () => {
    const session = createSession({ ...sharedNode, keyspace: 'no_such_keyspace' });
    await expect(lastValueFrom(session.connect())).rejects.toMatchObject({ name: 'ResponseError', kind: 'Invalid' });
    await lastValueFrom(session.close());
  });

  it('refuses a data center where there is no node', async () => {
    const session = createSession({ ...sharedNode, localDataCenter: 'moon' });
    await expect(lastValueFrom(session.connect())).rejects.toThrow(ConfigurationError);
    await expect(lastValueFrom(session.connect())).rejects.toThrow(`"${localDataCenter}"`);
    await lastValueFrom(session.close());
  });
});
