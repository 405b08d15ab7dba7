import { catchError, defer, EMPTY, from, ignoreElements, mergeMap, type Observable, timer } from 'rxjs';
import type { Node } from '../cluster/node.js';
import type { Connection } from '../wire/connection.js';
import type { PreparedStatement } from './prepared.js';

/** How many statements a node is asked to prepare at a time. */
const CONCURRENCY = 10;

/** Other clients have just connected to it as well: all begin within this time, in milliseconds. */
const SPREAD = 1_000;

export interface PrepareOnUpOptions {
  readonly statements: Iterable<PreparedStatement>;
  readonly connectionTo: (node: Node) => Connection | undefined;
  readonly prepare: (connection: Connection, statement: PreparedStatement) => Observable<unknown>;
  /** From 0 to 1. */
  readonly random: () => number;
}

/**
 * Has each node that is back prepare what the session has prepared, before requests find that it has forgotten: these would have to be
 * sent twice. Never emits, and never errors: what cannot be prepared now is prepared when it is executed.
 *
 * @param nodes The nodes that are back.
 */
export function prepareOnUp(nodes: Observable<Node>, options: PrepareOnUpOptions): Observable<never> {
  const { statements, connectionTo, prepare, random } = options;
  return nodes.pipe(
    mergeMap((node) =>
      timer(random() * SPREAD).pipe(
        mergeMap(() => from(statements)),
        mergeMap(
          (statement) =>
            defer(() => {
              const connection = connectionTo(node);
              return connection === undefined ? EMPTY : prepare(connection, statement);
            }).pipe(catchError(() => EMPTY)),
          CONCURRENCY,
        ),
      ),
    ),
    ignoreElements(),
  );
}
