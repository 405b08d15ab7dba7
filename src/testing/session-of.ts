import { asapScheduler, asyncScheduler } from 'rxjs';
import { MonotonicClock } from '../cluster/policies/timestamps.js';
import { type Session, sessionIn } from '../session/session.js';
import type { SessionOptions } from '../session/session-options.js';
import type { Environment } from '../wire/environment.js';
import type { FakeServer } from './server/fake-server.js';
import { nameOf } from './server/server-node.js';

/** What would be any number from 0 to 1. */
const CHANCE = 0.5;

/**
 * A session whose nodes are those of a {@link fakeServer}: everything that it does, from its handshakes to its timeouts, takes place
 * in RxJS's time, and so within {@link marbles} in virtual time. It connects with the first request, as one of `createSession()`,
 * whose options it takes, and what the server does not delay takes no time at all.
 *
 * What would be different each time is the same here, so that a diagram can tell it. Nodes are asked in the order in which the server
 * has them. Of times that are chosen at random the middle is taken: an `Overloaded` request goes on after 275 ms, a lost connection
 * is made again after 125 ms, 250 ms and so on. Timestamps begin with the time of the schedulers. The options `loadBalancing`,
 * `reconnection` and `timestamps` say something else.
 *
 * A session has timers for as long as it is open, and a `TestScheduler` without a limit waits for all of them: `marbles()` has one.
 *
 * @param options Default for `contactPoints`: the first node of the server.
 * @throws ConfigurationError for an option that is unknown or wrong.
 *
 * @example
 * ```ts
 * marbles(({ expectObservable }) => {
 *   const server = fakeServer([when(cql('SELECT name FROM users')).delay(20).reply(rows({ name: 'text' }, [['Ada']]))]);
 *   const page = sessionOf(server).execute('SELECT name FROM users', [], { timeout: 100 });
 *
 *   expectObservable(page.pipe(map((users) => users.rowCount))).toBe('20ms (a|)', { a: 1 });
 * });
 * ```
 */
export function sessionOf(server: FakeServer, options: Partial<SessionOptions> = {}): Session {
  const { contactPoint, contactPoints } = server;
  const place = ({ address }: { readonly address: string }): number => contactPoints.indexOf(address);
  const clock = new MonotonicClock(asyncScheduler, () => undefined);
  return sessionIn(environmentOf(server), {
    contactPoints: [contactPoint],
    loadBalancing: ({ topology }) =>
      topology.nodes.filter(({ isUp }) => isUp).sort((one, other) => place(one) - place(other)),
    reconnection: (attempt) => CHANCE * Math.min(30_000, 250 * 2 ** attempt),
    timestamps: () => clock.next(),
    ...options,
  });
}

function environmentOf(server: FakeServer): Environment {
  return {
    socket: (endpoint) => server.at(nameOf(endpoint)),
    endOfTurn: (work) => {
      const scheduled = asapScheduler.schedule(work);
      return () => scheduled.unsubscribe();
    },
    now: () => asyncScheduler.now(),
    random: () => CHANCE,
  };
}
