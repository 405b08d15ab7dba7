import { catchError, defer, forkJoin, ignoreElements, map, type Observable, of, concat } from 'rxjs';
import { Opcode } from '../codec/envelope.js';
import type { Member } from '../cluster/members.js';
import type { Node } from '../cluster/node.js';
import { ConnectionError, SessionClosedError } from '../errors.js';
import type { Request } from '../wire/driver-request.js';
import type { SessionContext } from './context.js';

/** Whether a session can be used. */
export interface Health {
  /** Whether a node has answered. */
  readonly ok: boolean;
  /** Those that requests are sent to. Empty if the session could not connect. */
  readonly nodes: readonly NodeHealth[];
  /** Why the session could not connect. */
  readonly error?: Error;
}

export interface NodeHealth {
  readonly node: Node;
  readonly ok: boolean;
  /** How long its answer took, in milliseconds. */
  readonly latency?: number;
  /** Why there was none. */
  readonly error?: Error;
}

/** How long a node may take, in milliseconds. */
const TIMEOUT = 5_000;

const OPTIONS: Request = { opcode: Opcode.OPTIONS, write: () => undefined };

/** Asks every node for a sign of life over a connection that there is. */
export function healthOf(context: SessionContext): Observable<Health> {
  return defer(() => {
    context.refuseIfClosed();
    return concat(
      context.open.pipe(ignoreElements()),
      defer(() => {
        const asked = [...context.cluster.members].filter(({ pool }) => pool !== undefined);
        return asked.length === 0 ? of([]) : forkJoin(asked.map((member) => nodeHealth(member, context.wire.now)));
      }).pipe(map((nodes): Health => ({ ok: nodes.some(({ ok }) => ok), nodes }))),
    );
  }).pipe(
    catchError((error: Error) => {
      if (error instanceof SessionClosedError) throw error;
      return of({ ok: false, nodes: [], error });
    }),
  );
}

function nodeHealth({ node, pool }: Member, now: () => number): Observable<NodeHealth> {
  return defer(() => {
    const since = now();
    const connection = pool?.connections.find(({ isOpen }) => isOpen);
    if (connection === undefined) {
      const { address } = node;
      return of({
        node,
        ok: false,
        error: pool?.error ?? new ConnectionError(address, `${address} is not connected to.`),
      });
    }
    return connection.send(OPTIONS, { timeout: TIMEOUT }).pipe(
      map(() => ({ node, ok: true, latency: now() - since })),
      catchError((error: Error) => of({ node, ok: false, error })),
    );
  });
}
