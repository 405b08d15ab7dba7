import type { Observable, Subscription } from 'rxjs';
import type { Page, Session } from 'rxcql';
import { cql, opcode, when } from 'rxcql/testing';
import { describe, expect } from 'vitest';
import { scenario, type World } from './oracles.js';
import { pause, until } from './waiting.js';
import { PAGED, pageOf, pageRows, readToTheEnd, TRUTH } from './paged.js';
import { echo, READ } from './tokens.js';

/** How long the server takes for everything, in milliseconds. */
const SLOW = 30;

/** Leaves at one point; counts what is emitted afterwards. */
interface Point {
  readonly name: string;
  /** How many requests the server is asked. */
  readonly asked: number;
  readonly leave: (source: Observable<Page>, seen: Page[]) => Promise<unknown>;
}

const subscribed = (source: Observable<Page>, seen: Page[], onPage?: () => void): Subscription =>
  source.subscribe((page) => {
    seen.push(page);
    onPage?.();
  });

const EVERYWHERE: readonly Point[] = [
  {
    name: 'in the turn in which it was asked for',
    asked: 0,
    leave: (source, seen) => {
      subscribed(source, seen).unsubscribe();
      return Promise.resolve();
    },
  },
  {
    name: 'in flight',
    asked: 1,
    leave: async (source, seen) => {
      const subscription = subscribed(source, seen);
      await pause(SLOW / 3);
      subscription.unsubscribe();
    },
  },
  {
    name: 'inside next',
    asked: 1,
    leave: (source, seen) =>
      new Promise<void>((resolve) => {
        const subscription = subscribed(source, seen, () => {
          subscription.unsubscribe();
          // What is read by somebody who has left asks for nothing.
          seen[0]!.skip();
          resolve();
        });
      }),
  },
];

const PAGED_ONLY: readonly Point[] = [
  {
    name: 'between two pages',
    asked: 1,
    leave: async (source, seen) => {
      const subscription = subscribed(source, seen);
      await until(() => seen.length === 1);
      subscription.unsubscribe();
      seen[0]!.skip();
    },
  },
  {
    name: 'with the second page in flight',
    asked: 2,
    leave: async (source, seen) => {
      const subscription = subscribed(source, seen, () => seen[0]!.skip());
      await until(() => seen.length === 1);
      await pause(SLOW / 3);
      subscription.unsubscribe();
    },
  },
];

describe.each([4, 5] as const)('a request that is left, in v%i', (protocolVersion) => {
  async function prepare(world: World): Promise<{ session: Session; asked: () => number }> {
    const server = await world.server([
      when(cql(PAGED))
        .delay(SLOW)
        .reply((request) => pageRows(pageOf(request))),
      when(opcode('EXECUTE').and(cql(READ)))
        .delay(SLOW)
        .reply(echo),
    ]);
    const session = await world.session(server, { protocolVersion, maxRequestsPerConnection: 1 });
    await world.read(session).ended;
    let asked = 0;
    server.requests.subscribe((request) => {
      if (request.cql === PAGED) asked++;
    });
    return { session, asked: () => asked };
  }
  const orphaned = (world: World): number => [...world.connections].reduce((sum, one) => sum + one.orphaned, 0);
  const inFlight = (world: World): number => [...world.connections].reduce((sum, one) => sum + one.inFlight, 0);

  for (const method of ['query', 'execute'] as const) {
    for (const { name, asked: expected, leave } of method === 'query' ? [...EVERYWHERE, ...PAGED_ONLY] : EVERYWHERE) {
      scenario(`R33 ${method}() ${name}: nothing comes any more, and its place is free`, {}, async (world) => {
        const { session, asked } = await prepare(world);
        const seen: Page[] = [];
        await leave(session[method](PAGED), seen);
        const pages = seen.length;
        // The only place on the connection is free at once, though the stream id may not be.
        expect(inFlight(world)).toBe(0);
        expect((await world.read(session).ended).error).toBeUndefined();
        await until(() => orphaned(world) === 0);
        expect(seen.length).toBe(pages);
        expect(asked()).toBe(expected);
        expect(await readToTheEnd(session.query(PAGED))).toEqual({ read: TRUTH, error: undefined });
      });
    }
  }

  scenario('R33 while it waits for a place: it is never sent, and those behind it move up', {}, async (world) => {
    const { session, asked } = await prepare(world);
    const first = world.read(session);
    const seen: Page[] = [];
    const waiting = subscribed(session.query(PAGED), seen);
    const second = world.read(session);
    waiting.unsubscribe();
    expect((await first.ended).error).toBeUndefined();
    expect((await second.ended).error).toBeUndefined();
    await pause(SLOW);
    expect(seen.length).toBe(0);
    expect(asked()).toBe(0);
    await world.recovers(() => world.read(session));
  });
});
