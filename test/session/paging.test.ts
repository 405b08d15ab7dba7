import {
  concatMap,
  defer,
  firstValueFrom,
  lastValueFrom,
  map,
  mergeMap,
  type Observable,
  retry,
  take,
  tap,
  timer,
  toArray,
} from 'rxjs';
import {
  constantReconnection,
  type CqlError,
  createSession,
  type Page,
  type Session,
  type SessionOptions,
} from 'rxcql';
import {
  type Condition,
  type CqlRequest,
  type CqlResponse,
  error,
  opcode,
  prepared,
  type Rule,
  times,
  when,
} from 'rxcql/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ints, startNode, type TestNode, textRows, userQuery } from '../support/test-node.js';

// The rules of paging (docs/architecture.md, "The demand rule") that need a session and a network.

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const PAGES = 6;

/** The rows of a page, of which the fourth has none. */
const rowsOf = (page: number): string[] => (page === 3 ? [] : [`${page}a`, `${page}b`]);
const TRUTH = Array.from({ length: PAGES }, (_, page) => rowsOf(page)).flat();

const i32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

/** What answers with page `page`. */
const answer = (page: number): CqlResponse =>
  textRows(rowsOf(page), page < PAGES - 1 ? { pagingState: i32(page + 1) } : {});

/** Which page a request asks for. */
const pageOf = ({ pagingState }: CqlRequest): number => pagingState?.readInt32BE() ?? 0;

/** Queries for one page. */
const forPage = (page: number): Condition => userQuery.and((request) => pageOf(request) === page);

/** Answers queries page by page. */
const paging = when(userQuery).reply((request) => answer(pageOf(request)));

async function sessionTo(rules: readonly Rule[], options: Partial<SessionOptions> = {}) {
  const server = await startNode(rules);
  const session = createSession({
    contactPoints: [server.contactPoint],
    reconnection: constantReconnection({ delay: 1 }),
    ...options,
  });
  cleanups.push(
    () => server.close(),
    () => lastValueFrom(session.close()),
  );
  return { server, session };
}

const asked = (server: TestNode): number => server.queries.filter((text) => text === 'SELECT').length;

const turn = (milliseconds = 20): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

const values = (source: Observable<Page>): Observable<string> =>
  source.pipe(
    concatMap((page) => page),
    map((row) => row['v'] as string),
  );

/** Reads all rows and begins again where a page could not be fetched; says how often it had to. */
async function readResuming(session: Session): Promise<{ read: string[]; failures: CqlError[] }> {
  const read: string[] = [];
  const failures: CqlError[] = [];
  let pagingState: Uint8Array | undefined;
  const query = defer(() => values(session.query('SELECT', [], pagingState === undefined ? {} : { pagingState })));
  await lastValueFrom(
    query.pipe(
      tap((row) => read.push(row)),
      retry({
        delay: (failure: CqlError) => {
          failures.push(failure);
          pagingState = (failure as { pagingState?: Uint8Array }).pagingState ?? pagingState;
          return timer(5);
        },
      }),
    ),
  );
  return { read, failures };
}

describe('a connection that is lost', () => {
  it.each([1, 2, 5])(
    'with page %i in flight: the query errors with where it can go on, and loses nothing',
    async (at) => {
      const { session } = await sessionTo([when(forPage(at).and(times(1))).disconnect(), paging]);
      const { read, failures } = await readResuming(session);
      expect(read).toEqual(TRUTH);
      expect((failures[0] as { pagingState?: Buffer }).pagingState).toEqual(i32(at));
    },
  );

  it.each([1, 5])('in the middle of page %i, as well', async (at) => {
    const { session } = await sessionTo([
      when(forPage(at).and(times(1)))
        .reply(answer(at))
        .truncate(-5)
        .disconnect(),
      paging,
    ]);
    const { read, failures } = await readResuming(session);
    expect(read).toEqual(TRUTH);
    expect((failures[0] as { pagingState?: Buffer }).pagingState).toEqual(i32(at));
  });

  it('between two pages does not end the query, if there is one again when the next page is asked for', async () => {
    const { server, session } = await sessionTo([paging]);
    const read: string[] = [];
    const slowly = session.query('SELECT').pipe(
      concatMap(async (page, index) => {
        if (index === 1) {
          server.server.disconnect();
          await turn(100);
        }
        read.push(...page.toArray().map((row) => row['v'] as string));
      }),
    );
    await lastValueFrom(slowly);
    expect(read).toEqual(TRUTH);
    expect(server.connectionCount).toBeGreaterThan(1);
  });
});

describe('S8 unsubscribing', () => {
  const POINTS: [string, (session: Session) => Promise<unknown>, pages: number][] = [
    [
      'before anything is sent',
      async (session) => {
        session.query('SELECT').subscribe().unsubscribe();
        await turn();
      },
      0,
    ],
    [
      'while the first page is on its way',
      async (session) => {
        const subscription = session.query('SELECT').subscribe(() => expect.fail('It was left.'));
        await Promise.resolve();
        await new Promise((resolve) => setImmediate(resolve));
        subscription.unsubscribe();
        await turn();
      },
      1,
    ],
    [
      'between two pages',
      async (session) => {
        const seen: Page[] = [];
        const subscription = session.query('SELECT').subscribe((page) => seen.push(page));
        await vi.waitFor(() => expect(seen.length).toBe(1));
        subscription.unsubscribe();
        seen[0]!.skip();
        await turn();
        expect(seen.length).toBe(1);
      },
      1,
    ],
    [
      'inside next, having read the page',
      async (session) => {
        const seen: Page[] = [];
        const subscription = session.query('SELECT').subscribe((page) => {
          seen.push(page);
          page.toArray();
          subscription.unsubscribe();
        });
        await vi.waitFor(() => expect(seen.length).toBe(1));
      },
      1,
    ],
    ['in the middle of a page', (session) => lastValueFrom(values(session.query('SELECT')).pipe(take(1))), 1],
    ['with the last row of a page', (session) => lastValueFrom(values(session.query('SELECT')).pipe(take(2))), 1],
    ['in the second page', (session) => lastValueFrom(values(session.query('SELECT')).pipe(take(3))), 2],
  ];

  it.each(POINTS)('%s asks for nothing more, and leaves the connection to others', async (_, leave, pages) => {
    const { server, session } = await sessionTo([paging], { maxRequestsPerConnection: 1 });
    await lastValueFrom(session.connect());
    await leave(session);
    await turn();
    expect(asked(server)).toBe(pages);
    expect(server.connectionCount).toBe(1);
    // The only place on the connection is free again.
    expect(await lastValueFrom(values(session.query('SELECT')).pipe(toArray()))).toEqual(TRUTH);
    expect(server.connectionCount).toBe(1);
  });
});

describe('slow consumers', () => {
  it('are at most one page behind what was fetched for them, and others on the same connection go on', async () => {
    const { server, session } = await sessionTo([paging]);
    const slow = Array.from({ length: 20 }, () =>
      session
        .query('SELECT')
        .pipe(concatMap((page) => page.pipe(concatMap((row) => timer(60_000).pipe(map(() => row)))))),
    ).map((source) => source.subscribe());
    await turn(50);
    const others = await lastValueFrom(
      timer(0).pipe(
        mergeMap(() => Array.from({ length: 500 }, () => session.execute('OTHER'))),
        mergeMap((request) => request, 50),
        toArray(),
      ),
    );
    expect(others.length).toBe(500);
    // One page is worked on, and one waits.
    expect(asked(server)).toBe(40);
    for (const subscription of slow) subscription.unsubscribe();
    await turn();
    expect(asked(server)).toBe(40);
  });
});

describe('S16 the timeout', () => {
  it('is that of a fetch, however slow the consumer is', async () => {
    const { session } = await sessionTo([paging], { timeout: 100 });
    const slowly = session.query('SELECT').pipe(
      take(3),
      concatMap((page) => timer(250).pipe(mergeMap(() => page))),
      toArray(),
    );
    expect((await lastValueFrom(slowly)).length).toBe(6);
  });

  it('ends the query at a fetch that is not answered, with where it can go on', async () => {
    const { session } = await sessionTo([when(forPage(2)).drop(), paging], { timeout: 100 });
    const read: string[] = [];
    const failure = await lastValueFrom(values(session.query('SELECT')).pipe(tap((row) => read.push(row)))).catch(
      (reason: unknown) => reason,
    );
    expect(failure).toMatchObject({ code: 'ERR_RXCQL_REQUEST_TIMEOUT', pagingState: i32(2) });
    expect(read).toEqual(TRUTH.slice(0, 4));
  });
});

describe('S17 what one fetch has to try again', () => {
  it('is not seen in the pages', async () => {
    let executed = 0;
    const { server, session } = await sessionTo([
      when(opcode('PREPARE')).reply(prepared(ints('a'))),
      when(opcode('EXECUTE')).reply(() => {
        executed++;
        // Forgotten before the second page, and again before the third.
        if (executed === 2 || executed === 4) return error('Unprepared');
        return textRows([`row ${executed}`], executed < 5 ? { pagingState: i32(executed) } : {});
      }),
    ]);
    const seen: [string, number][] = [];
    await lastValueFrom(
      session.query('SELECT ?', [1]).pipe(
        tap((page) =>
          seen.push([
            page
              .toArray()
              .map((row) => row['v'] as string)
              .join(),
            page.attempts,
          ]),
        ),
      ),
    );
    expect(seen).toEqual([
      ['row 1', 1],
      ['row 3', 2],
      ['row 5', 2],
    ]);
    expect(server.requests.filter((request) => request.opcode === 'PREPARE').length).toBe(3);
  });
});

describe('S15 pages without rows', () => {
  const EMPTY = 20_000;
  const empty = when(userQuery).reply((request): CqlResponse => {
    const page = pageOf(request);
    return page < EMPTY ? textRows([], { pagingState: i32(page + 1) }) : textRows(['at last']);
  });

  it('are gone through, thousands of them, up to the row behind', { timeout: 30_000 }, async () => {
    const { session } = await sessionTo([empty]);
    expect(await lastValueFrom(values(session.query('SELECT')).pipe(toArray()))).toEqual(['at last']);
  });

  it('can be left on the way', async () => {
    const { server, session } = await sessionTo([empty]);
    await firstValueFrom(session.query('SELECT').pipe(take(100), toArray()));
    await turn();
    expect(asked(server)).toBe(100);
  });
});
