import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { inspect, promisify } from 'node:util';
import { concatMap, firstValueFrom, lastValueFrom, map, mergeMap, type Observable, of, range, toArray } from 'rxjs';
import {
  BindError,
  ConfigurationError,
  connect,
  ConnectionError,
  createSession,
  cql,
  ident,
  NoHostAvailableError,
  type Page,
  RequestTimeoutError,
  ResponseError,
  type Session,
  SessionClosedError,
  type SessionOptions,
  ThrottleError,
} from 'rxcql';
import {
  cql as text,
  type CqlServerOptions,
  error,
  fakeServer,
  marbles,
  opcode,
  prepared,
  type RequestOpcode,
  type Rule,
  schemaChange,
  sessionOf,
  setKeyspace,
  voidResult,
  when,
} from 'rxcql/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { holding, ints, startNode, startNodes, type TestNode, textRows, userQuery } from '../support/test-node.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serving(rules?: readonly Rule[], options?: CqlServerOptions): Promise<TestNode> {
  const server = await startNode(rules, options);
  cleanups.push(() => server.close());
  return server;
}

/** The nodes of one cluster. */
async function servingAll(...rules: readonly (readonly Rule[])[]): Promise<TestNode[]> {
  const servers = await startNodes(...rules);
  cleanups.push(() => servers[0]!.close());
  return servers;
}

function sessionTo(server: TestNode, options: Partial<SessionOptions> = {}): Session {
  const session = createSession({ contactPoints: [server.contactPoint], ...options });
  cleanups.push(() => lastValueFrom(session.close()));
  return session;
}

const failureOf = (source: Observable<unknown>): Promise<Error & Record<string, unknown>> =>
  lastValueFrom(source, { defaultValue: undefined }).then(
    () => expect.fail('It did not fail.'),
    (reason: unknown) => reason as Error & Record<string, unknown>,
  );

const turn = (milliseconds = 20): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Waits for what only the network can bring, in tests whose timers do not run. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

const count = (server: TestNode, name: RequestOpcode): number =>
  server.requests.filter((request) => request.opcode === name).length;

/** What answers statements that take the int parameters `a` and `b`, as long as the server knows them. */
const preparing = when(opcode('PREPARE', 'EXECUTE').and(({ cql: known }) => known !== undefined)).reply(
  textRows(['done'], ints('a', 'b')),
);

describe('a session', () => {
  it('connects with the first request, once', async () => {
    const server = await serving();
    const session = sessionTo(server);
    expect(server.connectionCount).toBe(0);
    await Promise.all([1, 2, 3].map(() => lastValueFrom(session.execute('SELECT now'))));
    expect(server.connectionCount).toBe(1);
  });

  it('sends nothing before it is subscribed to, and once for each subscription', async () => {
    const server = await serving();
    const session = sessionTo(server);
    const request = session.execute('INSERT');
    await turn();
    expect(server.queries).toEqual([]);
    await lastValueFrom(request);
    await lastValueFrom(request);
    expect(server.queries).toEqual(['INSERT', 'INSERT']);
  });

  it('emits exactly one page and completes', async () => {
    const server = await serving([when(userQuery).reply(textRows(['a', null]))]);
    const pages = await lastValueFrom(sessionTo(server).execute('SELECT').pipe(toArray()));
    expect(pages.length).toBe(1);
    const [page] = pages as [Page<{ v: string | null }>];
    expect(page.toArray()).toEqual([{ v: 'a' }, { v: null }]);
    expect(page.columns).toMatchObject([{ name: 'v', type: 'text', keyspace: 'ks', table: 't' }]);
    expect(page.coordinator).toBe(server.contactPoint);
    expect([page.attempts, page.hasMorePages, page.wasApplied]).toEqual([1, false, undefined]);
  });

  it('uses its nodes in turn', async () => {
    const servers = await servingAll([], []);
    const session = sessionTo(servers[0]!);
    await lastValueFrom(session.connect());
    await turn();
    for (let i = 0; i < 10; i++) await lastValueFrom(session.execute('SELECT'));
    expect(servers.map((server) => server.queries.length)).toEqual([5, 5]);
  });

  it('goes on with the other nodes when one is away from the start', async () => {
    const [gone, server] = [await serving(), await serving()];
    await gone.stop();
    const session = sessionTo(server, { contactPoints: [gone.contactPoint, server.contactPoint] });
    await lastValueFrom(session.execute('SELECT'));
    expect(server.queries).toEqual(['SELECT']);
  });

  it('says of every node why it cannot be reached, and tries again when it is asked again', async () => {
    const server = await serving();
    await server.stop();
    const session = sessionTo(server, { contactPoints: [server.contactPoint, 'no-such-host.invalid:9042'] });
    const failure = await failureOf(session.connect());
    expect(failure).toBeInstanceOf(NoHostAvailableError);
    const { errors } = failure as unknown as NoHostAvailableError;
    // In any order: that of contact points is left to chance.
    expect([...errors.keys()].sort()).toEqual([server.contactPoint, 'no-such-host.invalid:9042'].sort());
    const causes = failure.message.split('\n  ').slice(1);
    expect(causes).toHaveLength(2);
    expect(causes).toContain(`Cannot connect to ${server.contactPoint}: connect ECONNREFUSED.`);
    expect(causes.join()).toContain('no-such-host.invalid');
    expect(await failureOf(session.execute('SELECT'))).toBeInstanceOf(NoHostAvailableError);
  });

  it('connects again after a connection is lost', async () => {
    const server = await serving();
    const session = sessionTo(server, { reconnection: () => 10 });
    await lastValueFrom(session.execute('one'));
    server.server.disconnect();
    await expect.poll(() => [server.connectionCount, session.metrics.connections], { timeout: 4_000 }).toEqual([2, 1]);
    await lastValueFrom(session.execute('two'));
    expect(server.connectionCount).toBe(2);
  });
});

describe('parameters', () => {
  it('have a statement prepared, once, however many ask at a time', async () => {
    const server = await serving([preparing]);
    const session = sessionTo(server);
    await lastValueFrom(range(0, 200).pipe(mergeMap((i) => session.execute('INSERT ? ?', [i, i]))));
    expect([count(server, 'PREPARE'), count(server, 'EXECUTE')]).toEqual([1, 200]);
    await lastValueFrom(session.execute('INSERT ? ?', [1, 1]));
    await lastValueFrom(session.execute(cql`INSERT ${1} ${2}`));
    expect(count(server, 'PREPARE')).toBe(1);
  });

  it('are sent as they were when they were given', async () => {
    const server = await serving([preparing]);
    const session = sessionTo(server);
    const params = [0, 0];
    const sent: Promise<unknown>[] = [];
    for (let i = 0; i < 10; i++) {
      params[0] = i;
      sent.push(lastValueFrom(session.execute('INSERT ? ?', params)));
    }
    await Promise.all(sent);
    const first = server.requests
      .filter((request) => request.opcode === 'EXECUTE')
      .map(({ values }) => values[0] as number);
    expect(first.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('may be given by name, where more than are needed do no harm', async () => {
    const session = sessionTo(await serving([preparing]));
    await lastValueFrom(session.execute('INSERT ? ?', { a: 1, b: 2, c: 3 }));
    expect(await failureOf(session.execute('INSERT ? ?', { a: 1 }))).toMatchObject({ name: 'BindError', column: 'b' });
  });

  it.each([
    ['too few', [1], /2 parameters; 1 values/],
    ['too many', [1, 2, 3], /2 parameters; 3 values/],
    ['of the wrong type', ['x', 2], /"a" \(int\).*expected an integer.*got a string/],
    ['out of range', [2 ** 31, 2], /"a" \(int\).*expected an integer.*got an integer out of range/],
    ['unset in the partition key', [undefined, 2], /"a" \(int\).*partition key/],
  ])('that are %s are refused before anything is sent', async (_, params, message) => {
    const server = await serving([preparing]);
    const session = sessionTo(server);
    const failure = await failureOf(session.execute('INSERT ? ?', params));
    expect(failure).toBeInstanceOf(BindError);
    expect(failure.message).toMatch(message);
    expect(count(server, 'EXECUTE')).toBe(0);
    await lastValueFrom(session.execute('INSERT ? ?', [1, undefined]));
  });

  it('may come with the statement, as cql`` makes it or as an object of that shape', async () => {
    const session = sessionTo(await serving([preparing]));
    await lastValueFrom(session.execute({ cql: 'INSERT ? ?', params: { a: 1, b: 2 } }));
  });

  it('that make a request larger than servers accept are refused', async () => {
    const server = await serving();
    const session = sessionTo(server);
    const failure = await failureOf(session.execute('Q', [Buffer.alloc(17 * 2 ** 20)], { prepare: false }));
    expect(failure).toBeInstanceOf(BindError);
    expect(server.queries).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['a string', 'a string'],
    ['a number', 7],
    ['a Map', new Map()],
    ['a Buffer', Buffer.alloc(1)],
    ['a Date', new Date()],
    ['an Error', new TypeError()],
    ['a RegExp', /x/],
    ['a boxed number', Object(7)],
    ['an ArrayBuffer', new ArrayBuffer(1)],
    ['a Promise', Promise.resolve({ a: 1, b: 2 })],
    ['a PromiseLike', Object.create({ then: () => undefined })],
    ['an Observable', of({ a: 1, b: 2 })],
    ['a function', () => ({ a: 1, b: 2 })],
  ])('that are %s are no parameters', async (_, params) => {
    const server = await serving();
    const session = sessionTo(server);
    for (const statement of ['INSERT', { cql: 'INSERT', params: params as never }]) {
      const given = typeof statement === 'string' ? (params as never) : undefined;
      expect(await failureOf(session.execute(statement, given))).toBeInstanceOf(ConfigurationError);
    }
    expect(server.requests).toEqual([]);
  });

  it('may be an instance of a class, with accessors', async () => {
    class Entity {
      readonly b = 2;
      get a(): number {
        return 1;
      }
    }
    await lastValueFrom(sessionTo(await serving([preparing])).execute('INSERT ? ?', new Entity()));
  });

  const withoutMarkers = when(opcode('PREPARE')).reply(prepared({ parameters: {} }));

  it.each([{ timeout: 5 }, { consistency: 'ONE', pageSize: 10 }, { signal: undefined }])(
    'that are options (%j) for a statement without markers are not ignored',
    async (options) => {
      const server = await serving([withoutMarkers]);
      const failure = await failureOf(sessionTo(server).execute('SELECT', options));
      expect(failure).toBeInstanceOf(ConfigurationError);
      expect(failure.message).toContain('parameters come second, options third');
      expect(count(server, 'EXECUTE')).toBe(0);
    },
  );

  it('that a statement without markers cannot use do no harm, as when a row is bound whole', async () => {
    const session = sessionTo(await serving([withoutMarkers]));
    await lastValueFrom(session.execute('SELECT', { id: 1, timeout: 5 }));
    await lastValueFrom(session.execute('SELECT', {}, { timeout: 500 }));
  });

  it.each([[undefined], [null as never], [[]]])('that are missing (%j) are said to be', async (params) => {
    const server = await serving([
      when(userQuery).reply(error('Invalid', { message: 'Invalid amount of bind variables' })),
    ]);
    const failure = await failureOf(sessionTo(server).execute('SELECT ?', params));
    expect(failure).toMatchObject({ name: 'ResponseError', kind: 'Invalid', coordinator: server.contactPoint });
    expect(failure.message).toMatch(/^Invalid amount of bind variables: the statement has markers, and no values/);
    expect(failure.cause).toMatchObject({ message: 'Invalid amount of bind variables' });
    const wrong = await failureOf(sessionTo(server).execute('SELECT ?', ['a', 'b'], { prepare: false }));
    expect(wrong.message).toBe('Invalid amount of bind variables');
  });

  it('without preparing are bound only where their types are plain', async () => {
    const session = sessionTo(await serving());
    await lastValueFrom(session.execute('Q', ['a', true, 1n, new Date(), Buffer.alloc(1), null], { prepare: false }));
    const failure = await failureOf(session.execute('Q', [1], { prepare: false }));
    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(failure.message).toContain('prepare: false');
  });
});

describe('a statement that the server has forgotten', () => {
  it('is prepared again, once for all who need it, and executed', async () => {
    const server = await serving([preparing]);
    const session = sessionTo(server);
    const statement = await lastValueFrom(session.prepare('INSERT ? ?'));
    server.server.forgetStatements();
    const pages = await lastValueFrom(
      range(0, 100).pipe(
        mergeMap((i) => session.execute(statement, [i, i])),
        toArray(),
      ),
    );
    expect(pages.length).toBe(100);
    expect(count(server, 'PREPARE')).toBe(2);
  });

  it('is prepared again three times at most', async () => {
    const server = await serving([
      when(opcode('PREPARE')).reply(prepared(ints('a', 'b'))),
      when(opcode('EXECUTE')).reply(error('Unprepared')),
    ]);
    const failure = await failureOf(sessionTo(server).execute('INSERT ? ?', [1, 2]));
    expect(failure).toMatchObject({ name: 'ResponseError', kind: 'Unprepared', attempts: 4 });
    expect(count(server, 'PREPARE')).toBe(4);
  });

  it('is given up when the server knows it by another id', async () => {
    let id = 0;
    const server = await serving([
      when(opcode('PREPARE')).reply(() => prepared({ ...ints('a', 'b'), id: `id ${id++}` })),
      when(opcode('EXECUTE')).reply(error('Unprepared', { preparedId: 'id 0' })),
    ]);
    expect(await failureOf(sessionTo(server).execute('INSERT ? ?', [1, 2]))).toMatchObject({
      code: 'ERR_RXCQL_PROTOCOL',
    });
  });
});

describe('pages', () => {
  /** Pages of one row, up to the page `last`. */
  const paging = (last: number): Rule =>
    when(userQuery).reply(({ pagingState }) => {
      const page = pagingState?.[0] ?? 0;
      return textRows([`row ${page}`], page < last ? { pagingState: Uint8Array.of(page + 1) } : {});
    });

  it('are fetched one after another, as they are read', async () => {
    const server = await serving([paging(4)]);
    const all = sessionTo(server)
      .query('SELECT')
      .pipe(
        concatMap((page) => page),
        toArray(),
      );
    expect(await lastValueFrom(all)).toEqual([0, 1, 2, 3, 4].map((page) => ({ v: `row ${page}` })));
    expect(server.queries.length).toBe(5);
  });

  it('begin where the option says', async () => {
    const server = await serving([paging(4)]);
    const rest = sessionTo(server)
      .query('SELECT', [], { pagingState: Buffer.from([3]) })
      .pipe(
        concatMap((page) => page),
        toArray(),
      );
    expect(await lastValueFrom(rest)).toEqual([{ v: 'row 3' }, { v: 'row 4' }]);
  });

  it('stop being fetched when nobody reads, or has left', async () => {
    const server = await serving([paging(100)]);
    const session = sessionTo(server);
    await lastValueFrom(session.connect());
    const subscription = session.query('SELECT').subscribe();
    await turn();
    expect(server.queries.length).toBe(1);
    subscription.unsubscribe();
    await firstValueFrom(session.query('SELECT').pipe(concatMap((page) => page)));
    await turn();
    expect(server.queries.length).toBe(2);
  });

  it('that cannot be fetched end the query with where to resume, which is not shown', async () => {
    const server = await serving([
      when(userQuery.and(({ pagingState }) => pagingState?.[0] === 2)).reply(error('Invalid', { message: 'no more' })),
      paging(100),
    ]);
    const failure = await failureOf(
      sessionTo(server)
        .query('SELECT')
        .pipe(concatMap((page) => page)),
    );
    expect(failure).toBeInstanceOf(ResponseError);
    expect(failure['pagingState']).toEqual(Buffer.from([2]));
    expect(Object.keys(failure)).not.toContain('pagingState');
  });
});

describe('errors', () => {
  const silent = when(userQuery).drop();

  it.each([
    ['SELECT 1', undefined],
    ['  -- a comment\n /* another */ select 1', undefined],
    ['INSERT', 'unknown'],
  ])('a timeout of %j says what is known of its outcome', async (text, outcome) => {
    const session = sessionTo(await serving([silent]));
    const failure = await failureOf(session.execute(text, [], { timeout: 50 }));
    expect(failure).toBeInstanceOf(RequestTimeoutError);
    expect(failure['outcome']).toBe(outcome);
  });

  it('a lost connection ends each request with an error of its own', async () => {
    const server = await serving([silent]);
    const session = sessionTo(server);
    await lastValueFrom(session.connect());
    const failures = [failureOf(session.execute('INSERT 1')), failureOf(session.execute('SELECT 2'))];
    await turn();
    server.server.disconnect();
    const [write, read] = await Promise.all(failures);
    expect(write).toBeInstanceOf(ConnectionError);
    expect([write!['outcome'], read!['outcome']]).toEqual(['unknown', undefined]);
    expect(write).not.toBe(read);
  });

  it('of the server have their kind, their node and the number of attempts', async () => {
    const server = await serving([when(userQuery).reply(error('SyntaxError', { message: 'line 1' }))]);
    const failure = await failureOf(sessionTo(server).execute('SELEC'));
    expect(failure).toMatchObject({
      name: 'ResponseError',
      kind: 'SyntaxError',
      code: 'ERR_RXCQL_RESPONSE_SYNTAX_ERROR',
      message: 'line 1',
      coordinator: server.contactPoint,
      attempts: 1,
    });
  });

  it.each<[string, () => Observable<unknown>]>([
    ['an option that does not exist', () => noServer().execute('Q', [], { consistancy: 'ONE' } as never)],
    ['a consistency that does not exist', () => noServer().execute('Q', [], { consistency: 'MOST' as never })],
    ['a negative page size', () => noServer().query('Q', [], { pageSize: -1 })],
    ['a timeout of 0', () => noServer().query('Q', [], { timeout: 0 })],
    ['a statement that is none', () => noServer().query(5 as never)],
    ['options that are none', () => noServer().execute('Q', [], 5 as never)],
    ['parameters beside those of cql``', () => noServer().execute(cql`Q ${1}`, [1])],
    ['session options that do not exist', () => connect({ contactPoints: ['localhost'], keyspaces: 'x' } as never)],
  ])('for %s come through the Observable', async (_, make) => {
    expect(await failureOf(make())).toBeInstanceOf(ConfigurationError);
  });

  const noServer = (): Session => createSession({ contactPoints: ['127.0.0.1:1'] });

  it('for options of createSession are thrown, with a suggestion', () => {
    const make = (options: unknown) => () => createSession(options as SessionOptions);
    expect(make({ contactPoint: ['x'] })).toThrow('Did you mean "contactPoints"?');
    expect(make({})).toThrow(ConfigurationError);
    expect(make({ contactPoints: [] })).toThrow(ConfigurationError);
    expect(make({ contactPoints: 'localhost' })).toThrow(ConfigurationError);
    expect(make({ contactPoints: ['a:b:c!'] })).toThrow(ConfigurationError);
    expect(make({ contactPoints: ['host:99999'] })).toThrow(ConfigurationError);
    expect(make({ contactPoints: ['x'], auth: { username: 'u' } })).toThrow(ConfigurationError);
    expect(make({ contactPoints: ['x'], heartbeat: { every: 1 } })).toThrow(ConfigurationError);
    expect(make(undefined)).toThrow(ConfigurationError);
  });

  it.each([
    ['consistency', 'local-quorum', 'it is "local-quorum". Did you mean "LOCAL_QUORUM"?'],
    ['consistency', 'MOST', /LOCAL_ONE; it is "MOST"\.$/],
    ['consistency', 6, 'it is 6.'],
    ['serialConsistency', 'localserial', 'it is "localserial". Did you mean "LOCAL_SERIAL"?'],
  ])('for the %s %j say what it may be', async (name, value, message) => {
    expect((await failureOf(noServer().execute('Q', [], { [name]: value }))).message).toMatch(message);
  });

  it.each(['SERIAL', 'LOCAL_SERIAL'] as const)(
    'for a write with the consistency %s, which only reads have',
    async (consistency) => {
      const session = sessionTo(await serving([preparing]));
      for (const params of [[], [1, 2]]) {
        expect(await failureOf(session.execute('UPDATE ? ?', params, { consistency }))).toEqual(
          new ConfigurationError(
            `The consistency ${consistency} is for SELECT only: a conditional statement has it as its serialConsistency.`,
          ),
        );
      }
      expect((await failureOf(session.execute('SELECT ? ?', [1], { consistency }))).name).toBe('BindError');
    },
  );

  it.each([
    ['keyspace', { keyspace: 'ks' }],
    ['nowInSeconds', { nowInSeconds: 1 }],
  ])('%s on protocol v4 is one, never left out', async (name, options) => {
    const session = sessionTo(await serving([], { protocolVersions: [4] }));
    const failure = await failureOf(session.execute('Q', [], options));
    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(failure.message).toContain(name);
  });
});

describe('too many requests', () => {
  it('wait for a place, in order, and are refused when too many wait', async () => {
    const { rule, held } = holding(userQuery);
    const server = await serving([rule]);
    const session = sessionTo(server, { maxRequestsPerConnection: 1, maxQueue: 2 });
    await lastValueFrom(session.connect());
    const outcome: string[] = [];
    for (const name of ['one', 'two', 'three', 'four']) {
      session.execute(name).subscribe({
        error: (failure: unknown) =>
          outcome.push(failure instanceof ThrottleError ? `${name} refused` : String(failure)),
        complete: () => outcome.push(name),
      });
    }
    expect(outcome).toEqual(['four refused']);
    for (let i = 0; i < 3; i++) {
      await turn();
      held[i]!.answer(voidResult());
    }
    await turn();
    expect(outcome).toEqual(['four refused', 'one', 'two', 'three']);
  });

  it('give up their place when they are left', async () => {
    const { rule, held } = holding(userQuery);
    const server = await serving([rule]);
    const session = sessionTo(server, { maxRequestsPerConnection: 1, maxQueue: 1 });
    await lastValueFrom(session.connect());
    session.execute('one').subscribe();
    session.execute('two').subscribe().unsubscribe();
    const three = lastValueFrom(session.execute('three'));
    await turn();
    held[0]!.answer(voidResult());
    await turn();
    held[1]!.answer(voidResult());
    await three;
    expect(server.queries).toEqual(['one', 'three']);
  });

  it('do not wait longer than their timeout for a place', async () => {
    const server = await serving([when(userQuery).drop()]);
    const session = sessionTo(server, { maxRequestsPerConnection: 1 });
    await lastValueFrom(session.connect());
    const first = failureOf(session.execute('one', [], { timeout: 200 }));
    const second = failureOf(session.execute('two', [], { timeout: 50 }));
    expect(await second).toBeInstanceOf(RequestTimeoutError);
    await first;
    expect(server.queries).toEqual(['one']);
  });
});

describe('USE', () => {
  it('takes effect on every connection before its page is emitted, and on those to come', async () => {
    const use = when(text('USE other')).reply(setKeyspace('other'));
    const servers = await servingAll([use], [use]);
    const session = sessionTo(servers[0]!, {
      contactPoints: servers.map(({ contactPoint }) => contactPoint),
      reconnection: () => 10,
    });
    await lastValueFrom(session.connect());
    await turn();
    await lastValueFrom(session.execute('USE other'));
    expect(session.keyspace).toBe('other');
    expect(servers.map((server) => server.queries.length >= 1)).toEqual([true, true]);
    servers[0]!.server.disconnect(servers[0]!.contactPoint);
    await turn(100);
    expect(servers[0]!.queries.at(-1)).toBe('USE "other"');
  });
});

describe('the answer to USE', () => {
  it('is none to another statement: the session stays in its keyspace', async () => {
    const server = await serving([when(userQuery).reply(setKeyspace('other'))]);
    const session = sessionTo(server);
    expect(await failureOf(session.execute('SELECT'))).toMatchObject({ code: 'ERR_RXCQL_PROTOCOL' });
    expect(session.keyspace).toBeUndefined();
    await lastValueFrom(session.execute(' use other'));
    expect(session.keyspace).toBe('other');
  });
});

describe('what console.log and JSON.stringify show', () => {
  it('of a session is where it goes, not its password', () => {
    const auth = { username: 'ada', password: 'sesame' };
    const session = createSession({ contactPoints: ['10.0.0.1'], keyspace: 'shop', auth });
    for (const shown of [inspect(session), JSON.stringify(session)]) {
      expect(shown).toMatch(/10\.0\.0\.1:9042.*shop/);
      expect(shown).not.toMatch(/ada|sesame/);
    }
  });

  it('of a prepared statement is what it takes', async () => {
    const statement = await lastValueFrom(sessionTo(await serving([preparing])).prepare('INSERT ? ?'));
    expect(inspect(statement)).toBe("Prepared { cql: 'INSERT ? ?', parameters: [ 'a int', 'b int' ] }");
    expect(JSON.parse(JSON.stringify(statement))).toEqual({ cql: 'INSERT ? ?', parameters: ['a int', 'b int'] });
  });
});

describe('closing', () => {
  it('lets what is in flight end, refuses what is new, and leaves nothing open', async () => {
    const { rule, held } = holding(userQuery);
    const server = await serving([rule]);
    const session = createSession({ contactPoints: [server.contactPoint] });
    await lastValueFrom(session.connect());
    const inFlight = lastValueFrom(session.execute('slow'));
    await turn();
    const closed = lastValueFrom(session.close().pipe(toArray()));
    expect(await failureOf(session.execute('late'))).toBeInstanceOf(SessionClosedError);
    expect(await failureOf(session.connect())).toBeInstanceOf(SessionClosedError);
    await turn();
    expect(server.server.connections).toBe(2);
    held[0]!.answer(voidResult());
    await inFlight;
    expect(await closed).toEqual([undefined]);
    await turn();
    expect(server.server.connections).toBe(0);
    expect(await lastValueFrom(session.close().pipe(toArray()))).toEqual([undefined]);
  });

  it('lets a statement that is being prepared end', () => {
    marbles(({ expectObservable }) => {
      const session = sessionOf(fakeServer([when(opcode('PREPARE')).delay(5)]));
      const statement = session.prepare('INSERT ? ?').pipe(map(({ cql: text }) => text));
      expectObservable(statement).toBe('               -----(s|)', { s: 'INSERT ? ?' });
      expectObservable(session.close(), '         --^').toBe('-----(c|)', { c: undefined });
      expectObservable(session.prepare('late'), '---^').toBe('---#', {}, { name: 'SessionClosedError' });
    });
  });

  it('ends the wait of a change of the schema for the agreement of the nodes', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
    cleanups.push(() => vi.useRealTimers());
    const create = holding(text(/^CREATE/));
    // Nobody says which schema the nodes have, once the table is there.
    const agreement = holding(text(/schema_version/).and(() => create.held.length > 0));
    const server = await serving([create.rule, agreement.rule]);
    const session = createSession({ contactPoints: [server.contactPoint] });
    const told: unknown[] = [];
    session.execute('CREATE TABLE t').subscribe((page) => told.push(page.schemaInAgreement));
    await until(() => create.held.length === 1);
    const closed = lastValueFrom(session.close());
    await vi.advanceTimersByTimeAsync(5_000);
    create.held[0]!.answer(schemaChange({ change: 'CREATED', target: 'TABLE', keyspace: 'ks', name: 't' }));
    await until(() => agreement.held.length > 0);
    // Agreement may take 10 seconds, of which the closing session leaves 5.
    await vi.advanceTimersByTimeAsync(4_900);
    expect(told).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect(told).toEqual([false]);
    await closed;
  });

  it('ends the query that is being read with where to resume', async () => {
    const server = await serving([when(userQuery).reply(textRows(['a'], { pagingState: Uint8Array.of(9) }))]);
    const session = sessionTo(server);
    const query = session.query('SELECT').pipe(concatMap((page) => session.close().pipe(concatMap(() => page))));
    const failure = await failureOf(query);
    expect(failure).toBeInstanceOf(SessionClosedError);
    expect(failure['pagingState']).toEqual(Buffer.from([9]));
  });

  it('is what leaving connect() does, and says so to who goes on', async () => {
    const server = await serving();
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    cleanups.push(() => warned.mockRestore());
    const session = await firstValueFrom(connect({ contactPoints: [server.contactPoint] }));
    const failure = await failureOf(session.execute('late'));
    expect(failure).toBeInstanceOf(SessionClosedError);
    expect(failure.message).toContain('createSession()');
    await failureOf(session.execute('again'));
    expect(warned).toHaveBeenCalledOnce();
  });

  it('ends a session that is connecting', async () => {
    const server = await serving([when(opcode('STARTUP')).drop()]);
    const session = sessionTo(server);
    const connecting = failureOf(session.connect());
    await turn();
    await lastValueFrom(session.close());
    expect(await connecting).toBeInstanceOf(SessionClosedError);
    await turn();
    expect(server.server.connections).toBe(0);
  });

  it('is what `await using` does', async () => {
    const server = await serving();
    const session = createSession({ contactPoints: [server.contactPoint] });
    await lastValueFrom(session.execute('SELECT'));
    await session[Symbol.asyncDispose]();
    await turn();
    expect(server.server.connections).toBe(0);
  });

  it('leaves no timer and no socket, wherever requests were left: the process ends by itself', async () => {
    const server = await serving([when(userQuery).drop()]);
    const program = fileURLToPath(new URL('leaves-nothing.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', program, server.contactPoint], {
      timeout: 20_000,
    });
    expect(stdout.trim()).toBe('');
    expect(server.queries).toEqual(['in flight']);
  });
});

describe('cql and ident', () => {
  it('bind what is in the template, and quote what is an identifier', () => {
    const statement = cql`SELECT ${ident('We"ird')} FROM t WHERE id = ${"1' OR '1'='1"} AND x = ${2}`;
    expect(statement.cql).toBe('SELECT "We""ird" FROM t WHERE id = ? AND x = ?');
    expect(statement.params).toEqual(["1' OR '1'='1", 2]);
    expect(cql`SELECT ${1}`.cql).toBe('SELECT ?');
  });

  it.each([[''], ['a\0b'], ['x'.repeat(70_000)], [5 as never]])('refuse what is no identifier', (name) => {
    expect(() => ident(name)).toThrow(BindError);
  });
});

describe('a request that failed', () => {
  it('fails with what the server said when there is no other node, having waited for nothing', async () => {
    const server = await serving([when(userQuery).reply(error('Overloaded', { message: 'too much' }))]);
    const failure = await failureOf(sessionTo(server).execute('SELECT', [], { timeout: 5_000 }));
    expect(failure).toMatchObject({ kind: 'Overloaded', attempts: 1 });
  });
});
