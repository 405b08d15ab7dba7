import fc from 'fast-check';
import { asyncScheduler, concatMap, tap } from 'rxjs';
import { constantSpeculation, type Session } from 'rxcql';
import { type CqlRequest, error, fakeServer, marbles, rows, type Rule, sessionOf, when } from 'rxcql/testing';
import { describe, expect, it } from 'vitest';

// Clusters that do anything at any time, in virtual time, and what holds all the same.

const HOSTS = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];
const TIMEOUT = 400;

/** What a node does with one request after another; what it does last, it does with all others. */
const REACTIONS = {
  answer: (rule: Rule) => rule.delay(3).reply(answer),
  slow: (rule: Rule) => rule.delay(250).reply(answer),
  late: (rule: Rule) => rule.delay(700).reply(answer),
  silent: (rule: Rule) => rule.drop(),
  gone: (rule: Rule) => rule.halfOpen(),
  reset: (rule: Rule) => rule.delay(2).disconnect('reset'),
  overloaded: (rule: Rule) => rule.delay(1).reply(error('Overloaded')),
  failing: (rule: Rule) => rule.delay(1).reply(error('ServerError')),
  refusing: (rule: Rule) => rule.delay(1).reply(error('Unavailable')),
  forgetful: (rule: Rule) => rule.delay(1).reply(error('Unprepared')),
  failed: (rule: Rule) => rule.delay(1).reply(error('WriteTimeout')),
};

/** A row with the statement, on two pages if that says so. */
function answer({ cql, pagingState }: CqlRequest) {
  const isFirst = cql!.includes('pages') && pagingState === undefined;
  return rows({ cql: 'text' }, [[cql!]], isFirst ? { pagingState: 'more' } : {});
}

const someTime = fc.nat(1_500);
const scenarios = fc.record({
  reactions: fc.array(fc.constantFrom(...Object.values(REACTIONS)), { minLength: 1, maxLength: 12 }),
  outages: fc.array(fc.record({ at: someTime, host: fc.constantFrom(...HOSTS), lasts: fc.nat(800) }), { maxLength: 4 }),
  requests: fc.array(
    fc.record({
      at: someTime,
      kind: fc.constantFrom('read', 'write', 'prepared', 'pages'),
      leftAfter: fc.option(fc.nat(300), { nil: Infinity, freq: 4 }),
    }),
    { minLength: 1, maxLength: 12 },
  ),
  closedAt: fc.integer({ min: 0, max: 2_500 }),
  protocolVersion: fc.constantFrom(4, 5),
  connectionsPerNode: fc.integer({ min: 1, max: 2 }),
  maxRequestsPerConnection: fc.integer({ min: 1, max: 4 }),
  speculation: fc.constantFrom(undefined, constantSpeculation({ delay: 20 })),
});

type Scenario = typeof scenarios extends fc.Arbitrary<infer T> ? T : never;
type Request = Scenario['requests'][number] & { readonly text: string };

/** Plays a scenario. Returns what was wrong. */
function play({ reactions, outages, requests, closedAt, speculation, ...options }: Scenario): string[] {
  const wrong: string[] = [];
  const [first, ...others] = reactions as [(typeof reactions)[number], ...typeof reactions];
  const asked = first(when(({ cql }) => cql !== undefined && !cql.includes('system')));
  const rule = others.reduce((all, next) => next(all.afterwards()), asked);
  const server = fakeServer([rule], { nodes: HOSTS.map((host) => ({ host })) });
  const texts = requests.map((request, i): Request => ({
    ...request,
    text: `${word(request.kind)} ${request.kind} ${i}`,
  }));
  const seen = { isClosed: false, over: 0 };
  const test = (): void => {
    const session = sessionOf(server, {
      ...options,
      ...(speculation && { speculation }),
      timeout: TIMEOUT,
      maxQueue: 3,
      heartbeat: { idle: 300, timeout: 150 },
      schemaMetadata: false,
    });
    server.attempts.subscribe(() => seen.isClosed && wrong.push('connected to after close()'));
    for (const { at, host, lasts } of outages) {
      later(at, () => server.stop(host));
      later(at + lasts, () => server.start(host));
    }
    for (const request of texts) later(request.at, () => ask(session, request, wrong, () => seen.over++));
    later(closedAt, () =>
      session.close().subscribe({
        complete: () => {
          seen.isClosed = true;
          if (server.connections > 0) wrong.push(`${server.connections} connections after close()`);
        },
      }),
    );
  };
  marbles(test, { maxTime: 20_000 });
  if (!seen.isClosed) wrong.push('close() never ended');
  if (seen.over < requests.length) wrong.push(`${requests.length - seen.over} requests never ended`);
  if (!reactions.some((reaction) => NOT_EXECUTED.includes(reaction))) wrong.push(...writtenTwice(server, texts));
  return wrong;
}

/** After which a write may be sent again. */
const NOT_EXECUTED: readonly unknown[] = [REACTIONS.refusing, REACTIONS.forgetful];

const word = (kind: string): string => (kind === 'write' ? 'INSERT' : 'SELECT');

const later = (at: number, work: () => void): void => void asyncScheduler.schedule(work, at);

/** Sends a request and watches what becomes of it. */
function ask(session: Session, { text, kind, at, leftAfter }: Request, wrong: string[], onOver: () => void): void {
  let isOver = false;
  const complain = (what: string): void => void wrong.push(`${text}: ${what}`);
  const end = (): void => {
    const took = asyncScheduler.now() - at;
    const limit = (TIMEOUT + 100) * (kind === 'pages' ? 2 : 1);
    if (isOver) complain('ended twice, or after it was left');
    if (took > limit) complain(`took ${took} ms`);
    isOver = true;
    onOver();
  };
  const pages = kind === 'pages' ? session.query(text) : session.execute(text, [], { prepare: kind === 'prepared' });
  const reading = pages
    .pipe(
      concatMap((page) => page),
      tap(({ cql }) => {
        if (cql !== text) complain(`got the answer to ${String(cql)}`);
        if (isOver) complain('went on after it had ended');
      }),
    )
    .subscribe({ error: end, complete: end });
  if (leftAfter === Infinity) return;
  later(leftAfter, () => {
    reading.unsubscribe();
    if (isOver) return;
    isOver = true;
    onOver();
  });
}

function writtenTwice({ requests }: ReturnType<typeof fakeServer>, asked: readonly Request[]): string[] {
  const sent: (string | undefined)[] = [];
  requests.subscribe(({ cql }) => sent.push(cql));
  return asked.flatMap(({ kind, text }) => {
    const times = sent.filter((cql) => cql === text).length;
    return kind === 'write' && times > 1 ? [`${text}: was sent ${times} times`] : [];
  });
}

describe('whatever a cluster does', () => {
  it(
    'a request ends once, in time and with its own answer, a write is sent once, and close() closes',
    { timeout: 60_000 },
    () => {
      fc.assert(
        fc.property(scenarios, (scenario) => {
          expect(play(scenario)).toEqual([]);
        }),
        { numRuns: 100 },
      );
    },
  );
});
