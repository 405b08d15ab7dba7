import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { inspect, promisify } from 'node:util';
import { concatMap, firstValueFrom, lastValueFrom, mergeMap, type Observable, of, range, toArray } from 'rxjs';
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
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Opcode } from '../../src/codec/envelope.js';
import {
  cqlServer,
  cqlServers,
  type CqlTestServer,
  error,
  type Handler,
  i32,
  prepared,
  rows,
  type ServerOptions,
  type ServerRequest,
  setKeyspace,
  string,
  VOID,
} from '../support/cql-server.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serving(handler?: Handler, options?: ServerOptions): Promise<CqlTestServer> {
  const server = await cqlServer(handler, options);
  cleanups.push(() => server.close());
  return server;
}

/** The nodes of one cluster. */
async function servingAll(...handlers: readonly (Handler | undefined)[]): Promise<CqlTestServer[]> {
  const servers = await cqlServers(handlers);
  for (const server of servers) cleanups.push(() => server.close());
  return servers;
}

function sessionTo(server: CqlTestServer, options: Partial<SessionOptions> = {}): Session {
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

const queriesOf = (server: CqlTestServer): (string | undefined)[] =>
  server.requests.filter(({ opcode }) => opcode === Opcode.QUERY).map(({ cql }) => cql);

const count = (server: CqlTestServer, opcode: number): number =>
  server.requests.filter((request) => request.opcode === opcode).length;

/** Knows the statements that it has prepared, each with the int parameters `a` and `b`. */
function preparing(): { handler: Handler; known: Set<string> } {
  const known = new Set<string>();
  return {
    known,
    handler: ({ opcode, version, body, cql: text, reply }) => {
      if (opcode === Opcode.PREPARE) {
        known.add(text!);
        reply(Opcode.RESULT, prepared(text!, ['a', 'b'], version));
        return true;
      }
      if (opcode !== Opcode.EXECUTE) return false;
      const id = body.shortBytes();
      if (known.has(id.toString())) reply(Opcode.RESULT, rows(['done']));
      else reply(Opcode.ERROR, error(0x2500, 'who?', string(id.toString())));
      return true;
    },
  };
}

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
    expect(queriesOf(server)).toEqual([]);
    await lastValueFrom(request);
    await lastValueFrom(request);
    expect(queriesOf(server)).toEqual(['INSERT', 'INSERT']);
  });

  it('emits exactly one page and completes', async () => {
    const server = await serving(
      ({ opcode, reply }) => opcode === Opcode.QUERY && (reply(Opcode.RESULT, rows(['a', null])), true),
    );
    const pages = await lastValueFrom(sessionTo(server).execute('SELECT').pipe(toArray()));
    expect(pages.length).toBe(1);
    const [page] = pages as [Page<{ v: string | null }>];
    expect(page.toArray()).toEqual([{ v: 'a' }, { v: null }]);
    expect(page.columns).toMatchObject([{ name: 'v', type: 'text', keyspace: 'ks', table: 't' }]);
    expect(page.coordinator).toBe(server.contactPoint);
    expect([page.attempts, page.hasMorePages, page.wasApplied]).toEqual([1, false, undefined]);
  });

  it('uses its nodes in turn', async () => {
    const servers = await servingAll(undefined, undefined);
    const session = sessionTo(servers[0]!);
    await lastValueFrom(session.connect());
    await turn();
    for (let i = 0; i < 10; i++) await lastValueFrom(session.execute('SELECT'));
    expect(servers.map((server) => queriesOf(server).length)).toEqual([5, 5]);
  });

  it('goes on with the other nodes when one is away from the start', async () => {
    const [gone, server] = [await serving(), await serving()];
    await gone.close();
    const session = sessionTo(server, { contactPoints: [gone.contactPoint, server.contactPoint] });
    await lastValueFrom(session.execute('SELECT'));
    expect(queriesOf(server)).toEqual(['SELECT']);
  });

  it('says of every node why it cannot be reached, and tries again when it is asked again', async () => {
    const server = await cqlServer();
    await server.close();
    const session = sessionTo(server, { contactPoints: [server.contactPoint, 'no-such-host.invalid:9042'] });
    const failure = await failureOf(session.connect());
    expect(failure).toBeInstanceOf(NoHostAvailableError);
    const { errors } = failure as unknown as NoHostAvailableError;
    expect([...errors.keys()]).toEqual([server.contactPoint, 'no-such-host.invalid:9042']);
    expect(failure.message).toContain('ECONNREFUSED');
    expect(failure.message).toContain('no-such-host.invalid');
    const causes = failure.message.split('\n  ').slice(1);
    expect(causes[0]).toBe(`Cannot connect to ${server.contactPoint}: connect ECONNREFUSED.`);
    expect(causes[1]).toContain('no-such-host.invalid');
    expect(await failureOf(session.execute('SELECT'))).toBeInstanceOf(NoHostAvailableError);
  });

  it('connects again after a connection is lost', async () => {
    const server = await serving();
    const session = sessionTo(server, { reconnection: () => 10 });
    await lastValueFrom(session.execute('one'));
    for (const socket of server.sockets) socket.destroy();
    await turn(100);
    await lastValueFrom(session.execute('two'));
    expect(server.connectionCount).toBe(2);
  });
});

describe('parameters', () => {
  it('have a statement prepared, once, however many ask at a time', async () => {
    const { handler } = preparing();
    const server = await serving(handler);
    const session = sessionTo(server);
    await lastValueFrom(range(0, 200).pipe(mergeMap((i) => session.execute('INSERT ? ?', [i, i]))));
    expect([count(server, Opcode.PREPARE), count(server, Opcode.EXECUTE)]).toEqual([1, 200]);
    await lastValueFrom(session.execute('INSERT ? ?', [1, 1]));
    await lastValueFrom(session.execute(cql`INSERT ${1} ${2}`));
    expect(count(server, Opcode.PREPARE)).toBe(1);
  });

  it('are sent as they were when they were given', async () => {
    const { handler } = preparing();
    const server = await serving(handler);
    const session = sessionTo(server);
    const params = [0, 0];
    const sent: Promise<unknown>[] = [];
    for (let i = 0; i < 10; i++) {
      params[0] = i;
      sent.push(lastValueFrom(session.execute('INSERT ? ?', params)));
    }
    await Promise.all(sent);
    const first = server.requests
      .filter(({ opcode }) => opcode === Opcode.EXECUTE)
      .map(({ body }) => firstInt(body.buffer));
    expect(first.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('may be given by name, where more than are needed do no harm', async () => {
    const { handler } = preparing();
    const session = sessionTo(await serving(handler));
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
    const { handler } = preparing();
    const server = await serving(handler);
    const session = sessionTo(server);
    const failure = await failureOf(session.execute('INSERT ? ?', params));
    expect(failure).toBeInstanceOf(BindError);
    expect(failure.message).toMatch(message);
    expect(count(server, Opcode.EXECUTE)).toBe(0);
    await lastValueFrom(session.execute('INSERT ? ?', [1, undefined]));
  });

  it('may come with the statement, as cql`` makes it or as an object of that shape', async () => {
    const { handler } = preparing();
    const session = sessionTo(await serving(handler));
    await lastValueFrom(session.execute({ cql: 'INSERT ? ?', params: { a: 1, b: 2 } }));
  });

  it('that make a request larger than servers accept are refused', async () => {
    const server = await serving();
    const session = sessionTo(server);
    const failure = await failureOf(session.execute('Q', [Buffer.alloc(17 * 2 ** 20)], { prepare: false }));
    expect(failure).toBeInstanceOf(BindError);
    expect(queriesOf(server)).toEqual([]);
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
    const { handler } = preparing();
    class Entity {
      readonly b = 2;
      get a(): number {
        return 1;
      }
    }
    await lastValueFrom(sessionTo(await serving(handler)).execute('INSERT ? ?', new Entity()));
  });

  const withoutMarkers: Handler = ({ opcode, version, reply }) =>
    opcode === Opcode.PREPARE && (reply(Opcode.RESULT, prepared('id', [], version)), true);

  it.each([{ timeout: 5 }, { consistency: 'ONE', pageSize: 10 }, { signal: undefined }])(
    'that are options (%j) for a statement without markers are not ignored',
    async (options) => {
      const server = await serving(withoutMarkers);
      const failure = await failureOf(sessionTo(server).execute('SELECT', options));
      expect(failure).toBeInstanceOf(ConfigurationError);
      expect(failure.message).toContain('parameters come second, options third');
      expect(count(server, Opcode.EXECUTE)).toBe(0);
    },
  );

  it('that a statement without markers cannot use do no harm, as when a row is bound whole', async () => {
    const session = sessionTo(await serving(withoutMarkers));
    await lastValueFrom(session.execute('SELECT', { id: 1, timeout: 5 }));
    await lastValueFrom(session.execute('SELECT', {}, { timeout: 500 }));
  });

  it.each([[undefined], [null as never], [[]]])('that are missing (%j) are said to be', async (params) => {
    const server = await serving(
      ({ opcode, reply }) =>
        opcode === Opcode.QUERY && (reply(Opcode.ERROR, error(0x2200, 'Invalid amount of bind variables')), true),
    );
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
    const { handler, known } = preparing();
    const server = await serving(handler);
    const session = sessionTo(server);
    const statement = await lastValueFrom(session.prepare('INSERT ? ?'));
    known.clear();
    const pages = await lastValueFrom(
      range(0, 100).pipe(
        mergeMap((i) => session.execute(statement, [i, i])),
        toArray(),
      ),
    );
    expect(pages.length).toBe(100);
    expect(count(server, Opcode.PREPARE)).toBe(2);
  });

  it('is prepared again three times at most', async () => {
    const server = await serving(({ opcode, version, cql: text, reply }) => {
      if (opcode === Opcode.PREPARE) reply(Opcode.RESULT, prepared(text!, ['a', 'b'], version));
      else if (opcode === Opcode.EXECUTE) reply(Opcode.ERROR, error(0x2500, 'who?', string('INSERT ? ?')));
      else return false;
      return true;
    });
    const failure = await failureOf(sessionTo(server).execute('INSERT ? ?', [1, 2]));
    expect(failure).toMatchObject({ name: 'ResponseError', kind: 'Unprepared', attempts: 4 });
    expect(count(server, Opcode.PREPARE)).toBe(4);
  });

  it('is given up when the server knows it by another id', async () => {
    let id = 0;
    const server = await serving(({ opcode, version, reply }) => {
      if (opcode === Opcode.PREPARE) reply(Opcode.RESULT, prepared(`id ${id++}`, ['a', 'b'], version));
      else if (opcode === Opcode.EXECUTE) reply(Opcode.ERROR, error(0x2500, 'who?', string('id 0')));
      else return false;
      return true;
    });
    expect(await failureOf(sessionTo(server).execute('INSERT ? ?', [1, 2]))).toMatchObject({
      code: 'ERR_RXCQL_PROTOCOL',
    });
  });
});

describe('pages', () => {
  const paging =
    (last: number): Handler =>
    ({ opcode, body, reply }) => {
      if (opcode !== Opcode.QUERY) return false;
      const page = pagingStateOf(body.buffer);
      reply(Opcode.RESULT, rows([`row ${page}`], page < last ? Buffer.from([page + 1]) : undefined));
      return true;
    };

  it('are fetched one after another, as they are read', async () => {
    const server = await serving(paging(4));
    const all = sessionTo(server)
      .query('SELECT')
      .pipe(
        concatMap((page) => page),
        toArray(),
      );
    expect(await lastValueFrom(all)).toEqual([0, 1, 2, 3, 4].map((page) => ({ v: `row ${page}` })));
    expect(queriesOf(server).length).toBe(5);
  });

  it('begin where the option says', async () => {
    const server = await serving(paging(4));
    const rest = sessionTo(server)
      .query('SELECT', [], { pagingState: Buffer.from([3]) })
      .pipe(
        concatMap((page) => page),
        toArray(),
      );
    expect(await lastValueFrom(rest)).toEqual([{ v: 'row 3' }, { v: 'row 4' }]);
  });

  it('stop being fetched when nobody reads, or has left', async () => {
    const server = await serving(paging(100));
    const session = sessionTo(server);
    await lastValueFrom(session.connect());
    const subscription = session.query('SELECT').subscribe();
    await turn();
    expect(queriesOf(server).length).toBe(1);
    subscription.unsubscribe();
    await firstValueFrom(session.query('SELECT').pipe(concatMap((page) => page)));
    await turn();
    expect(queriesOf(server).length).toBe(2);
  });

  it('that cannot be fetched end the query with where to resume, which is not shown', async () => {
    const server = await serving(({ opcode, body, reply }) => {
      if (opcode !== Opcode.QUERY) return false;
      const page = pagingStateOf(body.buffer);
      if (page < 2) reply(Opcode.RESULT, rows([`row ${page}`], Buffer.from([page + 1])));
      else reply(Opcode.ERROR, error(0x2200, 'no more'));
      return true;
    });
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
  const silent: Handler = ({ opcode }) => opcode === Opcode.QUERY;

  it.each([
    ['SELECT 1', undefined],
    ['  -- a comment\n /* another */ select 1', undefined],
    ['INSERT', 'unknown'],
  ])('a timeout of %j says what is known of its outcome', async (text, outcome) => {
    const session = sessionTo(await serving(silent));
    const failure = await failureOf(session.execute(text, [], { timeout: 50 }));
    expect(failure).toBeInstanceOf(RequestTimeoutError);
    expect(failure['outcome']).toBe(outcome);
  });

  it('a lost connection ends each request with an error of its own', async () => {
    const server = await serving(silent);
    const session = sessionTo(server);
    await lastValueFrom(session.connect());
    const failures = [failureOf(session.execute('INSERT 1')), failureOf(session.execute('SELECT 2'))];
    await turn();
    for (const socket of server.sockets) socket.destroy();
    const [write, read] = await Promise.all(failures);
    expect(write).toBeInstanceOf(ConnectionError);
    expect([write!['outcome'], read!['outcome']]).toEqual(['unknown', undefined]);
    expect(write).not.toBe(read);
  });

  it('of the server have their kind, their node and the number of attempts', async () => {
    const server = await serving(
      ({ opcode, reply }) => opcode === Opcode.QUERY && (reply(Opcode.ERROR, error(0x2000, 'line 1')), true),
    );
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

  it.each(['tls', 'maxConcurrent'])(
    'for the session option %s, which is to come, say that it is not supported yet',
    (name) => {
      const make = () => createSession({ contactPoints: ['x'], [name]: 1 });
      expect(make).toThrow(`The option "${name}" is not supported yet.`);
    },
  );

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
      const { handler } = preparing();
      const session = sessionTo(await serving(handler));
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
    const session = sessionTo(await serving(undefined, { versions: [4] }));
    const failure = await failureOf(session.execute('Q', [], options));
    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(failure.message).toContain(name);
  });
});

describe('too many requests', () => {
  it('wait for a place, in order, and are refused when too many wait', async () => {
    const queries: ServerRequest[] = [];
    const server = await serving((request) => request.opcode === Opcode.QUERY && queries.push(request));
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
      queries[i]!.reply(Opcode.RESULT, VOID);
    }
    await turn();
    expect(outcome).toEqual(['four refused', 'one', 'two', 'three']);
  });

  it('give up their place when they are left', async () => {
    const queries: ServerRequest[] = [];
    const server = await serving((request) => request.opcode === Opcode.QUERY && queries.push(request));
    const session = sessionTo(server, { maxRequestsPerConnection: 1, maxQueue: 1 });
    await lastValueFrom(session.connect());
    session.execute('one').subscribe();
    session.execute('two').subscribe().unsubscribe();
    const three = lastValueFrom(session.execute('three'));
    await turn();
    queries[0]!.reply(Opcode.RESULT, VOID);
    await turn();
    queries[1]!.reply(Opcode.RESULT, VOID);
    await three;
    expect(queriesOf(server)).toEqual(['one', 'three']);
  });

  it('do not wait longer than their timeout for a place', async () => {
    const server = await serving(({ opcode }) => opcode === Opcode.QUERY);
    const session = sessionTo(server, { maxRequestsPerConnection: 1 });
    await lastValueFrom(session.connect());
    const first = failureOf(session.execute('one', [], { timeout: 200 }));
    const second = failureOf(session.execute('two', [], { timeout: 50 }));
    expect(await second).toBeInstanceOf(RequestTimeoutError);
    await first;
    expect(queriesOf(server)).toEqual(['one']);
  });
});

describe('USE', () => {
  it('takes effect on every connection before its page is emitted, and on those to come', async () => {
    const use: Handler = ({ opcode, cql: text, reply }) => {
      if (opcode !== Opcode.QUERY || !text!.startsWith('USE')) return false;
      reply(Opcode.RESULT, setKeyspace('other'));
      return true;
    };
    const servers = await servingAll(use, use);
    const session = sessionTo(servers[0]!, {
      contactPoints: servers.map(({ contactPoint }) => contactPoint),
      reconnection: () => 10,
    });
    await lastValueFrom(session.connect());
    await turn();
    await lastValueFrom(session.execute('USE other'));
    expect(session.keyspace).toBe('other');
    expect(servers.map((server) => queriesOf(server).length >= 1)).toEqual([true, true]);
    for (const socket of servers[0]!.sockets) socket.destroy();
    await turn(100);
    expect(queriesOf(servers[0]!).at(-1)).toBe('USE "other"');
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
    const { handler } = preparing();
    const statement = await lastValueFrom(sessionTo(await serving(handler)).prepare('INSERT ? ?'));
    expect(inspect(statement)).toBe("Prepared { cql: 'INSERT ? ?', parameters: [ 'a int', 'b int' ] }");
    expect(JSON.parse(JSON.stringify(statement))).toEqual({ cql: 'INSERT ? ?', parameters: ['a int', 'b int'] });
  });
});

describe('closing', () => {
  it('lets what is in flight end, refuses what is new, and leaves nothing open', async () => {
    const queries: ServerRequest[] = [];
    const server = await serving((request) => request.opcode === Opcode.QUERY && queries.push(request));
    const session = createSession({ contactPoints: [server.contactPoint] });
    await lastValueFrom(session.connect());
    const inFlight = lastValueFrom(session.execute('slow'));
    await turn();
    const closed = lastValueFrom(session.close().pipe(toArray()));
    expect(await failureOf(session.execute('late'))).toBeInstanceOf(SessionClosedError);
    expect(await failureOf(session.connect())).toBeInstanceOf(SessionClosedError);
    await turn();
    expect(server.sockets.size).toBe(2);
    queries[0]!.reply(Opcode.RESULT, VOID);
    await inFlight;
    expect(await closed).toEqual([undefined]);
    await turn();
    expect(server.sockets.size).toBe(0);
    expect(await lastValueFrom(session.close().pipe(toArray()))).toEqual([undefined]);
  });

  it('lets a statement that is being prepared end', async () => {
    const prepares: ServerRequest[] = [];
    const server = await serving((request) => request.opcode === Opcode.PREPARE && prepares.push(request));
    const session = sessionTo(server);
    const preparing = lastValueFrom(session.prepare('INSERT ? ?'));
    await turn();
    const closed = lastValueFrom(session.close());
    await turn();
    prepares[0]!.reply(Opcode.RESULT, prepared('id', ['a', 'b'], 5));
    expect((await preparing).cql).toBe('INSERT ? ?');
    await closed;
    expect(await failureOf(session.prepare('late'))).toBeInstanceOf(SessionClosedError);
  });

  it('ends the wait of a change of the schema for the agreement of the nodes', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
    cleanups.push(() => vi.useRealTimers());
    const changes: ServerRequest[] = [];
    let asked = 0;
    const server = await serving((request) => {
      if (request.opcode !== Opcode.QUERY) return false;
      if (request.cql!.startsWith('CREATE')) changes.push(request);
      else asked++;
      return true;
    });
    const session = createSession({ contactPoints: [server.contactPoint] });
    const told: unknown[] = [];
    session.execute('CREATE TABLE t').subscribe((page) => told.push(page.schemaInAgreement));
    await until(() => changes.length === 1);
    const closed = lastValueFrom(session.close());
    await vi.advanceTimersByTimeAsync(5_000);
    changes[0]!.reply(Opcode.RESULT, SCHEMA_CHANGE);
    await until(() => asked > 0);
    // Agreement may take 10 seconds, of which the closing session leaves 5.
    await vi.advanceTimersByTimeAsync(4_900);
    expect(told).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect(told).toEqual([false]);
    await closed;
  });

  it('ends the query that is being read with where to resume', async () => {
    const server = await serving(
      ({ opcode, reply }) => opcode === Opcode.QUERY && (reply(Opcode.RESULT, rows(['a'], Buffer.from([9]))), true),
    );
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
    const server = await serving(({ opcode }) => opcode === Opcode.STARTUP);
    const session = sessionTo(server);
    const connecting = failureOf(session.connect());
    await turn();
    await lastValueFrom(session.close());
    expect(await connecting).toBeInstanceOf(SessionClosedError);
    await turn();
    expect(server.sockets.size).toBe(0);
  });

  it('is what `await using` does', async () => {
    const server = await serving();
    const session = createSession({ contactPoints: [server.contactPoint] });
    await lastValueFrom(session.execute('SELECT'));
    await session[Symbol.asyncDispose]();
    await turn();
    expect(server.sockets.size).toBe(0);
  });

  it('leaves no timer and no socket, wherever requests were left: the process ends by itself', async () => {
    const server = await serving(({ opcode }) => opcode === Opcode.QUERY);
    const program = fileURLToPath(new URL('leaves-nothing.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', program, server.contactPoint], {
      timeout: 20_000,
    });
    expect(stdout.trim()).toBe('');
    expect(queriesOf(server)).toEqual(['in flight']);
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

/** A result of the kind Schema_change. */
const SCHEMA_CHANGE = Buffer.concat([i32(5), ...['CREATED', 'TABLE', 'ks', 't'].map(string)]);

/** The paging state of a QUERY in v5, which this test makes one byte; 0 where there is none. */
function pagingStateOf(body: Buffer): number {
  const flagsAt = 9 + 4 + body.readInt32BE(9) + 2;
  const flags = body.readInt32BE(flagsAt);
  return flags & 0x08 ? body[flagsAt + 4 + 4 + 4]! : 0;
}

/** The first value of an EXECUTE in v5, an int. */
function firstInt(body: Buffer): number {
  const idLength = body.readUInt16BE(9);
  const metadataAt = 9 + 2 + idLength;
  const valuesAt = metadataAt + 2 + body.readUInt16BE(metadataAt) + 2 + 4 + 2;
  return body.readInt32BE(valuesAt + 4);
}

describe('a request that failed', () => {
  it('fails with what the server said when there is no other node, having waited for nothing', async () => {
    const server = await serving(
      ({ opcode, reply }) => opcode === Opcode.QUERY && (reply(Opcode.ERROR, error(0x1001, 'too much')), true),
    );
    const failure = await failureOf(sessionTo(server).execute('SELECT', [], { timeout: 5_000 }));
    expect(failure).toMatchObject({ kind: 'Overloaded', attempts: 1 });
  });
});
