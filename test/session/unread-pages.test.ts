import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { concatMap, lastValueFrom, type Observable, of, type Subscription } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { createSession, iterateRows, type Page, type UnreadPage } from 'rxcql';
import { when } from 'rxcql/testing';
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { watchedPages } from '../../src/operators/pages.js';
import type { UnreadPages } from '../../src/session/unread-pages.js';
import { Deadlines } from '../../src/wire/deadlines.js';
import { startNode, textRows, userQuery } from '../support/test-node.js';

const CHANNEL = 'rxcql:page:unread';
const CQL = 'SELECT name FROM users';

const told: UnreadPage[] = [];
const tell = (message: unknown): void => void told.push(message as UnreadPage);
let warn: MockInstance<typeof process.emitWarning>;

beforeEach(() => {
  subscribe(CHANNEL, tell);
  warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
});

afterEach(() => {
  unsubscribe(CHANNEL, tell);
  told.length = 0;
  vi.restoreAllMocks();
});

interface World {
  readonly unread: UnreadPages;
  readonly scheduler: TestScheduler;
  /** Pages of the characters of each text. */
  readonly query: (texts: readonly string[], cql?: string) => Observable<Page<string>>;
  readonly at: (time: number, action: () => void) => void;
}

/** Runs until nothing is left to happen, in a process that has not warned yet; returns when that was. */
async function inVirtualTime(test: (world: World) => void): Promise<number> {
  vi.resetModules();
  const module = await import('../../src/session/unread-pages.js');
  const scheduler = new TestScheduler(() => undefined);
  scheduler.maxFrames = Infinity;
  return scheduler.run(() => {
    const atOnce = (work: () => void): (() => void) => {
      work();
      return () => undefined;
    };
    const unread = new module.UnreadPages(new Deadlines(atOnce, scheduler));
    test({
      unread,
      scheduler,
      query: (texts, cql = CQL) =>
        watchedPages<string, number>(
          (state = 0) => of({ rows: texts[state]!, pagingState: state + 1 < texts.length ? state + 1 : undefined }),
          (page, index) => unread.watch(page, index, cql),
        ),
      at: (time, action) => scheduler.schedule(action, time),
    });
    scheduler.flush();
    return scheduler.now();
  });
}

describe('a page that nobody reads', () => {
  it('is told of once, after 30 seconds, and the timer ends', async () => {
    const end = await inVirtualTime(({ query, at }) => {
      query(['ab', 'c']).subscribe();
      at(29_900, () => expect(told).toEqual([]));
      at(30_200, () => expect(told.length).toBe(1));
    });
    expect(told).toEqual([{ cql: CQL, index: 0, rowCount: 2, waited: 30_000, coordinator: '' }]);
    expect(end).toBeLessThan(31_000);
  });

  it('is told of with its place in the query', async () => {
    await inVirtualTime(({ query }) => {
      query(['ab', '', 'cde', 'f']).subscribe((page) => {
        if (page.rowCount === 2) page.skip();
      });
    });
    expect(told).toMatchObject([{ index: 2, rowCount: 3 }]);
  });

  it('warns once in a process, however many there are', async () => {
    await inVirtualTime(({ query, at }) => {
      query(['ab', 'c']).subscribe();
      query(['ab', 'c']).subscribe();
      at(50_000, () => query(['ab', 'c']).subscribe());
    });
    expect(told.length).toBe(3);
    expect(warn).toHaveBeenCalledOnce();
    const [text, options] = warn.mock.calls[0] as unknown as [string, object];
    expect(options).toEqual({ type: 'RxcqlWarning', code: 'RXCQL_UNREAD_PAGE' });
    for (const part of [CQL, '30 s', 'page.skip()', CHANNEL]) expect(text).toContain(part);
  });

  it('shows 500 characters of its statement at most, on one line', async () => {
    await inVirtualTime(({ query }) => {
      query(['ab', 'c'], `SELECT\n  *\u001b[31m FROM users, ${'x'.repeat(1_000)}`).subscribe();
    });
    const { cql } = told[0]!;
    expect(cql.length).toBe(500);
    expect(cql).toMatch(/^SELECT \* \[\? FROM users, x+…$/);
    expect(warn.mock.calls[0]![0]).toContain(cql);
  });

  it('warns where nobody listens to the channel', async () => {
    unsubscribe(CHANNEL, tell);
    await inVirtualTime(({ query }) => query(['ab', 'c']).subscribe());
    expect(warn).toHaveBeenCalledOnce();
  });
});

describe('nothing is told', () => {
  const silent = async (test: (world: World) => void): Promise<number> => {
    const end = await inVirtualTime(test);
    expect(told).toEqual([]);
    expect(warn).not.toHaveBeenCalled();
    return end;
  };

  it('of pages that are read at once, which need no timer either', async () => {
    const end = await silent(({ query, unread }) => {
      const watch = vi.spyOn(unread, 'watch');
      query(['ab', '', 'c'])
        .pipe(concatMap((page) => page))
        .subscribe();
      expect(watch).not.toHaveBeenCalled();
    });
    expect(end).toBe(0);
  });

  it('of the last page, and of an empty one', async () => {
    expect(await silent(({ query }) => query(['ab']).subscribe())).toBe(0);
    expect(await silent(({ query }) => query(['', '', 'a']).subscribe())).toBe(0);
  });

  it('of a query that was left, at once or later', async () => {
    await silent(({ query, at }) => {
      query(['ab', 'c']).subscribe().unsubscribe();
      const later = query(['ab', 'c']).subscribe();
      at(20_000, () => later.unsubscribe());
      const inside: Subscription = query(['ab', 'c']).subscribe(() => queueMicrotask(() => inside.unsubscribe()));
      inside.unsubscribe();
    });
  });

  it('of pages that are read or skipped late, each in its time', async () => {
    const end = await silent(({ query, at }) => {
      const seen: Page<string>[] = [];
      query(['ab', 'cd', 'e']).subscribe((page) => seen.push(page));
      at(25_000, () => seen[0]!.toArray());
      at(50_000, () => seen[1]!.skip());
    });
    expect(end).toBeLessThan(51_000);
  });

  it('of a page that is read slowly, row by row', async () => {
    const rows = 'abc';
    await silent(({ query, at }) => {
      query([rows, 'c']).subscribe((page) => {
        const iterator = page[Symbol.iterator]();
        for (let i = 1; i <= rows.length + 1; i++) at(i * 20_000, () => iterator.next());
      });
    });
  });
});

it('tells of a page whose iterator was left half-way', async () => {
  const end = await inVirtualTime(({ query, at }) => {
    query(['abc', 'd']).subscribe((page) => {
      const iterator = page[Symbol.iterator]();
      at(10_000, () => iterator.next());
      at(40_000, () => iterator.next());
    });
  });
  expect(told.length).toBe(1);
  expect(end).toBeGreaterThan(70_000);
});

it('goes through a session: a page that waits, one that a loop reads slowly, and one after the session was closed', async () => {
  const server = await startNode([when(userQuery).reply(textRows(['a', 'b'], { pagingState: 'more' }))]);
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise((resolve) => setImmediate(resolve));
  };
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  try {
    const session = createSession({ contactPoints: [server.contactPoint], heartbeat: { idle: 1e8, timeout: 1e8 } });
    const pass = async (milliseconds: number): Promise<void> => {
      for (let passed = 0; passed < milliseconds; passed += 100) {
        vi.advanceTimersByTime(100);
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    let pages = 0;
    const waiting = session.query(CQL).subscribe(() => pages++);
    const loop = iterateRows(session.query('SELECT slowly FROM users'));
    await until(() => pages === 1);
    await loop.next();
    await pass(20_000);
    await loop.next();
    await pass(15_000);
    expect(told).toEqual([{ cql: CQL, index: 0, rowCount: 2, waited: 30_000, coordinator: server.contactPoint }]);
    await loop.return!();
    waiting.unsubscribe();

    session.query(CQL).subscribe(() => pages++);
    await until(() => pages === 2);
    let closed = false;
    void lastValueFrom(session.close()).then(() => (closed = true));
    await until(() => closed);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
    await server.close();
  }
});
