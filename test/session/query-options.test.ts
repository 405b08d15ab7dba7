import { firstValueFrom, lastValueFrom, mergeMap, of, range, take, toArray } from 'rxjs';
import {
  type Column,
  type Columnar,
  ConfigurationError,
  cql,
  DecodeError,
  mergeRows,
  type Page,
  type QueryOptions,
} from 'rxcql';
import { cql as statement, error, rows, times, voidResult, when } from 'rxcql/testing';
import { describe, expect, it, vi } from 'vitest';
import { failureOf, serving } from '../support/served-session.js';

const serve = serving();

const SELECT = 'SELECT a, b FROM t';
const TWO = when(statement(SELECT)).reply(
  rows([{ name: 'a', type: 'int' }, { name: 'a', type: 'text' }], [[1, 'x'], [2, null]]), // prettier-ignore
);

describe('the option rows', () => {
  it('makes objects by default, of equal names the last', async () => {
    const { session } = await serve([TWO]);
    expect((await lastValueFrom(session.execute(SELECT))).toArray()).toEqual([{ a: 'x' }, { a: null }]);
  });

  it('makes arrays, with every column', async () => {
    const { session } = await serve([TWO]);
    const page = await lastValueFrom(session.execute<[number, string]>(SELECT, [], { rows: 'array' }));
    expect(page.toArray()).toEqual([
      [1, 'x'],
      [2, null],
    ]);
    expect(page.columnar().columns.map(({ values }) => Array.from(values as ArrayLike<unknown>))).toEqual([
      [1, 2],
      ['x', null],
    ]);
  });

  it('makes what a function makes of the columns and the values, one row at a time', async () => {
    const { session } = await serve([TWO]);
    const seen: unknown[] = [];
    const factory = vi.fn((columns: readonly Column[]) => (values: readonly unknown[]) => {
      seen.push(values);
      return columns.map(({ type }, i) => `${type} ${String(values[i])}`).join();
    });
    const page = await lastValueFrom(session.execute<string>(SELECT, [], { rows: factory }));
    expect(await firstValueFrom(page)).toBe('int 1,text x');
    expect([factory.mock.calls.length, seen]).toEqual([1, [[1, 'x']]]);
    expect([...page]).toEqual(['int 1,text x', 'int 2,text null']);
  });

  it('makes one value of all rows of a page, by columns', async () => {
    const empty = when(statement('SELECT none')).reply(rows({ a: 'int' }, []));
    const { session } = await serve([TWO, empty], { rows: 'columnar' });
    const page = await lastValueFrom(session.execute<Columnar>(SELECT));
    const all = await lastValueFrom(page);
    expect([page.rowCount, all.rowCount, all.columns[0]!.values]).toEqual([1, 2, Int32Array.of(1, 2)]);
    expect(page.columnar()).toEqual(all);
    expect(page.one()).toEqual(all);
    expect((await lastValueFrom(session.execute('SELECT none'))).toArray()).toEqual([]);
  });

  it('has the pages of a query follow one another when their columns are taken', async () => {
    const pages = when(statement('SELECT c FROM t')).reply(({ pagingState }) =>
      rows({ c: 'int' }, [[1], [2]], pagingState === undefined ? { pagingState: 'x' } : {}),
    );
    const { session } = await serve([pages]);
    const query = session.query<Columnar>('SELECT c FROM t', [], { rows: 'columnar' });
    const sums = query.pipe(
      mergeRows(({ columns }) => of((columns[0]!.values as Int32Array).reduce((sum, value) => sum + value, 0))),
      toArray(),
    );
    expect(await lastValueFrom(sums)).toEqual([3, 3]);
  });

  it('may be that of the session or of a profile, and of a query with all its pages', async () => {
    const more = when(statement('SELECT c FROM t').and(({ pagingState }) => pagingState === undefined)).reply(
      rows({ c: 'int' }, [[1]], { pagingState: 'x' }),
    );
    const last = when(statement('SELECT c FROM t')).reply(rows({ c: 'int' }, [[2]]));
    const { session } = await serve([more, last], { rows: 'array', profiles: { object: { rows: 'object' } } });
    const read = async (options?: QueryOptions): Promise<unknown[]> => {
      const found: unknown[] = [];
      await new Promise<void>((resolve, reject) => {
        session.query('SELECT c FROM t', [], options).subscribe({
          next: (page: Page<unknown>) => found.push(...page),
          error: reject,
          complete: resolve,
        });
      });
      return found;
    };
    expect(await read()).toEqual([[1], [2]]);
    expect(await read({ profile: 'object' })).toEqual([{ c: 1 }, { c: 2 }]);
    expect(await read({ profile: 'object', rows: () => () => 7 })).toEqual([7, 7]);
  });

  it('does not change what a conditional statement says', async () => {
    const answer = rows({ '[applied]': 'boolean', v: 'int' }, [[false, 5]]);
    const { session } = await serve([when(statement(/^INSERT/)).reply(answer)], { rows: 'array' });
    const page = await lastValueFrom(session.execute('INSERT INTO t (v) VALUES (1) IF NOT EXISTS'));
    expect(page.wasApplied).toBe(false);
    expect(page.toArray()).toEqual([[false, 5]]);
  });

  it('of thousands of rows is the same whether or not code was generated for it', async () => {
    const many = Array.from({ length: 1_200 }, (_, i) => [i, i % 3 === 0 ? null : `text ${i}`]);
    const { session } = await serve([when(statement(SELECT)).reply(rows({ a: 'int', b: 'text' }, many))]);
    for (let i = 0; i < 2; i++) {
      expect((await lastValueFrom(session.execute(SELECT, [], { rows: 'array' }))).toArray()).toEqual(many);
    }
  });

  it('names the column that cannot be read; what a factory throws is the error of the page', async () => {
    const bad = when(statement(SELECT)).reply(rows({ d: 'timestamp' }, [[9n * 10n ** 15n]]));
    const { session } = await serve([bad]);
    const page = await lastValueFrom(session.execute(SELECT, [], { rows: 'array' }));
    expect(() => page.toArray()).toThrow(DecodeError);
    expect(() => page.toArray()).toThrow('"d"');
    const mine = new RangeError('mine');
    const failing = session.execute(SELECT, [], { rows: () => { throw mine; } }); // prettier-ignore
    expect(await failureOf(await lastValueFrom(failing))).toBe(mine);
  });

  it.each(['objects', 'columns', 5, {}])('may not be %j', async (value) => {
    const { session, asked } = await serve();
    const failure = await failureOf(session.execute(SELECT, [], { rows: value as 'array' }));
    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(failure.message).toContain('"rows" must be');
    expect(asked).toEqual([]);
  });
});

describe('the option signal', () => {
  const silent = when(statement('SELECT')).drop();

  it('errors a request with the reason of the signal, and leaves nothing on it', async () => {
    const { session } = await serve([silent.afterwards().reply(voidResult())]);
    const abort = new AbortController();
    const removed = vi.spyOn(abort.signal, 'removeEventListener');
    const failure = failureOf(session.execute('SELECT', [], { signal: abort.signal }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    abort.abort();
    expect(await failure).toBe(abort.signal.reason);
    expect(removed).toHaveBeenCalledOnce();
    // A request that is answered leaves nothing either.
    const other = new AbortController();
    const also = vi.spyOn(other.signal, 'removeEventListener');
    await lastValueFrom(session.execute('SELECT', [], { signal: other.signal }));
    expect(also).toHaveBeenCalledOnce();
    other.abort();
  });

  it('that is aborted already has nothing sent, whatever the request', async () => {
    const { session, asked } = await serve();
    const signal = AbortSignal.abort(new Error('before'));
    for (const request of [
      session.execute('one', [], { signal }),
      session.query('two', [], { signal }),
      session.batch(['three'], { signal }),
    ]) {
      expect((await failureOf(request)).message).toBe('before');
    }
    expect(asked).toEqual([]);
  });

  it('ends a query between its pages, when nothing is in flight', async () => {
    const { session, asked } = await serve([
      when(statement('SELECT')).reply(rows({ a: 'int' }, [[1]], { pagingState: 'x' })),
    ]);
    const abort = new AbortController();
    const pages = session.query('SELECT', [], { signal: abort.signal });
    let page: Page | undefined;
    const failure = new Promise((resolve) => pages.subscribe({ next: (next) => (page = next), error: resolve }));
    await vi.waitFor(() => expect(page).toBeDefined());
    abort.abort('enough');
    expect(await failure).toBe('enough');
    page!.skip();
    expect(asked.length).toBe(1);
  });

  it('is removed when the query is left', async () => {
    const { session } = await serve([silent]);
    const abort = new AbortController();
    const removed = vi.spyOn(abort.signal, 'removeEventListener');
    session.query('SELECT', [], { signal: abort.signal }).subscribe().unsubscribe();
    expect(removed).toHaveBeenCalledOnce();
  });

  it('may be that of hundreds of requests without a warning', async () => {
    const { session } = await serve();
    const warned = vi.spyOn(process, 'emitWarning');
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 300 }, () => lastValueFrom(session.execute('SELECT', [], { signal }))));
    expect(warned).not.toHaveBeenCalled();
    warned.mockRestore();
  });

  it('has to be one', async () => {
    const { session } = await serve();
    expect(await failureOf(session.execute('SELECT', [], { signal: {} as AbortSignal }))).toBeInstanceOf(
      ConfigurationError,
    );
  });
});

describe('page.trace()', () => {
  const ID = '50554d6e-29bb-11e5-b345-feff819cdc9f';
  const sessions = statement(/system_traces\.sessions/);
  const traced = when(statement('SELECT')).reply(voidResult({ tracingId: ID }));
  const events = when(statement(/system_traces\.events/)).reply(
    rows({ source: 'inet', activity: 'text', source_elapsed: 'int' }, [['10.0.0.1', 'Parsing', 12], ['10.0.0.2', 'Reading', null]]), // prettier-ignore
  );
  const columns = { coordinator: 'inet', duration: 'int' };

  it('waits until the trace is complete, and reads it at ONE', async () => {
    const { session, server } = await serve(
      [
        traced,
        when(sessions.and(times(1))).reply(rows(columns, [])),
        when(sessions.and(times(1))).reply(rows(columns, [['10.0.0.1', null]])),
        when(sessions).reply(rows(columns, [['10.0.0.1', 450]])),
        events,
      ],
      { consistency: 'ALL', rows: 'array' },
    );
    const page = await lastValueFrom(session.execute('SELECT', [], { tracing: true }));
    expect(page.tracingId).toBe(ID);
    expect(await lastValueFrom(page.trace().pipe(toArray()))).toEqual([
      {
        id: ID,
        coordinator: '10.0.0.1',
        duration: 450,
        events: [
          { source: '10.0.0.1', activity: 'Parsing', elapsed: 12 },
          { source: '10.0.0.2', activity: 'Reading', elapsed: 0 },
        ],
      },
    ]);
    const asked: (string | undefined)[] = [];
    server.requests.subscribe(({ cql: text, consistency }) => {
      if (text?.includes('system_traces') === true) asked.push(consistency);
    });
    expect(asked).toEqual(['ONE', 'ONE', 'ONE', 'ONE']);
  });

  it('errors for a page without a trace', async () => {
    const { session } = await serve();
    const page = await lastValueFrom(session.execute('SELECT'));
    expect(await failureOf(page.trace())).toMatchObject({ code: 'ERR_RXCQL_NO_TRACE' });
  });

  it('errors with what the server says, and can be left', async () => {
    const { session } = await serve([traced, when(sessions).reply(error('Unauthorized'))]);
    const page = await lastValueFrom(session.execute('SELECT', [], { tracing: true }));
    expect(await failureOf(page.trace())).toMatchObject({ kind: 'Unauthorized' });
    page
      .trace()
      .subscribe({ error: () => undefined })
      .unsubscribe();
  });

  it('gives up after 10 seconds', async () => {
    const { session } = await serve([traced, when(sessions).reply(rows(columns, []))]);
    const page = await lastValueFrom(session.execute('SELECT', [], { tracing: true }));
    vi.useFakeTimers({ toFake: ['setInterval', 'setTimeout', 'Date', 'performance'] });
    try {
      const failure = failureOf(page.trace());
      await vi.advanceTimersByTimeAsync(10_001);
      expect(await failure).toMatchObject({
        code: 'ERR_RXCQL_NO_TRACE',
        message: expect.stringContaining('not complete'),
      });
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('options of a request', () => {
  it('that protocol v4 has no place for are refused, by statements of all kinds', async () => {
    const { session, asked } = await serve([], { protocolVersion: 4 });
    const prepared = await lastValueFrom(session.prepare('INSERT ?'));
    asked.length = 0;
    for (const options of [{ keyspace: 'ks' }, { nowInSeconds: 5 }]) {
      expect((await failureOf(session.execute('SELECT', [], options))).message).toContain('needs protocol v5');
      expect((await failureOf(session.query(cql`SELECT ${1}`, undefined, options))).message).toContain(
        'needs protocol v5',
      );
    }
    expect((await failureOf(session.execute(prepared, ['x'], { nowInSeconds: 5 }))).message).toContain(
      'needs protocol v5',
    );
    expect(asked.filter(({ opcode: asks }) => asks !== 'PREPARE')).toEqual([]);
  });

  it('are sent with it', async () => {
    const { session, asked } = await serve();
    await lastValueFrom(
      session.execute('SELECT', [], {
        consistency: 'SERIAL',
        serialConsistency: 'SERIAL',
        pageSize: 7,
        pagingState: Buffer.from('state'),
        timestamp: 9,
        keyspace: 'ks',
        nowInSeconds: -1,
        customPayload: new Map([['k', Buffer.from('v')]]),
        tracing: true,
      }).pipe(take(1)), // prettier-ignore
    );
    expect(asked).toMatchObject([
      {
        opcode: 'QUERY',
        consistency: 'SERIAL',
        serialConsistency: 'SERIAL',
        pageSize: 7,
        pagingState: Buffer.from('state'),
        timestamp: 9n,
        keyspace: 'ks',
        nowInSeconds: -1,
        customPayload: new Map([['k', Buffer.from('v')]]),
        tracing: true,
      },
    ]);
  });
});

describe('session.events', () => {
  it('tells of statements that made room for others, and are prepared again when they are used again', async () => {
    const { session, asked } = await serve();
    const events: unknown[] = [];
    session.events.subscribe((event) => events.push(event));
    await lastValueFrom(range(0, 1_001).pipe(mergeMap((i) => session.prepare(`SELECT ${i}`), 64)));
    expect(events).toEqual([{ type: 'preparedEvicted', cql: 'SELECT 0' }]);
    asked.length = 0;
    await lastValueFrom(session.prepare('SELECT 0'));
    await lastValueFrom(session.prepare('SELECT 1000'));
    expect(asked.map(({ cql: text }) => text)).toEqual(['SELECT 0']);
  });
});
