import {
  catchError,
  concat,
  defaultIfEmpty,
  defer,
  EMPTY,
  filter,
  map,
  merge,
  Observable,
  of,
  retry,
  share,
  Subject,
  switchMap,
  take,
  takeUntil,
  tap,
  throwError,
} from 'rxjs';
import { Opcode } from '../codec/envelope.js';
import type { SchemaChange } from '../codec/event.js';
import { writePrepare } from '../codec/requests.js';
import type { PreparedResult } from '../codec/responses.js';
import { Cluster } from '../cluster/cluster.js';
import type { NodeEvent } from '../cluster/cluster-event.js';
import { RetryBudget } from '../cluster/retry-budget.js';
import { ConnectionError, ProtocolError, SessionClosedError } from '../errors.js';
import type { Connection } from '../wire/connection.js';
import type { Request } from '../wire/driver-request.js';
import { type Environment, machine } from '../wire/environment.js';
import { SessionVersion } from '../wire/session-version.js';
import { useKeyspace } from '../wire/use-keyspace.js';
import { type Wire, wireOf } from '../wire/wire.js';
import { Admission } from './admission.js';
import { isAffected } from './affected.js';
import { ended } from './ended.js';
import { prepareOnUp } from './prepare-on-up.js';
import { PreparedStatement } from './prepared.js';
import { PreparedCache } from './prepared-cache.js';
import { RequestCounts } from './request-counts.js';
import { schemaAgreement } from './schema-agreement.js';
import type { SessionSettings } from './session-options.js';
import { UnreadPages } from './unread-pages.js';

/** What servers accept by default. They close the connection on more, with all that is in flight on it. */
const MAX_REQUEST_LENGTH = 16 * 1024 * 1024;

/** How many statements a session keeps prepared. */
const MAX_PREPARED = 1_000;

/** How long preparing a statement may take, in milliseconds. */
const PREPARE_TIMEOUT = 12_000;

/** How long a closing session waits for the requests in flight, in milliseconds. */
const CLOSE_GRACE = 10_000;

/** What the requests of a session share. */
export class SessionContext {
  readonly settings: SessionSettings;
  readonly environment: Environment;
  readonly wire: Wire;
  /** The protocol version that is spoken; connections that are being replaced may still speak another. */
  readonly version: SessionVersion;
  readonly cluster: Cluster;
  readonly admission: Admission;
  readonly retryBudget: RetryBudget = new RetryBudget();
  readonly counts: RequestCounts = new RequestCounts();
  readonly statements: PreparedCache = new PreparedCache(MAX_PREPARED, (cql) =>
    this.cluster.news.tell({ type: 'preparedEvicted', cql }),
  );
  readonly unreadPages: UnreadPages;
  /** Where names without a keyspace are looked up. */
  keyspace: string | undefined;
  /** Whether the first connection has been made. */
  isOpen = false;
  /**
   * Connects: one attempt, shared by all who subscribe while it goes on, which only {@link close} ends early. Completes when
   * the session can be used. A failure is not kept: who subscribes afterwards tries again.
   */
  readonly open: Observable<never>;

  private isClosing = false;
  private isStopped = false;
  private readonly stopped = new Subject<undefined>();
  /** Emits when a connection has come or gone. */
  private readonly changed = new Subject<undefined>();
  private closeReason: string | undefined;
  private hasWarned = false;
  private hasWarnedOfPolicy = false;
  /** Statements that are being prepared again, by the connection whose server has forgotten them. */
  private readonly repreparing = new WeakMap<Connection, Map<PreparedStatement, Observable<unknown>>>();

  constructor(settings: SessionSettings, environment: Environment = machine) {
    this.settings = settings;
    this.environment = environment;
    this.keyspace = settings.keyspace;
    this.version = new SessionVersion(settings.protocolVersion, settings.minimumProtocolVersion);
    this.wire = wireOf(environment, MAX_REQUEST_LENGTH);
    this.cluster = new Cluster({
      ...settings,
      socket: environment.socket,
      random: environment.random,
      keyspace: () => this.keyspace,
      version: this.version,
      wire: this.wire,
      onChange: () => {
        this.changed.next(undefined);
        this.admission.wake();
      },
    });
    this.admission = new Admission(settings, () => this.cluster.hasRoom, this.wire.deadlines);
    this.unreadPages = new UnreadPages(this.wire.deadlines);
    const nodesUp = this.cluster.news.events.pipe(
      filter((event): event is NodeEvent => event.type === 'nodeUp'),
      map(({ node }) => node),
    );
    prepareOnUp(nodesUp, {
      statements: this.statements,
      connectionTo: ({ hostId }) => {
        const member = this.cluster.members.get(hostId);
        return member && this.cluster.connectionTo(member);
      },
      prepare: (connection, statement) => this.reprepare(connection, statement),
      random: environment.random,
    })
      .pipe(takeUntil(this.stopped))
      .subscribe();
    this.cluster.news.events.pipe(takeUntil(this.stopped)).subscribe((event) => {
      if (event.type === 'schemaChange') this.statements.forget((statement) => isAffected(statement, event));
    });
    this.open = defer(() => this.cluster.open()).pipe(
      tap({ complete: () => (this.isOpen = true) }),
      // Who is in a hurry leaves, but the attempt goes on: it may be just in time for the next.
      share({ resetOnComplete: false, resetOnRefCountZero: false }),
    );
  }

  /** The statement, prepared once however many ask for it. Cold; emits once and completes. */
  prepare(cql: string, keyspace: string | undefined): Observable<PreparedStatement> {
    return this.statements.obtain(keyspace ?? this.keyspace, cql, () =>
      defer(() => this.prepareSomewhere(cql, keyspace)).pipe(
        // Nothing is lost by asking another node.
        retry({
          count: this.cluster.members.size,
          delay: (error: unknown) => (error instanceof ConnectionError ? of(0) : throwError(() => error)),
        }),
      ),
    );
  }

  private prepareSomewhere(cql: string, keyspace: string | undefined): Observable<PreparedStatement> {
    const { cluster } = this;
    const connection = cluster.next() ?? cluster.connections[0];
    if (connection === undefined) {
      // A connection that is being replaced is gone before the next one is there.
      if (this.isStopped || ![...cluster.members.withPools()].some(({ isUnknown }) => isUnknown)) {
        return throwError(() => this.closed ?? cluster.unreachable());
      }
      return merge(this.changed, this.stopped).pipe(
        take(1),
        switchMap(() => this.prepareSomewhere(cql, keyspace)),
      );
    }
    return this.sendPrepare(connection, cql, keyspace).pipe(
      map((response) => new PreparedStatement(cql, keyspace, response)),
    );
  }

  /** Prepares a statement again on a connection whose server does not know it, once however many ask. Emits once. */
  reprepare(connection: Connection, statement: PreparedStatement): Observable<unknown> {
    const statements = this.repreparing.get(connection) ?? new Map<PreparedStatement, Observable<unknown>>();
    this.repreparing.set(connection, statements);
    const known = statements.get(statement);
    if (known !== undefined) return known;
    const shared = this.sendPrepare(connection, statement.cql, statement.keyspace).pipe(
      tap((response) => {
        if (!response.id.equals(statement.id)) {
          throw new ProtocolError(`${connection.host} knows a statement by another id.`);
        }
        statement.update(response);
      }),
      // Before the others hear of it: who asks again must not be counted among them.
      ended(() => statements.delete(statement)),
      share(),
    );
    statements.set(statement, shared);
    return shared;
  }

  private sendPrepare(connection: Connection, cql: string, keyspace: string | undefined): Observable<PreparedResult> {
    const request: Request = {
      opcode: Opcode.PREPARE,
      write: (writer, version) => writePrepare(writer, version, cql, keyspace),
    };
    return connection.send(request, { timeout: PREPARE_TIMEOUT, values: this.settings.values }).pipe(
      map((response) => {
        if (response.kind === 'prepared') return response;
        throw new ProtocolError(`${connection.host} answered PREPARE with ${response.kind}.`);
      }),
    );
  }

  /** Told, once, of what a policy of the user does wrong; the request goes on without it. */
  readonly onPolicyMistake = (error: unknown): void => {
    if (this.hasWarnedOfPolicy) return;
    this.hasWarnedOfPolicy = true;
    process.emitWarning(error instanceof Error ? error : String(error), { code: 'RXCQL_RETRY_POLICY' });
  };

  /** Why nothing is sent any more, once that is so. */
  get closed(): Error | undefined {
    return this.isStopped ? this.closedError() : undefined;
  }

  /** Refuses new requests, lets those in flight end, closes the connections. Emits once, when nothing is left. */
  close(reason: string | undefined): Observable<unknown> {
    return defer(() => {
      this.isClosing = true;
      this.closeReason = reason;
      return this.admission.close(CLOSE_GRACE, () => this.closedError());
    }).pipe(
      tap(() => {
        this.isStopped = true;
        this.stopped.next(undefined);
        this.cluster.end();
        this.admission.wake();
        this.wire.deadlines.stop();
      }),
      switchMap(() => this.socketsGone()),
    );
  }

  /** The event loop closes what was destroyed at the end of a turn, after the work of that turn. */
  private socketsGone(): Observable<undefined> {
    const { endOfTurn } = this.wire;
    return new Observable((subscriber) => {
      endOfTurn(() =>
        endOfTurn(() => {
          subscriber.next(undefined);
          subscriber.complete();
        }),
      );
    });
  }

  /** @throws SessionClosedError once the session is closed or closing. */
  refuseIfClosed(): void {
    if (this.isClosing) throw this.closedError();
  }

  private closedError(): SessionClosedError {
    if (this.closeReason !== undefined && !this.hasWarned) {
      this.hasWarned = true;
      process.emitWarning(this.closeReason, { type: 'RxcqlWarning', code: 'RXCQL_SESSION_LEFT' });
    }
    return new SessionClosedError(this.closeReason);
  }

  /**
   * Emits once whether all nodes have the same schema, having waited until they do, or until the session is closed; completes when
   * the session knows what has changed.
   */
  schemaChanged(change: SchemaChange): Observable<boolean> {
    const { cluster } = this;
    cluster.partitions.tablets.onSchemaChange(change);
    const isDown = (hostId: unknown): boolean => cluster.members.get(hostId as string)?.node.isUp === false;
    return concat(
      schemaAgreement(() => cluster.connections, isDown).pipe(defaultIfEmpty(false)),
      this.settings.schemaMetadata ? cluster.keeper.refresh([change]) : EMPTY,
    ).pipe(takeUntil(this.stopped), defaultIfEmpty(false));
  }

  /** Makes `keyspace` that of all connections, those to come included. Completes when it is that of all. */
  useKeyspace(keyspace: string): Observable<unknown> {
    this.keyspace = keyspace;
    return merge(
      ...this.cluster.connections.map((connection) =>
        useKeyspace(connection, () => this.keyspace).pipe(
          // One that is lost gets its keyspace when it is back.
          catchError((error: unknown) => (connection.isOpen ? throwError(() => error) : EMPTY)),
        ),
      ),
    );
  }
}
