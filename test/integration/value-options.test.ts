import Long from 'long';
import { lastValueFrom } from 'rxjs';
import { BindError, type Codec, createSession, DecodeError, type Page, type Session, type SessionOptions } from 'rxcql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedNode } from './shared-node.js';

// What rows look like is a matter of options; what lies in the table is not. Each test writes in its own form and has the
// server tell what it got.

const KEYSPACE = 'rxcql_test_options';
const MOST = 2n ** 63n - 1n;

/** What must not be in any message. */
const SECRET = 'hunter2';

class Money {
  readonly cents: number;

  constructor(cents: number) {
    this.cents = cents;
  }
}

const money: Codec = {
  type: 'int',
  decode: (cents: number) => new Money(cents),
  encode: ({ cents }: Money) => cents,
};

describe.each([5, 4] as const)('values by option on a real Cassandra, protocol v%i', (protocolVersion) => {
  let plain: Session;
  const open: Session[] = [];

  function sessionWith(options: Partial<SessionOptions> = {}): Session {
    const session = createSession({
      ...sharedNode,
      protocolVersion,
      ...options,
    });
    open.push(session);
    return session;
  }

  const run = (session: Session, ...args: Parameters<Session['execute']>): Promise<Page> =>
    lastValueFrom(session.execute(...args));
  const failureOf = (attempt: Promise<unknown>): Promise<Error> =>
    attempt.then(
      () => expect.fail('It did not fail.'),
      (reason: unknown) => reason as Error,
    );

  /** What the server has in a column, in its own words. */
  async function stored(column: string): Promise<unknown> {
    return JSON.parse(
      (await run(plain, `SELECT to_json(${column}) AS json FROM t WHERE id = 1`)).one()['json'] as string,
    );
  }

  beforeAll(async () => {
    plain = sessionWith();
    await run(plain, `DROP KEYSPACE IF EXISTS ${KEYSPACE}`);
    await run(
      plain,
      `CREATE KEYSPACE ${KEYSPACE} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
    );
    await run(plain, `USE ${KEYSPACE}`);
    await run(plain, 'CREATE TYPE price (amount int, currency text)');
    await run(
      plain,
      `CREATE TABLE t (id bigint PRIMARY KEY, b bigint, bs list<bigint>, ts timestamp, days map<timestamp, frozen<set<bigint>>>,
         names map<text, bigint>, zeros set<double>, i int, t text, prices map<text, frozen<list<frozen<price>>>>,
         v vector<int, 2>, f vector<float, 2>)`,
    );
  });

  afterAll(async () => {
    await run(plain, `DROP KEYSPACE ${KEYSPACE}`);
    for (const session of open) await lastValueFrom(session.close());
  });

  it("int64: 'long' is the package's class, exact to the last bit", async () => {
    const session = sessionWith({ keyspace: KEYSPACE, int64: 'long' });
    await run(session, 'INSERT INTO t (id, b, bs) VALUES (1, ?, ?)', [Long.MIN_VALUE, [Long.MAX_VALUE, Long.NEG_ONE]]);
    const { b, bs } = (await run(session, 'SELECT b, bs FROM t WHERE id = 1')).one() as { b: Long; bs: Long[] };
    expect([b, ...bs].every((value) => Long.isLong(value))).toBe(true);
    expect([b, ...bs].map(String)).toEqual([-MOST - 1n, MOST, -1n].map(String));
    expect((await run(plain, 'SELECT b, bs FROM t WHERE id = 1')).one()).toEqual({ b: -MOST - 1n, bs: [MOST, -1n] });
  });

  it("int64: 'number' is exact, or an error of the page", async () => {
    const session = sessionWith({ keyspace: KEYSPACE, int64: 'number' });
    const insert = 'INSERT INTO t (id, b) VALUES (1, ?)';
    await run(session, insert, [Number.MIN_SAFE_INTEGER]);
    expect((await run(session, 'SELECT b FROM t WHERE id = 1')).one()).toEqual({ b: Number.MIN_SAFE_INTEGER });
    await run(session, insert, [2n ** 53n]);
    const page = await run(session, 'SELECT b FROM t WHERE id = 1');
    expect(() => page.one()).toThrow(DecodeError);
    expect(() => page.one()).toThrow('Column "b" (bigint) cannot be read: the integer is too large');
  });

  it.each([
    ['number', 8.64e15, 8.64e15],
    ['bigint', MOST, MOST],
    ['bigint', -MOST - 1n, -MOST - 1n],
  ] as const)("timestamp: '%s' reaches as far as it can", async (timestamp, given, read) => {
    const session = sessionWith({ keyspace: KEYSPACE, timestamp });
    await run(session, 'INSERT INTO t (id, ts) VALUES (1, ?)', [given]);
    expect((await run(session, 'SELECT ts FROM t WHERE id = 1')).one()).toEqual({ ts: read });
    const { bytes } = (await run(plain, 'SELECT timestamp_as_blob(ts) AS bytes FROM t WHERE id = 1')).one() as {
      bytes: Buffer;
    };
    expect(bytes.readBigInt64BE()).toBe(BigInt(given));
  });

  it("set: 'array' and map: 'object', nested", async () => {
    const session = sessionWith({
      keyspace: KEYSPACE,
      set: 'array',
      map: 'object',
      int64: 'number',
      timestamp: 'number',
    });
    await run(session, 'INSERT INTO t (id, days, names, zeros) VALUES (1, ?, ?, ?)', [
      new Map([[-1, [2, 1]]]),
      JSON.parse('{"__proto__": 1, "a": 2}'),
      [0, -0],
    ]);
    expect(await stored('names')).toEqual(JSON.parse('{"__proto__": 1, "a": 2}'));
    expect(await stored('days')).toEqual({ '1969-12-31 23:59:59.999Z': [1, 2] });
    const { days, names, zeros } = (await run(session, 'SELECT days, names, zeros FROM t WHERE id = 1')).one();
    expect(Object.getPrototypeOf(names)).toBe(null);
    expect(Object.entries(names as object)).toEqual([
      ['__proto__', 1],
      ['a', 2],
    ]);
    // No property can be named after a time.
    expect(days).toEqual(new Map([[-1, [1, 2]]]));
    // A Set of JavaScript has one zero only.
    expect(zeros).toEqual([-0, 0]);
  });

  it('a codec for a type, wherever that is', async () => {
    const session = sessionWith({ keyspace: KEYSPACE, codecs: [money] });
    const prices = new Map([
      [
        'tea',
        [
          { amount: new Money(350), currency: 'EUR' },
          { amount: null, currency: null },
        ],
      ],
    ]);
    await run(session, 'INSERT INTO t (id, i, prices, v) VALUES (1, ?, ?, ?)', [
      new Money(7),
      prices,
      [new Money(1), new Money(2)],
    ]);
    expect((await run(session, 'SELECT i, prices, v FROM t WHERE id = 1')).one()).toEqual({
      i: new Money(7),
      prices,
      v: [new Money(1), new Money(2)],
    });
    expect(await stored('prices')).toEqual({
      tea: [
        { amount: 350, currency: 'EUR' },
        { amount: null, currency: null },
      ],
    });
    expect(await stored('v')).toEqual([1, 2]);
  });

  it('a codec for a user-defined type, and for floats in a vector', async () => {
    const session = sessionWith({
      keyspace: KEYSPACE,
      codecs: [
        {
          type: `${KEYSPACE}.price`,
          decode: ({ amount, currency }: { amount: number; currency: string }) => `${amount} ${currency}`,
          encode: (text: string) => ({ amount: Number(text.split(' ')[0]), currency: text.split(' ')[1] }),
        },
        { type: 'float', decode: (number: number) => number * 2, encode: (number: number) => number / 2 },
      ],
    });
    const prices = new Map([['tea', ['350 EUR']]]);
    await run(session, 'INSERT INTO t (id, prices, f) VALUES (1, ?, ?)', [prices, [1, 3]]);
    expect((await run(session, 'SELECT prices, f FROM t WHERE id = 1')).one()).toEqual({ prices, f: [1, 3] });
    expect(await stored('prices')).toEqual({ tea: [{ amount: 350, currency: 'EUR' }] });
    expect(await stored('f')).toEqual([0.5, 1.5]);
  });

  it('a codec for a column leaves others of its type alone', async () => {
    const reversed = (text: string): string => text.split('-').reverse().join('-');
    const session = sessionWith({
      keyspace: KEYSPACE,
      codecs: [{ column: `${KEYSPACE}.t.t`, decode: reversed, encode: reversed }],
    });
    await run(session, 'INSERT INTO t (id, t, names) VALUES (1, ?, ?)', ['a-b', { 'a-b': 1 }]);
    expect((await run(session, 'SELECT t, names FROM t WHERE t = ? ALLOW FILTERING', ['a-b'])).one()).toEqual({
      t: 'a-b',
      names: new Map([['a-b', 1n]]),
    });
    expect(await stored('t')).toBe('b-a');
  });

  it('a codec that refuses a value fails the request before it is sent, one that cannot read fails the page', async () => {
    const cause = new Error(`no ${SECRET}`);
    const refuse = (): never => {
      throw cause;
    };
    await run(plain, 'INSERT INTO t (id, t) VALUES (1, ?)', [SECRET]);
    const session = sessionWith({ keyspace: KEYSPACE, codecs: [{ type: 'text', decode: refuse, encode: refuse }] });
    const bind = await failureOf(run(session, 'INSERT INTO t (id, t) VALUES (1, ?)', [SECRET]));
    expect(bind).toMatchObject({ column: 't', cause });
    expect(bind).toBeInstanceOf(BindError);
    expect(bind.message).toBe('The parameter "t" (text) cannot take the value: the codec for it refuses the value.');
    const page = await run(session, 'SELECT t FROM t WHERE id = 1');
    const decode = await failureOf(lastValueFrom(page));
    expect(decode).toMatchObject({ cause });
    expect(decode).toBeInstanceOf(DecodeError);
    expect(decode.message).toBe('Column "t" (text) cannot be read: its codec failed.');
    expect((await run(session, 'SELECT i FROM t WHERE id = 1')).rowCount).toBe(1);
  });

  it.each([
    ['i', 'int', SECRET, 'expected an integer from -2147483648 to 2147483647, got a string'],
    ['bs', 'list<bigint>', [1n, SECRET], 'in element 1, expected an integer of 64 bits'],
    ['names', 'map<text, bigint>', { [SECRET]: SECRET }, 'in entry 0, expected an integer of 64 bits'],
    [
      'prices',
      'map<text, list<price>>',
      { [SECRET]: [{ amount: SECRET }] },
      'in entry 0, in element 0, in the field "amount"',
    ],
    ['v', 'vector<int, 2>', [1, 2, 3], 'exactly 2 elements'],
  ])(
    'a value that column %s cannot take is named by column and type, never by itself',
    async (column, type, value, reason) => {
      const error = await failureOf(run(plain, `INSERT INTO t (id, ${column}) VALUES (1, ?)`, [value]));
      expect(error).toBeInstanceOf(BindError);
      expect(error).toMatchObject({ column, name: 'BindError', code: 'ERR_RXCQL_BIND' });
      expect(error.message).toContain(`"${column}" (${type}) cannot take the value: `);
      expect(error.message).toContain(reason);
      expect(error.message).not.toContain(SECRET);
    },
  );
});
