import { concatMap, delay, filter, map, mergeMap, type Observable, of, switchMap } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { ConfigurationError, type Page, type Session, type SessionOptions } from 'rxcql';
import {
  cql,
  type CqlRequest,
  error,
  event,
  fakeServer,
  type FakeServer,
  marbles,
  node,
  opcode,
  page,
  rows,
  sessionOf,
  times,
  voidResult,
  when,
} from 'rxcql/testing';
import { describe, expect, it } from 'vitest';

// A whole session in virtual time: a character is a millisecond, and what the server does not delay takes none.

const SELECT = 'SELECT name FROM users';
const users = (...names: readonly string[]) =>
  rows(
    { name: 'text' },
    names.map((name) => [name]),
  );
const ada = page([{ name: 'Ada' }]);
const nodes = (count: number) => ({
  nodes: Array.from({ length: count }, (_, i) => ({ host: `10.0.0.${i + 1}` })),
});

/** Which node has answered. */
const coordinator = (asked: Observable<Page>): Observable<string> =>
  asked.pipe(map((answer) => /(\d):9042$/.exec(answer.coordinator)![1]!));

/** What a server is asked, but for what the driver asks by itself. */
const asked = (server: FakeServer): CqlRequest[] => {
  const seen: CqlRequest[] = [];
  server.requests.subscribe((request) => {
    if (request.cql !== undefined && !request.cql.includes('system')) seen.push(request);
  });
  return seen;
};

describe('a session of a fake server', () => {
  it('takes as long as its server does', () => {
    marbles(({ expectObservable }) => {
      const server = fakeServer([when(cql(SELECT)).delay(20).reply(users('Ada')), when(opcode('STARTUP')).delay(3)]);
      // One connection to watch the cluster, and then one for requests.
      expectObservable(sessionOf(server).execute(SELECT)).toBe('26ms (a|)', { a: ada });
    });
  });

  it('prepares statements, and fetches pages as they are read', () => {
    const pages = when(cql(SELECT).and(opcode('EXECUTE')));
    const second = ({ pagingState }: CqlRequest) => pagingState !== undefined;
    const server = fakeServer([
      when(opcode('EXECUTE').and(second)).delay(5).reply(users('Bob')),
      pages.reply(rows({ name: 'text' }, [['Ada']], { pagingState: 'more' })),
    ]);
    marbles(({ expectObservable }) => {
      const slowly = sessionOf(server)
        .query(SELECT, [], { prepare: true })
        .pipe(concatMap((read) => read.pipe(concatMap(({ name }) => of(name).pipe(delay(10))))));
      expectObservable(slowly).toBe('10ms a---------(b|)', { a: 'Ada', b: 'Bob' });
    });
  });

  it('gives up in time: no answer, no sign of life', () => {
    marbles(({ expectObservable }) => {
      const silent = sessionOf(fakeServer([when(cql(SELECT)).drop()]), { timeout: 500 });
      expectObservable(silent.execute(SELECT)).toBe('550ms #', {}, { code: 'ERR_RXCQL_REQUEST_TIMEOUT' });

      const isGone = when(cql(SELECT)).halfOpen();
      const dead = sessionOf(fakeServer([isGone]), { heartbeat: { idle: 2_000, timeout: 1_000 } });
      expectObservable(dead.execute(SELECT, [], { idempotent: false })).toBe(
        '3050ms #',
        {},
        { code: 'ERR_RXCQL_HEARTBEAT_TIMEOUT' },
      );
    });
  });

  it('hears events, and closes', () => {
    const server = fakeServer([when(cql(SELECT)).delay(20).reply(users('Ada'))]);
    marbles(({ hot, expectObservable }) => {
      const session = sessionOf(server);
      hot('-e').subscribe(() => server.push(event.schema({ change: 'CREATED', target: 'KEYSPACE', keyspace: 'shop' })));
      expectObservable(session.events.pipe(map(({ type }) => type[0]))).toBe('cs------------------(c|)');
      expectObservable(session.execute(SELECT)).toBe('20ms (a|)', { a: ada });
      expectObservable(hot('-----c').pipe(switchMap(() => session.close()))).toBe('20ms v', { v: undefined });
    });
    expect(server.connections).toBe(0);
  });

  it('ends a test without a limit, when it is closed', () => {
    new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(({ expectObservable }) => {
      const session = sessionOf(fakeServer());
      expectObservable(session.connect().pipe(switchMap(() => session.close()))).toBe('(c|)', {
        c: undefined as never,
      });
    });
  });

  it('refuses options as any session does', () => {
    const options = { contactPoint: ['10.0.0.1'] } as Partial<SessionOptions>;
    expect(() => sessionOf(fakeServer(), options)).toThrow(ConfigurationError);
  });

  it('finds nobody where its server has no node', () => {
    marbles(({ expectObservable }) => {
      const elsewhere = sessionOf(fakeServer(), { contactPoints: ['10.9.9.9'] });
      const message =
        'No node of the cluster could be reached:\n  Cannot connect to 10.9.9.9:9042: connect ECONNREFUSED.';
      expectObservable(elsewhere.connect()).toBe('#', {}, { message });
    });
  });
});

describe('what would be different each time is the same', () => {
  const sessionWith = (rules: Parameters<typeof fakeServer>[0], options?: Partial<SessionOptions>): Session =>
    sessionOf(fakeServer(rules, nodes(3)), options);

  it('which node is asked', () => {
    marbles(({ hot, expectObservable }) => {
      const session = sessionWith([when(cql('b').and(node('10.0.0.1'))).reply(error('IsBootstrapping'))]);
      const found = hot('-a-b-a').pipe(mergeMap((text) => coordinator(session.execute(text))));
      expectObservable(found, '^------!').toBe('-1-2-1');
    });
  });

  it('how long an overloaded cluster is left alone', () => {
    marbles(({ expectObservable }) => {
      const overloaded = sessionWith([when(cql(SELECT).and(times(2))).reply(error('Overloaded'))]);
      expectObservable(coordinator(overloaded.execute(SELECT))).toBe('550ms (3|)');
    });
  });

  it('when a lost connection is made again', () => {
    marbles(({ hot, expectObservable }) => {
      const server = fakeServer([], nodes(2));
      sessionOf(server).connect().subscribe();
      hot('-d').subscribe(() => server.stop('10.0.0.2'));
      expectObservable(attemptsAt('10.0.0.2', server), '^ 2s !').toBe('a 125ms a 249ms a 499ms a 999ms a');
    });
  });

  it('timestamps, which begin with the test', () => {
    const server = fakeServer();
    const seen = asked(server);
    marbles(({ hot }) => {
      const session = sessionOf(server);
      hot('ab-c')
        .pipe(mergeMap((name) => session.execute(`INSERT ${name}`)))
        .subscribe();
    });
    expect(seen.map(({ timestamp }) => timestamp)).toEqual([1n, 1_000n, 3_000n]);
  });

  it('unless an option says otherwise', () => {
    const server = fakeServer([when(cql(/INSERT/)).reply(voidResult())], nodes(2));
    const seen = asked(server);
    const options: Partial<SessionOptions> = {
      loadBalancing: ({ topology }) => [...topology.nodes].reverse(),
      reconnection: () => 10,
      timestamps: () => 7n,
    };
    marbles(
      ({ hot, expectObservable }) => {
        expectObservable(coordinator(sessionOf(server, options).execute('INSERT'))).toBe('(2|)');
        hot('-d').subscribe(() => server.stop('10.0.0.2'));
        expectObservable(attemptsAt('10.0.0.2', server), '^ 32ms !').toBe('a 10ms a---------a---------a');
      },
      { maxTime: 100 },
    );
    expect(seen.map(({ timestamp }) => timestamp)).toEqual([7n]);
  });

  const attemptsAt = (host: string, { attempts }: FakeServer): Observable<string> =>
    attempts.pipe(
      filter((address) => address === `${host}:9042`),
      map(() => 'a'),
    );
});
