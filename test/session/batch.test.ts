import { concatMap, lastValueFrom, retry, take } from 'rxjs';
import { BindError, type BatchItem, ConfigurationError, ConnectionError, cql, type PlanContext } from 'rxcql';
import { cql as statement, error, opcode, prepared, rows, times, voidResult, when } from 'rxcql/testing';
import { describe, expect, it } from 'vitest';
import { failureOf, serving } from '../support/served-session.js';

const serve = serving();

const INSERT = 'INSERT INTO t (id, v) VALUES (?, ?)';
const UPDATE = 'UPDATE u SET v = ? WHERE id = ?';

/** What the markers of the two statements take. */
const RULES = [
  when(opcode('PREPARE').and(statement(INSERT))).reply(
    prepared({ parameters: { id: 'int', v: 'bigint' }, partitionKey: ['id'] }),
  ),
  when(opcode('PREPARE').and(statement(UPDATE))).reply(
    prepared({ parameters: { v: 'text', id: 'int' }, partitionKey: ['id'] }),
  ),
];

describe('a batch', () => {
  it('is one request for statements of all kinds, in their order, with the values that the server knows', async () => {
    const { session, asked } = await serve(RULES);
    const insert = await lastValueFrom(session.prepare(INSERT));
    const page = await lastValueFrom(
      session.batch([
        [INSERT, [1, 2n]],
        [insert, { id: 2, v: 3 }],
        cql`UPDATE u SET v = ${'a'} WHERE id = ${3}`,
        "INSERT INTO t (id, v) VALUES (4, 'x')",
        [UPDATE, ['b', 5]],
        ['DELETE FROM t'],
      ]),
    );
    expect(page.toArray()).toEqual([]);
    expect(page.wasApplied).toBeUndefined();
    expect(asked.map(({ opcode }) => opcode)).toEqual(['PREPARE', 'PREPARE', 'BATCH']);
    const [, , batch] = asked;
    expect(batch).toMatchObject({
      batchType: 'logged',
      consistency: 'LOCAL_QUORUM',
      serialConsistency: 'LOCAL_SERIAL',
    });
    expect(batch!.timestamp).toBeTypeOf('bigint');
    expect(batch!.statements).toMatchObject([
      { cql: INSERT, preparedId: insert.id, values: [1, 2n] },
      { cql: INSERT, preparedId: insert.id, values: [2, 3n] },
      { cql: UPDATE, values: ['a', 3] },
      { cql: "INSERT INTO t (id, v) VALUES (4, 'x')", values: [] },
      { cql: UPDATE, values: ['b', 5] },
      { cql: 'DELETE FROM t', values: [] },
    ]);
  });

  it('tells null and what is not set apart', async () => {
    const { session, asked } = await serve(RULES);
    await lastValueFrom(session.batch([[INSERT, [1, null]], [INSERT, [2, undefined]]])); // prettier-ignore
    expect(asked.at(-1)!.statements!.map(({ values }) => values)).toEqual([
      [1, null],
      [2, undefined],
    ]);
  });

  it('has its statements prepared once, however many batches ask at a time', async () => {
    const { session, asked } = await serve(RULES);
    const items: BatchItem[] = Array.from({ length: 500 }, (_, i) => [INSERT, [i, i]]);
    await Promise.all([1, 2, 3].map(() => lastValueFrom(session.batch(items))));
    expect(asked.map(({ opcode }) => opcode)).toEqual(['PREPARE', 'BATCH', 'BATCH', 'BATCH']);
  });

  it('may be empty, and may be of any type', async () => {
    const { session, asked } = await serve();
    for (const type of ['logged', 'unlogged', 'counter'] as const) {
      expect((await lastValueFrom(session.batch([], { type }))).rowCount).toBe(0);
    }
    expect(asked.map(({ batchType, statements }) => [batchType, statements])).toEqual([
      ['logged', []],
      ['unlogged', []],
      ['counter', []],
    ]);
  });

  it('says what the server says: whether its conditions were met, what was in the way, and warnings', async () => {
    const { session } = await serve([
      when(opcode('BATCH')).reply(
        rows({ '[applied]': 'boolean', id: 'int' }, [[false, 1], [false, 2]], { warnings: ['large'] }), // prettier-ignore
      ),
    ]);
    const page = await lastValueFrom(session.batch(['INSERT INTO t (id) VALUES (1) IF NOT EXISTS']));
    expect([page.wasApplied, page.warnings]).toEqual([false, ['large']]);
    expect(page.toArray().map(({ id }) => id as number)).toEqual([1, 2]);
  });

  it('keeps its values while it waits', async () => {
    const { session, asked } = await serve(RULES);
    const params = [1, 1];
    const done = lastValueFrom(session.batch([[INSERT, params]]));
    params[0] = 7;
    await done;
    expect(asked.at(-1)!.statements![0]!.values).toEqual([1, 1n]);
  });

  it('sends nothing before it is subscribed to, and reads its statements again for each subscription', async () => {
    const { session, asked } = await serve();
    const items: BatchItem[] = ['one'];
    const batch = session.batch(items);
    expect(asked).toEqual([]);
    await lastValueFrom(batch);
    items.push('two');
    await lastValueFrom(batch);
    expect(asked.map(({ statements }) => statements!.length)).toEqual([1, 2]);
  });

  it('keeps what can be read only once for those who subscribe again', async () => {
    const { session, asked } = await serve([when(opcode('BATCH').and(times(1))).reply(error('Overloaded'))]);
    function* items(): Generator<BatchItem> {
      yield 'one';
      yield 'two';
    }
    await lastValueFrom(session.batch(items()).pipe(retry(1)));
    expect(asked.map(({ statements }) => statements!.map((item) => item.cql))).toEqual([
      ['one', 'two'],
      ['one', 'two'],
    ]);
  });
});

describe('the options of a batch', () => {
  it('are sent with it', async () => {
    const { session, asked } = await serve();
    await lastValueFrom(
      session.batch(['one'], {
        type: 'unlogged',
        consistency: 'TWO',
        serialConsistency: 'SERIAL',
        timestamp: 5n,
        keyspace: 'ks',
        nowInSeconds: 7,
        customPayload: { k: Buffer.from('v') },
        tracing: true,
      }),
    );
    expect(asked).toMatchObject([
      {
        batchType: 'unlogged',
        consistency: 'TWO',
        serialConsistency: 'SERIAL',
        timestamp: 5n,
        keyspace: 'ks',
        nowInSeconds: 7,
        customPayload: new Map([['k', Buffer.from('v')]]),
        tracing: true,
      },
    ]);
  });

  it('are refused where v4 has no place for them', async () => {
    const { session, asked } = await serve([], { protocolVersion: 4 });
    for (const options of [{ keyspace: 'ks' }, { nowInSeconds: 1 }]) {
      expect(await failureOf(session.batch(['one'], options))).toMatchObject({
        name: 'ConfigurationError',
        message: expect.stringContaining('protocol v5'),
      });
    }
    expect(asked).toEqual([]);
  });

  it.each([
    [{ typ: 'logged' }, 'Did you mean "type"?'],
    [{ type: 'LOGGED' }, '"type" must be "logged" or "unlogged" or "counter"'],
    [{ pageSize: 5 }, 'no option "pageSize"'],
    [{ consistency: 'SERIAL' }, 'The consistency SERIAL is for SELECT only'],
    [{ serialConsistency: 'ONE' }, '"serialConsistency" must be one of SERIAL, LOCAL_SERIAL'],
    [{ profile: 'slow' }, 'The session has no profile "slow"'],
  ])('%j are wrong', async (options, message) => {
    const { session, asked } = await serve();
    const failure = await failureOf(session.batch(['one'], options as object));
    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(failure.message).toContain(message);
    expect(asked).toEqual([]);
  });
});

describe('a batch that cannot be sent', () => {
  it.each([
    [
      [
        [INSERT, [1, 1]],
        [INSERT, ['x', 1]],
      ],
      BindError,
      'At index 1 of the batch: The parameter "id" (int) cannot take',
    ],
    [[[INSERT, [1]]], BindError, 'At index 0 of the batch: The statement has 2 parameters; 1 values were given.'],
    [['one', [INSERT, [undefined, 1]]], BindError, 'At index 1 of the batch: The parameter "id" (int) is part of'],
    [['one', 2], ConfigurationError, 'At index 1 of the batch: A statement is a string'],
    [['one', ['two', 3]], ConfigurationError, 'At index 1 of the batch: Parameters are an array'],
    [[[]], ConfigurationError, 'At index 0 of the batch: A statement is a string'],
    [[[cql`SELECT ${1}`, [2]]], ConfigurationError, 'At index 0 of the batch: A statement made by cql'],
    [INSERT, ConfigurationError, 'The statements of a batch are an array'],
    [undefined, ConfigurationError, 'The statements of a batch are an array'],
    [{ length: 0 }, ConfigurationError, 'The statements of a batch are an array'],
  ])('%j', async (items, kind, message) => {
    const { session, asked } = await serve(RULES);
    const failure = await failureOf(session.batch(items as Iterable<BatchItem>));
    expect(failure).toBeInstanceOf(kind);
    expect(failure.message).toContain(message);
    expect(asked.filter(({ opcode }) => opcode === 'BATCH')).toEqual([]);
  });

  it('names the column of a value that does not fit', async () => {
    const { session } = await serve(RULES);
    expect(await failureOf(session.batch([[INSERT, [1, 'x']]]))).toMatchObject({ name: 'BindError', column: 'v' });
  });

  it('for it has more than 65,535 statements; an iterable is read no further', async () => {
    const { session, asked } = await serve(RULES);
    await lastValueFrom(session.batch(Array.from({ length: 65_535 }, () => '')));
    let read = 0;
    let isReturned = false;
    function* endless(): Generator<BatchItem> {
      try {
        for (;;) yield String(read++);
      } finally {
        isReturned = true;
      }
    }
    expect(await failureOf(session.batch(endless()))).toMatchObject({
      name: 'BindError',
      message: 'A batch has 65535 statements at most; more were given. Nothing was sent.',
    });
    expect([read, isReturned]).toEqual([65_536, true]);
    expect(asked.length).toBe(1);
  });

  it('for it has more than 16 MiB', async () => {
    const { session, asked } = await serve(RULES);
    const text = 'x'.repeat(1024 * 1024);
    const failure = await failureOf(session.batch(Array.from({ length: 17 }, (_, i) => [UPDATE, [text, i]] as const)));
    expect(failure).toBeInstanceOf(BindError);
    expect(failure.message).toContain('16777216 bytes');
    expect(asked.map(({ opcode }) => opcode)).not.toContain('BATCH');
  });

  it('for reading its statements fails, the second time too', async () => {
    const { session } = await serve();
    function* failing(): Generator<BatchItem> {
      throw new RangeError('mine');
    }
    const batch = session.batch(failing());
    for (let i = 0; i < 2; i++) expect(await failureOf(batch)).toBeInstanceOf(RangeError);
  });
});

describe('statements of a batch that the server has forgotten', () => {
  const both: BatchItem[] = [[INSERT, [1, 1]], [UPDATE, ['a', 1]], [INSERT, [2, 2]]]; // prettier-ignore

  it('are prepared again, all at once, and the batch is sent again', async () => {
    const { session, server, asked } = await serve(RULES);
    await lastValueFrom(session.batch(both));
    server.forgetStatements();
    asked.length = 0;
    const page = await lastValueFrom(session.batch(both));
    expect(page.attempts).toBe(2);
    expect(asked.map(({ opcode, cql }) => cql ?? opcode)).toEqual(['BATCH', INSERT, UPDATE, 'BATCH']);
    expect(asked[3]!.statements!.map(({ values }) => values)).toEqual([
      [1, 1n],
      ['a', 1],
      [2, 2n],
    ]);
  });

  it('are asked for no more than three times', async () => {
    const { session, asked } = await serve([...RULES, when(opcode('BATCH')).reply(error('Unprepared'))]);
    const failure = await failureOf(session.batch(both));
    expect(failure).toMatchObject({ kind: 'Unprepared', attempts: 4 });
    expect(asked.filter(({ opcode }) => opcode === 'BATCH').length).toBe(4);
    expect(asked.filter(({ opcode }) => opcode === 'PREPARE').length).toBe(2 + 3 * 2);
  });

  it('are encoded anew where their parameters have changed', async () => {
    let type = 'int';
    const { session, server, asked } = await serve([
      when(opcode('PREPARE').and(statement(UPDATE))).reply(() => prepared({ parameters: { v: type, id: 'int' } })),
      ...RULES,
    ]);
    await lastValueFrom(session.batch([[UPDATE, [1, 1]]]));
    type = 'bigint';
    server.forgetStatements();
    await lastValueFrom(session.batch([[UPDATE, [1, 1]]]));
    expect(asked.at(-1)!.statements![0]!.values).toEqual([1n, 1]);
  });

  it('that were another table may take a value that was refused: they are prepared again before it is', async () => {
    let type = 'int';
    const { session, asked } = await serve([
      when(opcode('PREPARE').and(statement(UPDATE))).reply(() => prepared({ parameters: { v: type, id: 'int' } })),
      ...RULES,
    ]);
    await lastValueFrom(session.batch([[UPDATE, [1, 1]]]));
    type = 'text';
    await lastValueFrom(session.batch([[INSERT, [1, 1]], [UPDATE, ['now text', 1]]])); // prettier-ignore
    expect(asked.at(-1)!.statements!.map(({ values }) => values)).toEqual([
      [1, 1n],
      ['now text', 1],
    ]);
    expect(await failureOf(session.batch([[UPDATE, [5, 1]]]))).toBeInstanceOf(BindError);
  });
});

describe('where a batch goes', () => {
  it('is where the first statement goes whose partition is known', async () => {
    const tokens: (bigint | undefined)[] = [];
    const loadBalancing = ({ token, topology }: PlanContext) => {
      tokens.push(token);
      return topology.nodes;
    };
    for (const protocolVersion of [4, 5] as const) {
      const { session } = await serve(RULES, { protocolVersion });
      const tokenOf = async (items: BatchItem[], routingKey?: Buffer): Promise<bigint | undefined> => {
        const customPayload = { a: Buffer.alloc(3), long: Buffer.alloc(300) };
        const options = { loadBalancing, customPayload, ...(routingKey && { routingKey }) };
        await lastValueFrom(session.batch(items, options));
        return tokens.at(-1);
      };
      await lastValueFrom(session.execute(UPDATE, ['x', 42], { loadBalancing }));
      const of42 = tokens.at(-1);
      expect(of42).toBeTypeOf('bigint');
      expect(await tokenOf([[UPDATE, ['x', 42]]])).toBe(of42);
      expect(await tokenOf(['literal'])).toBeUndefined();
      expect(await tokenOf(['literal', [UPDATE, ['longer', 42]], [INSERT, [43, 1]]])).toBe(of42);
      expect(await tokenOf([[INSERT, [null, 1]], [UPDATE, [null, 42]]])).toBe(of42); // prettier-ignore
      expect(await tokenOf([[INSERT, [43, 1]]], Buffer.from([0, 0, 0, 42]))).toBe(of42);
    }
  });

  it('is not a second node, unless it is said that it may be sent twice', async () => {
    const { session, asked } = await serve([when(opcode('BATCH').and(times(2))).disconnect('reset')]);
    const failure = await failureOf(session.batch(['one']));
    expect(failure).toBeInstanceOf(ConnectionError);
    expect(failure).toMatchObject({ outcome: 'unknown', attempts: 1 });
    expect(asked.length).toBe(1);
  });

  it('and twice if it may', async () => {
    const { session, asked } = await serve([when(opcode('BATCH').and(times(1))).reply(error('WriteTimeout', { writeType: 'BATCH_LOG' }))]); // prettier-ignore
    await lastValueFrom(session.batch(['one'], { idempotent: true }));
    expect(asked.length).toBe(2);
    expect(asked[0]!.timestamp).toBe(asked[1]!.timestamp);
  });

  it('is nowhere once it is left', async () => {
    const { session, asked } = await serve([when(opcode('BATCH')).delay(30).reply(voidResult())]);
    session.batch(['left']).subscribe().unsubscribe();
    const page = await lastValueFrom(session.batch(['kept']).pipe(take(1), concatMap((first) => [first]))); // prettier-ignore
    expect(page.rowCount).toBe(0);
    expect(asked.map(({ statements }) => statements![0]!.cql)).toEqual(['kept']);
  });
});
