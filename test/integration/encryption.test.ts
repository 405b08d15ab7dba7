import { randomBytes } from 'node:crypto';
import { lastValueFrom, toArray } from 'rxjs';
import {
  BindError,
  type Codec,
  createSession,
  DecodeError,
  encryptedColumns,
  type EncryptionKey,
  executeConcurrent,
  type Page,
  type Session,
} from 'rxcql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sharedNode } from './shared-node.js';

// What the program sees are plain values, what the server has are ciphertexts: a second session, without codecs, looks at those.

const KEYSPACE = 'rxcql_test_encryption';
const TABLE = `${KEYSPACE}.users`;
const OLD: EncryptionKey = { id: 'old', key: randomBytes(32) };
const NEW: EncryptionKey = { id: 'new', key: randomBytes(32) };
const MAGIC = '9e5201';

/** The columns of the table, encrypted by the first of the keys, those that are compared by the oldest. */
const codecs = (...keys: EncryptionKey[]): Codec[] =>
  encryptedColumns({
    keys,
    types: { address: { street: 'text', zip: 'int' } },
    columns: [
      { column: `${TABLE}.email`, type: 'text', deterministic: OLD.id },
      { column: `${TABLE}.seq`, type: 'int', deterministic: OLD.id },
      { column: `${TABLE}.phone`, type: 'text' },
      { column: `${TABLE}.born`, type: 'date' },
      { column: `${TABLE}.balance`, type: 'decimal' },
      { column: `${TABLE}.visits`, type: 'map<text, bigint>' },
      { column: `${TABLE}.home`, type: 'frozen<address>' },
      { column: `${TABLE}.secret`, type: 'blob' },
      { column: `${TABLE}.city`, type: 'text', deterministic: OLD.id },
      { column: `${TABLE}.note`, type: 'text' },
    ],
  });

const ADA = {
  email: 'ada@example.com',
  seq: 1,
  phone: '+44 20 7946 0000',
  born: '1815-12-10',
  balance: '12.50',
  visits: new Map([['london', 3n]]),
  home: { street: "St James's Square", zip: 12 },
  secret: Buffer.from('00ff', 'hex'),
  city: 'London',
};

describe.each([5, 4] as const)('encrypted columns on a real Cassandra, protocol v%i', (protocolVersion) => {
  let plain: Session;
  let session: Session;
  const open: Session[] = [];

  const sessionWith = (own: readonly Codec[]): Session => {
    const created = createSession({
      ...sharedNode,
      protocolVersion,
      codecs: own,
    });
    open.push(created);
    return created;
  };
  const run = (by: Session, ...args: Parameters<Session['execute']>): Promise<Page> =>
    lastValueFrom(by.execute(...args));
  const failureOf = (attempt: Promise<unknown>): Promise<Error> =>
    attempt.then(
      () => expect.fail('It did not fail.'),
      (reason: unknown) => reason as Error,
    );
  const valuesOf = (page: Page, name: string): unknown[] => page.toArray().map((row) => row[name] as unknown);
  const insert = (by: Session, user: object): Promise<Page> => {
    const names = Object.keys(user);
    return run(by, `INSERT INTO ${TABLE} (${names.join()}) VALUES (${names.map((name) => `:${name}`).join()})`, user);
  };

  beforeAll(async () => {
    plain = sessionWith([]);
    session = sessionWith(codecs(OLD));
    await run(plain, `DROP KEYSPACE IF EXISTS ${KEYSPACE}`);
    await run(
      plain,
      `CREATE KEYSPACE ${KEYSPACE} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
    );
    await run(
      plain,
      `CREATE TABLE ${TABLE} (email blob, seq blob, phone blob, born blob, balance blob, visits blob, home blob, secret blob,
         city blob, note text, PRIMARY KEY (email, seq))`,
    );
    await run(plain, `CREATE INDEX ON ${TABLE} (city)`);
  });

  beforeEach(async () => {
    await run(plain, `TRUNCATE ${TABLE}`);
    await insert(session, ADA);
  });

  afterAll(async () => {
    await run(plain, `DROP KEYSPACE ${KEYSPACE}`);
    for (const each of open) await lastValueFrom(each.close());
  });

  it('are plain to the program, and ciphertexts to the server', async () => {
    const columns = Object.keys(ADA).join();
    const row = (await run(session, `SELECT ${columns} FROM ${TABLE}`)).one();
    expect({ ...row, balance: String(row['balance']) }).toEqual(ADA);
    const stored = (await run(plain, `SELECT ${columns} FROM ${TABLE}`)).one() as Record<string, Buffer>;
    for (const [name, value] of Object.entries(stored)) {
      expect(value.toString('hex').startsWith(MAGIC)).toBe(true);
      const given: unknown = ADA[name as keyof typeof ADA];
      if (typeof given === 'string') expect(value.includes(given)).toBe(false);
    }
  });

  it('are found by what they are, where they are deterministic: by key, in lists, and by an index', async () => {
    await insert(session, { email: 'eve@example.com', seq: 2, city: 'Paris' });
    const found = async (where: string, ...params: unknown[]): Promise<unknown[]> =>
      valuesOf(await run(session, `SELECT seq FROM ${TABLE} WHERE ${where}`, params), 'seq');
    expect(await found('email = ? AND seq = ?', ADA.email, 1)).toEqual([1]);
    expect(await found('email = ? AND seq = ?', ADA.email, 2)).toEqual([]);
    expect((await found('email IN ?', [ADA.email, 'eve@example.com', 'nobody'])).sort()).toEqual([1, 2]);
    expect((await found('email IN (?, ?)', ADA.email, 'eve@example.com')).sort()).toEqual([1, 2]);
    expect(await found('city = ?', 'Paris')).toEqual([2]);
    const page = await run(session, `UPDATE ${TABLE} SET phone = ? WHERE email = ? AND seq = ? IF city = ?`, [
      null,
      ADA.email,
      1,
      'London',
    ]);
    expect(page.wasApplied).toBe(true);
  });

  it('can be null, left as they are, and empty', async () => {
    const update = `INSERT INTO ${TABLE} (email, seq, phone, secret, home) VALUES (?, ?, ?, ?, ?)`;
    await run(session, update, [ADA.email, 1, null, undefined, { street: '' }]);
    const row = (await run(session, `SELECT phone, secret, home FROM ${TABLE}`)).one();
    expect(row).toEqual({ phone: null, secret: ADA.secret, home: { street: '', zip: null } });
    expect((await run(plain, `SELECT phone FROM ${TABLE}`)).one()).toEqual({ phone: null });
  });

  it('are encrypted by the newest key, except those that are compared, and decrypted by all', async () => {
    const rotated = sessionWith(codecs(NEW, OLD));
    await insert(rotated, { ...ADA, seq: 2 });
    const select = `SELECT email, seq, phone FROM ${TABLE} WHERE email = ?`;
    expect(valuesOf(await run(rotated, select, [ADA.email]), 'phone')).toEqual([ADA.phone, ADA.phone]);
    const failure = await failureOf(lastValueFrom(await run(session, select, [ADA.email])));
    expect(failure).toBeInstanceOf(DecodeError);
    expect(failure.message).toBe(
      'Column "phone" (blob) cannot be read: it is encrypted with the key "new", which is not there.',
    );
    // What was written by the old key is written anew.
    await run(rotated, `UPDATE ${TABLE} SET phone = ? WHERE email = ? AND seq = ?`, [ADA.phone, ADA.email, 1]);
    const stored = (await run(plain, `SELECT phone FROM ${TABLE}`)).toArray() as { phone: Buffer }[];
    expect(stored.map(({ phone }) => phone.subarray(5, 8).toString())).toEqual(['new', 'new']);
  });

  it('go through batches and executeConcurrent()', async () => {
    const text = `INSERT INTO ${TABLE} (email, seq, phone) VALUES (?, ?, ?)`;
    const insertion = await lastValueFrom(session.prepare(text));
    await lastValueFrom(
      session.batch([
        [insertion, [ADA.email, 2, 'two']],
        [text, { email: ADA.email, seq: 3, phone: 'three' }],
      ]),
    );
    const users = Array.from({ length: 200 }, (_, i) => [`user ${i}`, i, `phone ${i}`]);
    await lastValueFrom(executeConcurrent(session, text, users).pipe(toArray()));
    const lookups = users.map(([email]) => [email]);
    const results = await lastValueFrom(
      executeConcurrent(session, `SELECT phone FROM ${TABLE} WHERE email = ?`, lookups).pipe(toArray()),
    );
    expect(results.flatMap((result) => (result.ok ? valuesOf(result.page, 'phone') : [result.error]))).toEqual(
      users.map(([, , phone]) => phone),
    );
    const three = await run(session, `SELECT phone FROM ${TABLE} WHERE email = ? AND seq = ?`, [ADA.email, 3]);
    expect(three.one()).toEqual({ phone: 'three' });
  });

  it('are read as columns and as lists, by generated code too', async () => {
    const users = Array.from({ length: 600 }, (_, i) => [i, `phone ${i}`]);
    const text = `INSERT INTO ${TABLE} (email, seq, phone) VALUES (:email, :seq, :phone)`;
    await lastValueFrom(
      executeConcurrent(
        session,
        text,
        users.map(([seq, phone]) => ({ email: 'many', seq, phone })),
      ).pipe(toArray()),
    );
    const select = `SELECT seq, phone FROM ${TABLE} WHERE email = ?`;
    for (let round = 0; round < 3; round++) {
      const columns = (await run(session, select, ['many'], { pageSize: 0 })).columnar().columns;
      const pairs = Array.from(columns[0]!.values as number[], (seq, i) => [seq, columns[1]!.values[i]] as const);
      expect(pairs.sort((a, b) => a[0] - b[0])).toEqual(users);
      const lists = (await run(session, select, ['many'], { pageSize: 0, rows: 'array' })).toArray() as unknown as [
        number,
        string,
      ][];
      expect(lists.sort((a, b) => a[0] - b[0])).toEqual(users);
      expect((await run(session, select, ['many'], { pageSize: 0 })).toArray()).toHaveLength(600);
    }
  });

  it('are not looked for where they are encrypted differently each time', async () => {
    const failure = await failureOf(
      run(session, `SELECT email FROM ${TABLE} WHERE phone = ? ALLOW FILTERING`, [ADA.phone]),
    );
    expect(failure).toBeInstanceOf(BindError);
    expect(failure).toMatchObject({ column: 'phone' });
    expect(failure.message).toBe(
      'The parameter "phone" (blob) is encrypted differently each time: it cannot be in a partition key, nor be looked for. ' +
        'Only a column that is encrypted with the option `deterministic` can.',
    );
    const keyed = sessionWith(encryptedColumns({ keys: [OLD], columns: [{ column: `${TABLE}.email`, type: 'text' }] }));
    const insertion = await failureOf(
      run(keyed, `INSERT INTO ${TABLE} (email, seq) VALUES (?, ?)`, [ADA.email, Buffer.of(1)]),
    );
    expect(insertion).toMatchObject({ name: 'BindError', column: 'email' });
  });

  it('are not written to a column of another type, nor under another name', async () => {
    const wrong = await failureOf(insert(session, { ...ADA, note: 'plain' }));
    expect(wrong.message).toBe(
      'The parameter "note" (text) cannot take the value: an encrypted column has the type blob, and not text.',
    );
    const renamed = `INSERT INTO ${TABLE} (email, seq, phone) VALUES (:email, :seq, :number)`;
    const failure = await failureOf(run(session, renamed, { email: ADA.email, seq: 1, number: ADA.phone }));
    expect(failure.message).toBe(
      'The parameter "number" (blob) cannot take the value: expected a Buffer or Uint8Array, got a string.',
    );
  });

  it('are refused by name of what is wrong, when somebody has changed them in the table', async () => {
    const select = `SELECT phone FROM ${TABLE}`;
    const write = (phone: Buffer): Promise<Page> =>
      run(plain, `UPDATE ${TABLE} SET phone = ? WHERE email = ? AND seq = ?`, [phone, key.email, key.seq]);
    const key = (await run(plain, `SELECT email, seq, phone, city FROM ${TABLE}`)).one() as Record<string, Buffer>;
    const reasons: [Buffer, RegExp][] = [
      [Buffer.from(ADA.phone), /it is no ciphertext: it was written without encryption\.$/],
      [key['city']!, /it was changed since it was encrypted, or was encrypted for another column/],
      [key['phone']!.subarray(0, -1), /it was changed since it was encrypted/],
    ];
    for (const [stored, reason] of reasons) {
      await write(stored);
      const failure = await failureOf(lastValueFrom(await run(session, select)));
      expect(failure).toBeInstanceOf(DecodeError);
      expect(failure.message).toMatch(reason);
      expect(failure.message).not.toContain(ADA.phone);
      expect((await run(session, `SELECT seq FROM ${TABLE}`)).rowCount).toBe(1);
    }
    await write(key['phone']!);
    expect((await run(session, select)).one()).toEqual({ phone: ADA.phone });
  });

  it('keep their ciphertext under another name, which decrypts by itself', async () => {
    const { other } = (await run(session, `SELECT phone AS other FROM ${TABLE}`)).one() as { other: Buffer };
    expect(codecs(OLD)[2]!.decode(other)).toBe(ADA.phone);
  });
});
