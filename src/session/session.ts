import { defer, finalize, lastValueFrom, map, Observable, ReplaySubject, share, switchMap } from 'rxjs';
import type { ClusterEvent } from '../cluster/cluster-event.js';
import type { Topology } from '../cluster/node.js';
import { ConfigurationError } from '../errors.js';
import { type Inspect, inspectCustom } from '../operators/inspect.js';
import type { Page, Row } from '../operators/page.js';
import { watchedPages } from '../operators/pages.js';
import type { Environment } from '../wire/environment.js';
import { formatEndpoint } from '../wire/socket.js';
import type { Params } from './bind.js';
import { type Checks, checkOptions, text } from '../check.js';
import { SessionContext } from './context.js';
import { run } from './execute.js';
import { type Health, healthOf } from './health.js';
import { Job, type Statement } from './job.js';
import { type Metadata, metadataOf } from './metadata.js';
import { type Metrics, metricsOf } from './metrics.js';
import type { Prepared } from './prepared.js';
import { type QueryOptions, querySettings } from './request-options.js';
import { type SessionOptions, sessionSettings } from './session-options.js';

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

/**
 * A session as a resource: connects on subscription, emits one ready session, and stays open until it is left, which closes
 * the session. It never completes. What errors is the connecting: see {@link Session.connect}.
 *
 * Leaving closes: `firstValueFrom(connect(…))` and `take(1)` give a session that is closed already. For one that is kept,
 * there is {@link createSession}.
 *
 * @example
 * ```ts
 * connect({ contactPoints: ['127.0.0.1'] }).pipe(
 *   switchMap((session) => session.query('SELECT * FROM ks.events').pipe(
 *     concatMap((page) => page),
 *     tap((row) => console.log(row)),
 *     count(), // emits when all rows have been read
 *   )),
 *   take(1), // and then the session may be left
 * ).subscribe((rows) => console.log(`${rows} rows`));
 * ```
 */
export function connect(options: SessionOptions): Observable<Session> {
  return new Observable((subscriber) => {
    const session = open(options);
    subscriber.add(() => session.leave());
    subscriber.add(
      session.connect().subscribe({
        next: (ready) => subscriber.next(ready),
        error: (error: unknown) => subscriber.error(error),
      }),
    );
  });
}

/**
 * A session that lives until `close()`, for programs that keep one. Returns at once; connects with the first request, or
 * with `session.connect()`.
 *
 * @throws ConfigurationError for an option that is unknown, missing or wrong.
 */
export function createSession(options: SessionOptions): Session {
  return open(options);
}

/** @internal A session elsewhere than on this machine: its nodes, and its time, may be those of a test. */
export function sessionIn(environment: Environment, options: SessionOptions): Session {
  return open(options, environment);
}

function open(options: SessionOptions, environment?: Environment): CqlSession {
  return new CqlSession(new SessionContext(sessionSettings(options), environment));
}

interface PrepareOptions {
  keyspace?: string;
}

const PREPARE_CHECKS: Checks<PrepareOptions> = { keyspace: text };

const LEFT =
  'The session was closed when its subscription to connect() ended, as with take(1) or firstValueFrom(): ' +
  'use it inside that subscription, or use createSession() for a session that you close yourself.';

class CqlSession implements Session {
  readonly #context: SessionContext;
  #closing: Observable<void> | undefined;

  constructor(context: SessionContext) {
    this.#context = context;
  }

  get keyspace(): string | undefined {
    return this.#context.keyspace;
  }

  connect(): Observable<Session> {
    return defer(() => {
      const { open } = this.#context;
      this.#context.refuseIfClosed();
      return new Observable<Session>((subscriber) =>
        open.subscribe({
          error: (error: unknown) => subscriber.error(error),
          complete: () => {
            subscriber.next(this);
            subscriber.complete();
          },
        }),
      );
    });
  }

  get topology(): Observable<Topology> {
    return this.#context.cluster.news.topology;
  }

  get metadata(): Metadata {
    return metadataOf(this.#context.cluster);
  }

  health(): Observable<Health> {
    return healthOf(this.#context);
  }

  get metrics(): Metrics {
    return metricsOf(this.#context);
  }

  get events(): Observable<ClusterEvent> {
    return this.#context.cluster.news.events;
  }

  query<R = Row>(statement: Statement, params?: Params, options?: QueryOptions): Observable<Page<R>> {
    return defer(() => {
      const job = this.#job(statement, params, options);
      // Later pages are asked for when the caller may long have put other values into the array.
      job.freeze();
      const first = job.settings.pagingState;
      return watchedPages<R, Uint8Array>(
        (state) => new Observable<Page<R>>((subscriber) => run(this.#context, job, state ?? first, subscriber)),
        (page, index) => this.#context.unreadPages.watch(page, index, job.cql),
      );
    });
  }

  execute<R = Row>(statement: Statement, params?: Params, options?: QueryOptions): Observable<Page<R>> {
    return new Observable((subscriber) => {
      const job = this.#job(statement, params, options);
      return run(this.#context, job, job.settings.pagingState, subscriber);
    });
  }

  prepare(cql: string, options?: { keyspace?: string }): Observable<Prepared> {
    return defer(() => {
      if (typeof cql !== 'string') throw new ConfigurationError('prepare() takes a statement as a string.');
      if (options !== undefined) checkOptions<PrepareOptions>(options, PREPARE_CHECKS, 'options of prepare()');
      const { admission } = this.#context;
      // Counted as a request, for which closing waits: who leaves connect() leaves this an instant later, but it would have
      // lost its connection by then, and have failed as if the session was used after it was left.
      admission.enter();
      return this.connect().pipe(
        switchMap(() => this.#context.prepare(cql, options?.keyspace)),
        finalize(() => admission.leave()),
      );
    });
  }

  close(): Observable<void> {
    return (this.#closing ??= this.#close(undefined));
  }

  toJSON(): object {
    const { contactPoints } = this.#context.settings;
    return { contactPoints: contactPoints.map(formatEndpoint), keyspace: this.keyspace };
  }

  [inspectCustom](_depth: number, options: object, inspect: Inspect): string {
    return `Session ${inspect(this.toJSON(), options)}`;
  }

  /** Closes the session since its subscription ended; who uses it afterwards is told why it cannot be used. */
  leave(): void {
    (this.#closing ??= this.#close(LEFT)).subscribe();
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return lastValueFrom(this.close());
  }

  #close(reason: string | undefined): Observable<void> {
    return this.#context.close(reason).pipe(
      map(() => undefined),
      share({
        connector: () => new ReplaySubject(1),
        resetOnComplete: false,
        resetOnError: false,
        resetOnRefCountZero: false,
      }),
    );
  }

  #job(statement: Statement, params: Params | undefined, options: QueryOptions | undefined): Job {
    const { request, profiles } = this.#context.settings;
    return new Job(statement, params, querySettings(options, request, profiles));
  }
}
