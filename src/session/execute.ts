import { type Observable, type Subscriber, type Subscription, type Unsubscribable } from 'rxjs';
import { type Envelope, EnvelopeFlag, Opcode } from '../codec/envelope.js';
import { readResponse, type Response, type ResponseContext, type Result } from '../codec/responses.js';
import type { Slice } from '../codec/writer.js';
import {
  BindError,
  ConnectionError,
  type CqlError,
  ProtocolError,
  RequestTimeoutError,
  type ResponseError,
} from '../errors.js';
import type { Page } from '../operators/page.js';
import type { Connection } from '../wire/connection.js';
import type { InFlight } from '../wire/in-flight.js';
import type { Waiting } from './admission.js';
import type { SessionContext } from './context.js';
import { failureOf } from './failure.js';
import type { Job } from './job.js';
import { explainMissingValues } from './missing-values.js';
import { writeRequestBody } from './request-body.js';
import { pageOf } from './result-page.js';

const DEFAULT_TIMEOUT = 12_000;
const DDL_TIMEOUT = 60_000;

/** How often one request has a forgotten statement prepared again before it gives up. */
const MAX_REPREPARES = 3;

/**
 * One request, reported to `subscriber`: exactly one page and completion, or an error. Returned is what leaves it.
 *
 * @param pagingState Where the page begins; undefined for the first.
 */
export function run<R>(
  context: SessionContext,
  job: Job,
  pagingState: Uint8Array | undefined,
  subscriber: Subscriber<Page<R>>,
): Unsubscribable {
  const execution = new Execution<R>(context, job, pagingState, subscriber);
  execution.start();
  return execution;
}

/**
 * ```
 *  start --> connect --> prepare --> encode --> submit --> in flight --> page
 *            if not open  if not      |           ^  |         |
 *                         known       |  all full |  v         |  UNPREPARED: prepare there, submit again
 *                                     |           wait         |  closed before it was written: another node
 *                                     v                        v
 *                                   error                    error
 * ```
 *
 * The usual way, from `encode` to `page`, is one object and no other Observable.
 */
class Execution<R> implements InFlight, Waiting {
  streamId = 0;
  expiresAt = 0;
  readonly takesPlace = true;
  message!: Slice;
  readonly opcode: number;
  readonly flags: number;

  private readonly context: SessionContext;
  private readonly job: Job;
  private readonly pagingState: Uint8Array | undefined;
  private readonly subscriber: Subscriber<Page<R>>;
  private connection: Connection | undefined;
  /** The protocol version that the message is encoded for; 0 before it is. */
  private version = 0;
  private known: ResponseContext | undefined;
  private attempts = 0;
  private reprepares = 0;
  /** Whether what is known of the prepared statement was asked for by this request. */
  private isUpToDate = false;
  /** What is waited for before the request can be sent. */
  private waiting: Subscription | undefined;
  private isAdmitted = false;

  constructor(context: SessionContext, job: Job, pagingState: Uint8Array | undefined, subscriber: Subscriber<Page<R>>) {
    this.context = context;
    this.job = job;
    this.pagingState = pagingState;
    this.subscriber = subscriber;
    this.opcode = job.isPrepared ? Opcode.EXECUTE : Opcode.QUERY;
    const { tracing, customPayload } = job.settings;
    this.flags = (tracing ? EnvelopeFlag.TRACING : 0) | (customPayload === undefined ? 0 : EnvelopeFlag.CUSTOM_PAYLOAD);
  }

  start(): void {
    const { context } = this;
    try {
      context.admission.enter();
    } catch (error) {
      this.fail(error, false);
      return;
    }
    this.isAdmitted = true;
    this.expiresAt = context.wire.deadlines.after(this.timeout);
    if (context.isOpen) this.prepare();
    else this.waitFor(context.open, () => this.prepare());
  }

  unsubscribe(): void {
    if (!this.isAdmitted) return;
    this.waiting?.unsubscribe();
    this.context.admission.release(this);
    this.connection?.cancel(this);
    this.leave();
  }

  /** Called when there may be a place on a connection, which others wait for as well. */
  proceed(): void {
    this.submit(this.context.cluster.next());
  }

  /** Called when the time is over before the request could be sent. */
  expire(): void {
    this.waiting?.unsubscribe();
    this.fail(new RequestTimeoutError(`The request could not be sent within ${this.timeout} ms.`), false);
  }

  private get timeout(): number {
    const { job } = this;
    return job.settings.timeout ?? (job.kind === 'ddl' ? DDL_TIMEOUT : DEFAULT_TIMEOUT);
  }

  private prepare(): void {
    const { context, job } = this;
    if (job.isPrepared && job.prepared === undefined) {
      const { keyspace } = job.settings;
      job.prepared = context.statements.get(keyspace ?? context.keyspace, job.cql);
      if (job.prepared === undefined) {
        this.waitFor(context.prepare(job.cql, keyspace), (statement) => {
          job.prepared = statement;
          this.isUpToDate = true;
          this.takeTurn();
        });
        return;
      }
    }
    this.takeTurn();
  }

  /** Goes on when `source` has completed, with what it last emitted; gives up when the time of the request is over. */
  private waitFor<T>(source: Observable<T>, then: (value: T | undefined) => void): void {
    this.context.admission.hold(this);
    this.follow(source, then);
  }

  /** Goes on when `source` has completed, however long that takes. */
  private follow<T>(source: Observable<T>, then: (value: T | undefined) => void): void {
    this.job.freeze();
    let value: T | undefined;
    const waiting = source.subscribe({
      next: (emitted) => (value = emitted),
      error: (error: unknown) => {
        this.context.admission.release(this);
        this.fail(error, false);
      },
      complete: () => {
        this.context.admission.release(this);
        then(value);
      },
    });
    // What has completed already may have begun the next wait.
    if (!waiting.closed) this.waiting = waiting;
  }

  /** Goes to a connection, or behind those that wait for one. */
  private takeTurn(): void {
    const { admission, cluster } = this.context;
    this.submit(admission.isQueued ? undefined : cluster.next());
  }

  private submit(connection: Connection | undefined): void {
    const { context } = this;
    try {
      if (connection === undefined) {
        if (context.cluster.connections.length === 0) throw context.unreachable();
        this.job.freeze();
        context.admission.wait(this);
        return;
      }
      if (this.version !== connection.version) this.encode(connection);
    } catch (error) {
      const { prepared } = this.job;
      // A value may be refused for what a table or type was before it was changed: that is asked for once.
      if (error instanceof BindError && connection !== undefined && prepared !== undefined && !this.isUpToDate) {
        this.isUpToDate = true;
        this.waitFor(context.reprepare(connection, prepared), () => this.takeTurn());
      } else {
        this.fail(error, false);
      }
      return;
    }
    // Reading its values may have been what made somebody leave the request.
    if (!this.isAdmitted) return;
    this.connection = connection;
    if (connection.submit(this)) this.attempts++;
    else this.takeTurn();
  }

  private encode(connection: Connection): void {
    const { values } = this.context.settings;
    this.message = connection.encode((writer) => {
      this.known = writeRequestBody(writer, connection.version, this.job, this.pagingState, values);
    });
    this.version = connection.version;
  }

  onResponse(envelope: Envelope): void {
    let response: Response;
    try {
      response = readResponse(envelope, this.known);
    } catch (error) {
      this.fail(error, true);
      return;
    }
    switch (response.kind) {
      case 'rows':
        this.job.learn(response);
        this.emit(response);
        break;
      case 'void':
        this.emit(response);
        break;
      case 'schemaChange':
        this.follow(this.context.schemaAgreement, (isInAgreement) => this.emit(response, isInAgreement));
        break;
      case 'setKeyspace':
        this.follow(this.context.useKeyspace(response.keyspace), () => this.emit(response));
        break;
      case 'error':
        this.onError(response.error);
        break;
      default:
        this.fail(new ProtocolError(`${this.connection!.host} answered a request with ${response.kind}.`), true);
    }
  }

  onFailure(error: CqlError, written: boolean): void {
    if (!written) {
      // It never left: any other node may take it as if for the first time.
      this.attempts--;
      this.takeTurn();
    } else if (error instanceof ConnectionError) {
      this.fail(error, true);
    } else {
      const { host } = this.connection!;
      const message = `The connection to ${host} broke: ${error.message}`;
      this.fail(new ConnectionError(host, message, { cause: error }), true);
    }
  }

  onTimeout(written: boolean): void {
    const { host } = this.connection!;
    this.fail(new RequestTimeoutError(`${host} did not answer the request within ${this.timeout} ms.`), written);
  }

  private onError(error: ResponseError): void {
    const { job } = this;
    const { prepared } = job;
    const connection = this.connection!;
    if (error.kind !== 'Unprepared' || prepared === undefined || this.reprepares === MAX_REPREPARES) {
      this.fail(job.hasValues ? error : explainMissingValues(error), true);
      return;
    }
    this.reprepares++;
    const { signature } = prepared;
    this.waitFor(this.context.reprepare(connection, prepared), () => {
      this.isUpToDate = true;
      // The bytes that were sent are sent again, unless the parameters are of other types by now.
      if (signature !== prepared.signature) this.version = 0;
      this.submit(connection.isOpen ? connection : this.context.cluster.next());
    });
  }

  private emit(result: Result, schemaInAgreement?: boolean): void {
    const { host } = this.connection!;
    this.subscriber.next(pageOf<R>(result, { coordinator: host, attempts: this.attempts, schemaInAgreement }));
    this.subscriber.complete();
    this.leave();
  }

  private fail(error: unknown, written: boolean): void {
    const { pagingState, attempts, connection, job } = this;
    const isWrite = written && job.kind !== 'select';
    this.subscriber.error(failureOf(error, { pagingState, attempts, coordinator: connection?.host, isWrite }));
    this.leave();
  }

  private leave(): void {
    if (!this.isAdmitted) return;
    this.isAdmitted = false;
    this.context.admission.leave();
  }
}
