import {
  asapScheduler,
  asyncScheduler,
  concat,
  concatMap,
  delay,
  EMPTY,
  endWith,
  ignoreElements,
  map,
  merge,
  NEVER,
  Observable,
  of,
  type Subscriber,
  takeUntil,
  tap,
  withLatestFrom,
} from 'rxjs';
import { fakeServer } from 'rxcql/testing';
import { Pool, type PoolEvents, type PoolOptions } from '../../src/cluster/pool.js';
import { SessionVersion } from '../../src/wire/session-version.js';
import type { EndOfTurn, Socket } from '../../src/wire/socket.js';
import { wireOf } from '../../src/wire/wire.js';

export interface NodeOptions extends Partial<PoolOptions> {
  /** From when on the node does not answer any more on the socket that is open then. */
  silence?: Observable<unknown>;
}

/**
 * Whether there is a connection to a node that can be used, whenever that changes: `up` or `down`. The node is one in virtual
 * time: it answers within a millisecond, and each attempt to connect takes the next of `sockets`, which says how long it lives,
 * and whether it ends well.
 */
export function states(sockets: readonly Observable<unknown>[], options: NodeOptions = {}): Observable<string> {
  return observe(sockets, options, () => undefined);
}

/** The same, and in between the requests that the driver sends by itself. */
export function traffic(sockets: readonly Observable<unknown>[], options: NodeOptions = {}): Observable<string> {
  return observe(sockets, options, (name, subscriber) => subscriber.next(name));
}

function observe(
  sockets: readonly Observable<unknown>[],
  { silence = NEVER, ...options }: NodeOptions,
  onSent: (name: string, subscriber: Subscriber<string>) => void,
): Observable<string> {
  return new Observable((subscriber) => {
    const left = [...sockets];
    const settings: PoolOptions = {
      startup: {},
      version: new SessionVersion(4),
      connectTimeout: 1_000,
      handshakeTimeout: 1_000,
      heartbeat: { idle: 60_000, timeout: 60_000 },
      wire: wireOf({ endOfTurn, now: () => asyncScheduler.now() }),
      reconnection: () => 4,
      connectionsPerNode: 1,
      keyspace: () => undefined,
      socket: () => socketOf(left.shift()!, silence, (name) => onSent(name, subscriber)),
      ...options,
    };
    const events: PoolEvents = {
      check: (connection) => of(connection),
      onOpened: () => subscriber.next('up'),
      onClosed: (_, error) => {
        // What the driver closes itself is not lost.
        if (error !== undefined) subscriber.next('down');
      },
      onFailed: () => subscriber.next('down'),
    };
    return new Pool(ENDPOINT, settings, events).run().subscribe(subscriber);
  });
}

const ENDPOINT = { host: '10.0.0.1', port: 9042 };

/** What is asked for in one turn leaves together, in virtual time as well. */
const endOfTurn: EndOfTurn = (work) => {
  const scheduled = asapScheduler.schedule(work);
  return () => scheduled.unsubscribe();
};

function socketOf(life: Observable<unknown>, silence: Observable<unknown>, onSent: (name: string) => void): Socket {
  return (outgoing) => {
    const server = fakeServer([], { protocolVersions: [4] });
    const sent = server.requests.pipe(
      tap(({ opcode }) => onSent(opcode)),
      ignoreElements(),
    );
    const isSilent = concat(of(false), silence.pipe(map(() => true)));
    const heard = outgoing.pipe(
      server,
      delay(1),
      withLatestFrom(isSilent),
      concatMap(([bytes, isLost]) => (isLost ? EMPTY : of(bytes))),
    );
    const end = life.pipe(ignoreElements(), endWith(undefined));
    return merge(sent, heard, NEVER).pipe(takeUntil(end));
  };
}
