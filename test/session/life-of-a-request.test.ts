import {
  catchError,
  concatMap,
  lastValueFrom,
  merge,
  NEVER,
  type Observable,
  of,
  Subject,
  switchMap,
  take,
  timer,
} from 'rxjs';
import { createSession, NoHostAvailableError, RequestTimeoutError, type Session, type SessionOptions } from 'rxcql';
import {
  cql,
  error,
  fakeServer,
  marbles,
  opcode,
  prepared,
  rawResponse,
  type Rule,
  sessionOf,
  setKeyspace,
  supported,
  times,
  voidResult,
  when,
} from 'rxcql/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { holding, ints, startNode, startNodes, type TestNode, textRows, userQuery } from '../support/test-node.js';

// What becomes of requests that wait, are left, or fail together. Each of these once went wrong.

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serving(...rules: readonly Rule[]): Promise<TestNode> {
  const server = await startNode(rules);
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

const i32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

const turn = (milliseconds = 20): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

const cut = ({ server }: TestNode): void => server.disconnect();

const silent = when(userQuery).drop();

describe('a request that waits for a place', () => {
  it('gives up when its own time is over, whatever the others do', async () => {
    const session = sessionTo(await serving(silent), { maxRequestsPerConnection: 1 });
    await lastValueFrom(session.connect());
    const first = failureOf(session.execute('one', [], { timeout: 1_500 }));
    const since = performance.now();
    expect(await failureOf(session.execute('two', [], { timeout: 100 }))).toBeInstanceOf(RequestTimeoutError);
    expect(performance.now() - since).toBeLessThan(800);
    await first;
  });

  it('does not wait for what the driver asks for itself', async () => {
    let isConnected = false;
    let heartbeats = 0;
    const server: TestNode = await serving(
      when(opcode('OPTIONS').and(({ connection }) => isConnected && !server.controls.has(connection))).reply(() => {
        heartbeats++;
        return NEVER;
      }),
    );
    const session = sessionTo(server, { maxRequestsPerConnection: 1, heartbeat: { idle: 40, timeout: 2_000 } });
    await lastValueFrom(session.connect());
    isConnected = true;
    await turn(120);
    expect(heartbeats).toBe(1);
    await lastValueFrom(session.execute('meanwhile', [], { timeout: 500 }));
  });

  it('is not overtaken by one that comes later', async () => {
    const { rule, held } = holding(userQuery);
    const server = await serving(rule);
    const session = sessionTo(server, { maxRequestsPerConnection: 1 });
    await lastValueFrom(session.connect());
    const order: string[] = [];
    const run = (name: string) => session.execute(name).subscribe(() => order.push(name));
    session.execute('one').subscribe(() => run('three'));
    run('two');
    for (let i = 0; i < 3; i++) {
      await turn();
      held[i]!.answer(voidResult());
    }
    await turn();
    expect(order).toEqual(['two', 'three']);
  });

  it('ends with the session', () => {
    marbles(({ expectObservable }) => {
      const options = { maxRequestsPerConnection: 1, timeout: 60_000 };
      const session = sessionOf(fakeServer([when(opcode('QUERY').and(cql('SELECT'))).drop()]), options);
      expectObservable(session.execute('SELECT')).toBe('10s -#', {}, { name: 'ConnectionError' });
      expectObservable(session.execute('queued')).toBe('10s -#', {}, { name: 'SessionClosedError' });
      expectObservable(session.close(), '-^').toBe('     10s -(c|)', { c: undefined });
    });
  });
});

describe('a request that is left', () => {
  it('while its connection is being lost is not sent to another node', async () => {
    const garbage = Buffer.from('garbage garbage');
    const rules = [when(cql('tick')).transform((bytes) => Buffer.concat([bytes, garbage])), when(cql('A')).drop()];
    const servers = await servingAll(rules, rules);
    const session = sessionTo(servers[0]!, {
      contactPoints: servers.map(({ contactPoint }) => contactPoint),
      protocolVersion: 4,
    });
    await lastValueFrom(session.connect());
    await turn(50);
    await lastValueFrom(session.execute('filler'));
    await lastValueFrom(session.execute('filler'));
    const start = new Subject<undefined>();
    const failed = failureOf(
      merge(
        session.execute('A'),
        start.pipe(
          take(1),
          switchMap(() => session.execute('B')),
        ),
      ),
    );
    await turn();
    await lastValueFrom(session.execute('filler'));
    session.execute('tick').subscribe(() => {
      session.execute('filler').subscribe({ error: () => undefined });
      start.next(undefined);
    });
    await failed;
    await turn(50);
    expect(servers.flatMap(({ queries }) => queries)).not.toContain('B');
  });

  it('while its values are being read is not sent', async () => {
    const server = await serving(when(opcode('PREPARE')).reply(prepared(ints('a'))));
    const session = sessionTo(server);
    const statement = await lastValueFrom(session.prepare('INSERT ?'));
    const stop = new Subject<undefined>();
    const params = {
      get a() {
        stop.next(undefined);
        return 1;
      },
    };
    merge(stop, session.execute(statement, params)).pipe(take(1)).subscribe();
    await turn();
    expect(server.requests.filter((request) => request.opcode === 'EXECUTE')).toEqual([]);
  });
});

describe('requests that fail together', () => {
  const states = ['A', 'B', 'C'];
  const resumesAt = (failure: Record<string, unknown>): string => (failure['pagingState'] as Buffer).toString();

  it('have an error of their own each: when a statement cannot be prepared again', async () => {
    const server = await serving(
      when(opcode('PREPARE').and(times(1))).reply(prepared(ints('a'))),
      when(opcode('PREPARE')).reply(error('Invalid', { message: 'no such table' })),
      when(opcode('EXECUTE')).reply(error('Unprepared')),
    );
    const session = sessionTo(server);
    const statement = await lastValueFrom(session.prepare('SELECT ?'));
    const failures = await Promise.all(
      states.map((state) => failureOf(session.execute(statement, [1], { pagingState: Buffer.from(state) }))),
    );
    expect(failures.map(resumesAt)).toEqual(states);
    expect(server.requests.filter((request) => request.opcode === 'PREPARE').length).toBe(2);
  });

  it('have an error of their own each: when connecting fails', async () => {
    const server = await serving(when(userQuery).reply(error('Invalid', { message: 'no such keyspace' })));
    const session = sessionTo(server, { keyspace: 'nope' });
    const failures = await Promise.all(
      states.map((state) => failureOf(session.query('SELECT', [], { pagingState: Buffer.from(state) }))),
    );
    expect(failures.map(resumesAt)).toEqual(states);
    expect(failures.every(({ name, kind }) => name === 'ResponseError' && kind === 'Invalid')).toBe(true);
  });

  it('say why when no node is left, also in the moment of the loss', async () => {
    const server = await serving(silent);
    const session = sessionTo(server);
    await lastValueFrom(session.connect());
    const again = failureOf(session.execute('SELECT').pipe(catchError(() => session.execute('again'))));
    await turn();
    cut(server);
    const failure = (await again) as unknown as NoHostAvailableError;
    expect(failure).toBeInstanceOf(NoHostAvailableError);
    expect(failure.errors.get(server.contactPoint)!.length).toBe(1);
  });
});

describe('a query whose next page cannot be fetched', () => {
  const firstPage = when(userQuery.and(times(1))).reply(textRows(['a'], { pagingState: 'next' }));
  const resumesAt = async (then: Rule, whileRead: (server: TestNode) => void = () => undefined) => {
    const server = await serving(firstPage, then);
    // A connection that is lost stays lost: it might else be back before the next page is asked for.
    const query = sessionTo(server, { reconnection: () => 60_000 })
      .query('SELECT')
      .pipe(
        concatMap((page) => {
          whileRead(server);
          return timer(50).pipe(switchMap(() => page));
        }),
      );
    const failure = await failureOf(query);
    return [failure.name, String(failure['pagingState'])];
  };

  it('says where to resume, whatever the error', async () => {
    const undecodable = when(userQuery).reply(rawResponse('RESULT', i32(99)));
    expect(await resumesAt(silent, cut)).toEqual(['NoHostAvailableError', 'next']);
    expect(await resumesAt(undecodable)).toEqual(['DecodeError', 'next']);
  });

  it('never ends as if it was complete: more pages without a place to begin are an error', async () => {
    const damaged = Buffer.concat([i32(2), i32(0x2), i32(0), i32(-1), i32(0)]);
    const server = await serving(when(userQuery).reply(rawResponse('RESULT', damaged)));
    expect(await failureOf(sessionTo(server).query('SELECT'))).toMatchObject({ name: 'DecodeError' });
  });
});

describe('an answer', () => {
  it('that comes twice ends the connection rather than reach another request', async () => {
    const server = await serving(when(userQuery).reply(({ cql: text }) => of(textRows([text!]), textRows([text!]))));
    const session = sessionTo(server, { reconnection: () => 10 });
    const second = new Promise((resolve) => {
      session.execute('first').subscribe((page) => {
        session.execute('second').subscribe({ next: (other) => resolve([page.one(), other.one()]), error: resolve });
      });
    });
    expect(await second).not.toEqual([{ v: 'first' }, { v: 'first' }]);
  });
});

describe('connecting', () => {
  it('goes on when those who asked for it first are gone', async () => {
    const server = await serving(when(opcode('OPTIONS')).delay(150).reply(supported()));
    const session = sessionTo(server);
    await failureOf(session.execute('in a hurry', [], { timeout: 50 }));
    await lastValueFrom(session.execute('SELECT'));
    expect(server.connectionCount).toBe(1);
  });

  it.each<[string, () => number]>([
    [
      'throws',
      () => {
        throw new Error('policy');
      },
    ],
    ['says NaN', () => NaN],
    ['says for ever', () => Infinity],
    ['says -1', () => -1],
  ])('waits calmly when the policy %s', async (_, reconnection) => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    cleanups.push(() => warned.mockRestore());
    const server = await serving();
    const session = sessionTo(server, { reconnection });
    await lastValueFrom(session.connect());
    cut(server);
    await turn(100);
    expect(server.connectionCount).toBe(1);
  });
});

describe('the keyspace', () => {
  it('of a connection that was being made during USE is the new one', async () => {
    const quick = when(cql('USE b')).reply(setKeyspace('b'));
    const slow = when(userQuery).delay(100).reply(voidResult());
    const servers = await servingAll([quick], [slow]);
    const session = sessionTo(servers[0]!, { keyspace: 'a' });
    await lastValueFrom(session.connect());
    await lastValueFrom(session.execute('USE b'));
    await turn(300);
    expect(session.keyspace).toBe('b');
    expect(servers[1]!.queries).toEqual(['USE "a"', 'USE "b"']);
  });

  it('of a prepared statement cannot be changed by an option', async () => {
    const server = await serving(when(opcode('PREPARE')).reply(prepared(ints('a'))));
    const session = sessionTo(server);
    const statement = await lastValueFrom(session.prepare('SELECT ?'));
    expect(await failureOf(session.execute(statement, [1], { keyspace: 'other' }))).toMatchObject({
      name: 'ConfigurationError',
    });
  });
});
