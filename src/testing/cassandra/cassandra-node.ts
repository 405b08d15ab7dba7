import type { Observable } from 'rxjs';

/** How the process of a node has ended: one of `exitCode` and `signal` is set. */
export interface NodeExit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Whether it was asked to: by `kill()`, by `stop()`, or since the cluster is stopped. */
  readonly isWanted: boolean;
}

/**
 * A node of a cluster of {@link startCassandra}: a process of its own, which can be stopped, killed, paused and started
 * again. Its methods return cold Observables: nothing happens until they are subscribed to, and each subscription does it
 * again. Unsubscribing from one ends the waiting, not what has been set going.
 *
 * @example
 * ```ts
 * // Does a query survive the loss of a node, and does the node come back?
 * concat(cluster.nodes[1].kill(), session.execute(query), cluster.nodes[1].start()).subscribe();
 * ```
 */
export interface CassandraNode {
  /** Where it answers CQL, as `host:port`. */
  readonly address: string;
  readonly datacenter: string;
  readonly rack: string;
  /**
   * The lines of its log: the last 1000, then those to come, over all its starts. Completes when the cluster is stopped and
   * the node's process has gone.
   */
  readonly logs: Observable<string>;
  /** Emits whenever its process has ended, wanted or not; it can be started again. Hot. Completes as `logs` does. */
  readonly exits: Observable<NodeExit>;
  /**
   * Ends its process with SIGKILL, paused or not. Completes when it is gone; at once if it does not run. What the node had
   * acknowledged is there again after the next `start()`: it syncs its commit log before it answers a write (`yaml` can
   * change that).
   */
  kill(): Observable<void>;
  /**
   * Stops its process where it is, with SIGSTOP: its connections stay open, and nobody answers. Completes at once. Errors
   * with a {@link NodeStateError} if it does not run.
   */
  pause(): Observable<void>;
  /** Lets a paused node go on, with SIGCONT. Completes at once. Errors with a {@link NodeStateError} if it does not run. */
  resume(): Observable<void>;
  /**
   * Takes it down in an orderly way: `nodetool drain`, then SIGTERM; SIGKILL if either takes more than 30 seconds. A paused
   * node is resumed for that. Completes when it is gone; at once if it does not run.
   */
  stop(): Observable<void>;
  /**
   * Starts it, with the data that it had. Completes when it answers CQL, which for a node that already runs is soon. Errors
   * with a {@link CassandraStartError} if it ends or does not answer within `startTimeout`, with a {@link NodeStateError}
   * if it is paused or the cluster is stopped.
   */
  start(): Observable<void>;
  /**
   * Runs `nodetool` against it. Emits what it wrote to standard output, once, and completes. Errors with a
   * {@link NodetoolError} if it fails. A paused node does not answer: unsubscribing ends the wait.
   *
   * @example
   * ```ts
   * node.nodetool('disablebinary').subscribe();
   * node.nodetool('status').subscribe(console.log);
   * ```
   */
  nodetool(...args: readonly string[]): Observable<string>;
}
