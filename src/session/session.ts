import type { Observable } from 'rxjs';
import type { ClusterEvent } from '../cluster/cluster-event.js';
import type { Topology } from '../cluster/node.js';
import type { Page, Row } from '../operators/page.js';
import type { BatchItem } from './batch-items.js';
import type { BatchOptions } from './batch-options.js';
import type { Params } from './bind.js';
import type { Health } from './health.js';
import type { Metadata } from './metadata.js';
import type { Metrics } from './metrics.js';
import type { Prepared } from './prepared.js';
import type { QueryOptions } from './request-options.js';
import type { Statement } from './statement-job.js';

/**
 * A connection to a cluster, for any number of concurrent requests. Its methods return cold Observables: nothing is sent
 * before they are subscribed to, everything is sent again when they are again, and unsubscribing leaves the request.
 */
export interface Session extends AsyncDisposable {
  /**
   * Connects. Emits the session when a first node is ready, and completes; one attempt is shared by all who ask at a time,
   * and a failed one is not kept. Requests do it by themselves.
   *
   * Errors with a `NoHostAvailableError`, or with the cause itself where it is the same everywhere: `AuthenticationError`,
   * `ConfigurationError`, the `ResponseError` for an unknown keyspace.
   */
  connect(): Observable<Session>;

  /**
   * All pages of a result, the next one fetched when the one before has been *delivered* (see {@link Page}): a consumer that
   * reads slowly is sent no more than one page ahead. Completes with the last page.
   *
   * A page that nobody reads stops the query. After 30 seconds one message says so on the channel `rxcql:page:unread` of
   * `node:diagnostics_channel` (see {@link UnreadPage}), and for the first such page a warning of the process.
   *
   * Errors with what made a fetch fail; `error.pagingState` says where to resume: `query(…, { pagingState })`.
   *
   * @example
   * ```ts
   * session.query('SELECT id, name FROM users').pipe(
   *   concatMap((page) => page),
   * ).subscribe((row) => console.log(row.name));
   * ```
   */
  query<R = Row>(statement: Statement, params?: Params, options?: QueryOptions): Observable<Page<R>>;

  /**
   * One request: emits exactly one page, the first of the result, and completes.
   *
   * With parameters a statement is prepared, once for the session; `undefined` leaves a column as it is and `null` deletes
   * it. Errors with a `BindError` for a value that does not fit, before anything is sent; a `ResponseError` if the server
   * answers one; a `RequestTimeoutError`, `ConnectionError` or `NoHostAvailableError` if none does.
   *
   * @example
   * ```ts
   * session.execute('INSERT INTO users (id, name) VALUES (?, ?)', [id, 'Ada']).subscribe();
   * ```
   */
  execute<R = Row>(statement: Statement, params?: Params, options?: QueryOptions): Observable<Page<R>>;

  /**
   * Several statements that change data, in one request: all of them are executed in the end, or none (see the option `type`).
   * Emits exactly one page and completes; of a batch with conditions, `page.wasApplied` says whether they were met, and the
   * rows are those that were in the way.
   *
   * Statements with values are prepared, as in {@link execute}. The batch goes to a replica of its first statement whose partition
   * is known. It is taken to be idempotent only if that is said. A batch without statements is sent like any other; servers take it.
   * An iterable that can be read only once, as a generator, is read by the first subscription and kept for others.
   *
   * Errors as {@link execute} does, and with a `BindError` for more than 65,535 statements, or more than 16 MiB of them. Native
   * protocol v5, section 4.1.7.
   *
   * @example
   * ```ts
   * session.batch([
   *   ['INSERT INTO users (id, name) VALUES (?, ?)', [id, 'Ada']],
   *   cql`INSERT INTO users_by_name (name, id) VALUES (${'Ada'}, ${id})`,
   * ]).subscribe();
   * ```
   */
  batch<R = Row>(statements: Iterable<BatchItem>, options?: BatchOptions): Observable<Page<R>>;

  /** Prepares a statement, once for the session and text. Emits it and completes. `keyspace` needs protocol v5. */
  prepare(cql: string, options?: { keyspace?: string }): Observable<Prepared>;

  /**
   * The nodes of the cluster: those at present, as soon as they are known, then again whenever one comes, goes, is lost or is back.
   * Completes when the session is closed. It does not connect by itself.
   *
   * @example
   * ```ts
   * session.topology.subscribe(({ nodes }) => console.log(nodes.filter(({ isUp }) => isUp).length, 'nodes are up'));
   * ```
   */
  readonly topology: Observable<Topology>;

  /** The schema of the cluster, and where its partitions are. */
  readonly metadata: Metadata;

  /** What happens to nodes, connections and the schema, from now on. Hot; completes when the session is closed. */
  readonly events: Observable<ClusterEvent>;

  /**
   * Asks each node that requests are sent to for a sign of life, due within 5 seconds. Connects if that was not done yet. Emits
   * once what became of it and completes; errors only with a `SessionClosedError`.
   *
   * @example
   * ```ts
   * session.health().subscribe(({ ok }) => response.writeHead(ok ? 200 : 503).end());
   * ```
   */
  health(): Observable<Health>;

  /** What the session has done and is busy with: numbers, as they are at this moment. */
  readonly metrics: Metrics;

  /** Where names without a keyspace are looked up: the option `keyspace`, or what the last `USE` said. */
  readonly keyspace: string | undefined;

  /**
   * Closes the session: new requests are refused with a `SessionClosedError`, those in flight may end within 10 seconds, then
   * all connections are closed. Emits `undefined` and completes; the same for all who subscribe, however often.
   */
  close(): Observable<void>;
}
