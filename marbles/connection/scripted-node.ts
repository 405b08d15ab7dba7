import {
  asapScheduler,
  concat,
  concatMap,
  delay,
  EMPTY,
  endWith,
  from,
  ignoreElements,
  map,
  merge,
  mergeMap,
  NEVER,
  Observable,
  of,
  type Subscriber,
  takeUntil,
  withLatestFrom,
} from 'rxjs';
import { Pool, type PoolEvents, type PoolOptions } from '../../src/cluster/pool.js';
import { Opcode } from '../../src/codec/envelope.js';
import { Writer } from '../../src/codec/writer.js';
import { Deadlines } from '../../src/wire/deadlines.js';
import { SessionVersion } from '../../src/wire/session-version.js';
import type { EndOfTurn, Socket } from '../../src/wire/socket.js';
import { envelope, supported } from '../../test/support/cql-server.js';

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
      wire: { writer: new Writer(), deadlines: new Deadlines(endOfTurn), endOfTurn },
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

const NAMES = new Map<number, string>(Object.entries(Opcode).map(([name, opcode]) => [opcode, name]));

/** What is asked for in one turn leaves together, in virtual time as well. */
const endOfTurn: EndOfTurn = (work) => {
  const scheduled = asapScheduler.schedule(work);
  return () => scheduled.unsubscribe();
};

function socketOf(life: Observable<unknown>, silence: Observable<unknown>, onSent: (name: string) => void): Socket {
  return (outgoing) => {
    const answers = outgoing.pipe(
      mergeMap((bytes) => from(requestsIn(Buffer.from(bytes)))),
      map(({ streamId, opcode }) => {
        onSent(NAMES.get(opcode)!);
        return opcode === Opcode.OPTIONS
          ? envelope(4, streamId, Opcode.SUPPORTED, supported())
          : envelope(4, streamId, Opcode.READY, Buffer.alloc(0));
      }),
      delay(1),
    );
    const isSilent = concat(of(false), silence.pipe(map(() => true)));
    const heard = answers.pipe(
      withLatestFrom(isSilent),
      concatMap(([bytes, isLost]) => (isLost ? EMPTY : of(bytes))),
    );
    const end = life.pipe(ignoreElements(), endWith(undefined));
    return merge(heard, NEVER).pipe(takeUntil(end));
  };
}

function requestsIn(bytes: Buffer): { streamId: number; opcode: number }[] {
  const requests: { streamId: number; opcode: number }[] = [];
  for (let at = 0; at < bytes.length; at += 9 + bytes.readInt32BE(at + 5)) {
    requests.push({ streamId: bytes.readInt16BE(at + 2), opcode: bytes[at + 4]! });
  }
  return requests;
}
