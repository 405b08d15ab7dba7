import { type Observable, type Subscriber, type Subscription, type Unsubscribable } from 'rxjs';
import { type Envelope, EnvelopeFlag, Opcode } from '../codec/envelope.js';
import type { ResultColumns } from '../codec/metadata.js';
import { readResponse, type Response, type Result, type RowsResult } from '../codec/responses.js';
import type { Slice } from '../codec/writer.js';
import { ConnectionError, type CqlError, ProtocolError, RequestTimeoutError, type ResponseError } from '../errors.js';
import type { Page } from '../operators/page.js';
import type { Connection, InFlight } from '../wire/connection.js';
import type { Waiting } from './admission.js';
import type { SessionContext } from './context.js';
import { annotate, type Circumstances } from './failure.js';
import { inTime } from './in-time.js';
import type { Job } from './job.js';
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
  /** The columns that the answer may go without describing. */
  private known: ResultColumns | undefined;
  private attempts = 0;
  private reprepares = 0;
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
      this.fail(error as CqlError, false);
      return;
    }
    this.isAdmitted = true;
    this.expiresAt = context.wire.deadlines.after(this.timeout);
    if (context.isOpen) this.prepare();
    else this.waitFor(inTime(context.open, this.timeout), () => this.prepare());
  }

  unsubscribe(): void {
    if (!this.isAdmitted) return;
    this.waiting?.unsubscribe();
    this.context.admission.unwait(this);
    this.connection?.cancel(this);
    this.leave();
  }

  /** Called when there may be a place on a connection again. */
  proceed(): void {
    if (this.context.wire.deadlines.isOver(this.expiresAt)) {
      this.fail(
        new RequestTimeoutError(`The request found no place on a connection within ${this.timeout} ms.`),
        false,
      );
    } else {
      this.submit();
    }
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
        this.waitFor(inTime(context.prepare(job.cql, keyspace), this.timeout), (statement) => {
          job.prepared = statement;
          this.submit();
        });
        return;
      }
    }
    this.submit();
  }

  /** Goes on when `source` has completed, with what it last emitted. */
  private waitFor<T>(source: Observable<T>, then: (value: T | undefined) => void): void {
    this.job.freeze();
    let value: T | undefined;
    const waiting = source.subscribe({
      next: (emitted) => (value = emitted),
      error: (error: CqlError) => this.fail(error, false),
      complete: () => then(value),
    });
    // What has completed already may have begun the next wait.
    if (!waiting.closed) this.waiting = waiting;
  }

  private submit(): void {
    const { context } = this;
    const connection = context.cluster.next();
    try {
      if (connection === undefined) {
        if (context.cluster.connections.length === 0) throw context.unreachable();
        this.job.freeze();
        context.admission.wait(this);
        return;
      }
      if (this.version !== connection.version) this.encode(connection);
    } catch (error) {
      this.fail(error as CqlError, false);
      return;
    }
    this.submitTo(connection);
  }

  private submitTo(connection: Connection): void {
    this.connection = connection;
    this.attempts++;
    if (!connection.submit(this)) this.submit();
  }

  private encode(connection: Connection): void {
    this.version = connection.version;
    this.message = connection.encode((writer) => {
      this.known = writeRequestBody(writer, connection.version, this.job, this.pagingState);
    });
  }

  onResponse(envelope: Envelope): void {
    let response: Response;
    try {
      response = readResponse(envelope, this.known);
    } catch (error) {
      this.fail(error as CqlError, true);
      return;
    }
    switch (response.kind) {
      case 'rows':
        this.learn(response);
        this.emit(response);
        break;
      case 'void':
        this.emit(response);
        break;
      case 'schemaChange':
        this.waitFor(this.context.schemaAgreement, (isInAgreement) => this.emit(response, isInAgreement));
        break;
      case 'setKeyspace':
        this.waitFor(this.context.useKeyspace(response.keyspace), () => this.emit(response));
        break;
      case 'error':
        this.onError(response.error);
        break;
      default:
        this.fail(unexpected(this.connection!.host, response.kind), true);
    }
  }

  onFailure(error: CqlError, written: boolean): void {
    if (!written) {
      // It never left: any other node may take it as if for the first time.
      this.attempts--;
      this.submit();
      return;
    }
    const { host } = this.connection!;
    // One loss ends many requests: each has an error of its own, to say where it would resume.
    this.fail(new ConnectionError(host, error.message, { cause: error, code: error.code }), true);
  }

  onTimeout(written: boolean): void {
    const { host } = this.connection!;
    this.fail(new RequestTimeoutError(`${host} did not answer the request within ${this.timeout} ms.`), written);
  }

  private onError(error: ResponseError): void {
    const { prepared } = this.job;
    const connection = this.connection!;
    if (error.kind !== 'Unprepared' || prepared === undefined || this.reprepares === MAX_REPREPARES) {
      this.fail(error, true);
      return;
    }
    this.reprepares++;
    const { parameters } = prepared;
    this.waitFor(inTime(this.context.reprepare(connection, prepared), this.timeout), () => {
      // The bytes that were sent are sent again, unless the parameters are of other types by now.
      try {
        if (!sameTypes(parameters, prepared.parameters)) this.encode(connection);
      } catch (failure) {
        this.fail(failure as CqlError, false);
        return;
      }
      this.submitTo(connection);
    });
  }

  /** Remembers what the rows look like, for the next response. */
  private learn(response: RowsResult): void {
    const { job } = this;
    const { prepared } = job;
    const { described, newMetadataId } = response;
    if (prepared === undefined) {
      job.lastSeen = described;
      return;
    }
    prepared.lastSeen = described;
    if (newMetadataId !== undefined) prepared.result = { metadataId: newMetadataId, described };
  }

  private emit(result: Result, schemaInAgreement?: boolean): void {
    this.leave();
    const { host } = this.connection!;
    this.subscriber.next(pageOf<R>(result, { coordinator: host, attempts: this.attempts, schemaInAgreement }));
    this.subscriber.complete();
  }

  private fail(error: CqlError, written: boolean): void {
    this.leave();
    this.subscriber.error(annotate(error, this.circumstances(written)));
  }

  private circumstances(written: boolean): Circumstances {
    return {
      pagingState: this.pagingState,
      attempts: this.attempts,
      coordinator: this.connection?.host,
      isWrite: written && this.job.kind !== 'select',
    };
  }

  private leave(): void {
    if (!this.isAdmitted) return;
    this.isAdmitted = false;
    this.context.admission.leave();
  }
}

function sameTypes(before: readonly { readonly type: string }[], after: readonly { readonly type: string }[]): boolean {
  return before.length === after.length && before.every(({ type }, i) => type === after[i]!.type);
}

function unexpected(host: string, kind: string): CqlError {
  return new ProtocolError(`${host} answered a request with ${kind}.`);
}
