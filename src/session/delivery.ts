import { type Observable, timer } from 'rxjs';
import { consistencyName } from '../codec/consistency.js';
import type { Envelope } from '../codec/envelope.js';
import type { NodeCounts } from '../cluster/node-counts.js';
import { decideRetry } from '../cluster/retry-decision.js';
import { ConnectionError, type CqlError, RequestTimeoutError } from '../errors.js';
import type { Connection } from '../wire/connection.js';
import { Attempt, type Attempted, without } from './attempt.js';
import type { SessionContext } from './context.js';
import { EncodedRequest } from './encoded-request.js';
import { isOutcomeUnknown, ownError } from './failure.js';
import { isIdempotent, type Job, targetOf } from './job.js';
import type { Waiting } from './lanes.js';
import { only, Route } from './route.js';
import { Speculation } from './speculation.js';
import { withinLimit } from './time-limit.js';
import { Waits } from './waits.js';

/**
 * ```
 *  encode --> route --> in flight --> answer
 *    ^         |  ^        |
 *    |    all  |  |        |  RetryPolicy: 'same' sends again, 'next' routes again
 *    |    full v  |        |  SpeculationPolicy: sent to the next node as well
 *    |        wait         v
 *    '-- other dialect   failure
 * ```
 *
 * Brings one request to some node, as its plan and its policies say.
 */
export abstract class Delivery implements Attempted, Waiting {
  expiresAt = 0;

  protected readonly context: SessionContext;
  protected readonly job: Job;
  protected readonly request: EncodedRequest;
  /** The node that the request was last sent to. */
  protected host: string | undefined;
  protected attemptCount = 0;
  /** Whether a server may have it. */
  protected isWritten = false;
  protected isAdmitted = false;
  /** Whether an attempt has failed without anybody's knowing what has become of it. */
  protected mayBeMade = false;

  private readonly route: Route;
  /** The last one that waits for its answer, which knows the others. */
  private waiting: Attempt | undefined;
  private begunWaits: Waits | undefined;
  private speculation: Speculation | undefined;
  private isBegun = false;
  private begunAt = 0;
  private answeredAt = 0;
  private hasPlace = false;
  /** What the last attempt has failed with, if another was to follow. */
  private lastError: Error | undefined;

  constructor(context: SessionContext, job: Job, pagingState: Uint8Array | undefined) {
    const { node, loadBalancing } = job.settings;
    this.context = context;
    this.job = job;
    this.request = new EncodedRequest(context, job, pagingState);
    this.route = new Route(context.cluster, node === undefined ? loadBalancing : only(node), job.coordinator);
  }

  get target(): string | undefined {
    return targetOf(this.job);
  }

  /** A server has answered. */
  protected abstract onAnswer(attempt: Attempt, envelope: Envelope): void;

  /** The request cannot be written: it fails, or what is wrong is being put right. */
  protected abstract refused(error: unknown): void;

  /** Ends the request. */
  protected abstract fail(error: unknown): void;

  expire(): void {
    this.begunWaits?.unsubscribe();
    this.fail(new RequestTimeoutError(`The request could not be sent ${withinLimit(this.job, this.expiresAt)}.`));
  }

  /** Most requests wait for nothing but their answers. */
  protected get waits(): Waits {
    return (this.begunWaits ??= new Waits(this.context.admission, this, (error) => this.fail(ownError(error))));
  }

  /** Waits before it is sent for the first time, if not too many do. */
  protected waitToBegin<T>(source: Observable<T>, then: (value: T | undefined) => void): void {
    this.job.freeze();
    try {
      this.waits.toBegin(source, then);
    } catch (error) {
      this.fail(error);
    }
  }

  protected waitFor<T>(source: Observable<T>, then: (value: T | undefined) => void): void {
    this.job.freeze();
    this.waits.for(source, then);
  }

  /** Goes to a node, or behind those that wait for one. */
  protected proceedInTurn(): void {
    const { admission } = this.context;
    if ((admission.letsPass(this) && this.proceed()) || !this.isAdmitted) return;
    this.givePlace();
    try {
      this.job.freeze();
      this.waits.forPlace();
    } catch (error) {
      this.fail(error);
    }
  }

  proceed(): boolean {
    if (!this.hasPlace && this.context.admission.isFull) return false;
    this.route.restart();
    return this.send(this.nextConnection(), this.route.counts);
  }

  /** A connection to the next node of the plan; undefined if there is none, or the request cannot be written. */
  private nextConnection(): Connection | undefined {
    const { request, route } = this;
    try {
      if (request.dialect === undefined) request.encode(this.context.version.dialect);
      return route.next(request.routing!);
    } catch (error) {
      this.refused(error);
      return undefined;
    }
  }

  /** Sends the request; false if it has to wait for a place. */
  private send(connection: Connection | undefined, counts: NodeCounts | undefined): boolean {
    if (connection === undefined) {
      // It may have been refused, and have failed or be waiting for something else.
      if (!this.isAdmitted || this.begunWaits?.isWaiting === true) return true;
      if (this.route.isBusy) return false;
      this.fail(this.lastError ?? this.context.closed ?? ownError(this.route.error));
      return true;
    }
    try {
      this.request.encode(connection.dialect);
    } catch (error) {
      this.route.takeBack();
      this.refused(error);
      return true;
    }
    // Reading its values may have been what made somebody leave the request.
    if (this.isAdmitted) this.submit(connection, counts!);
    return true;
  }

  private submit(connection: Connection, counts: NodeCounts): void {
    const attempt = new Attempt(this, this.request, connection, counts);
    if (!connection.submit(attempt)) {
      this.route.takeBack();
      this.proceedInTurn();
      return;
    }
    this.host = connection.host;
    attempt.begun();
    this.job.tracking?.attempt(connection.host, this.attemptCount + 1, this.waiting !== undefined);
    attempt.before = this.waiting;
    this.waiting = attempt;
    this.attemptCount++;
    if (!this.hasPlace) {
      this.hasPlace = true;
      this.context.admission.takePlace();
    }
    if (this.isBegun) return;
    this.isBegun = true;
    this.begunAt = connection.submittedAt;
    this.context.retryBudget.onRequest();
    const { speculation } = this.job.settings;
    if (speculation !== undefined && isIdempotent(this.job)) {
      this.speculation = new Speculation(speculation, this.context.counts.latency, () => this.speculate());
    }
  }

  /** Sends the request to another node as well; false if there is none. */
  private speculate(): boolean {
    const connection = this.nextConnection();
    if (connection === undefined || connection.dialect !== this.request.dialect) return false;
    this.context.counts.speculations++;
    this.submit(connection, this.route.counts!);
    return this.isAdmitted;
  }

  answered(attempt: Attempt, envelope: Envelope): void {
    this.landed(attempt, true);
    this.answeredAt = attempt.connection.arrivedAt;
    this.onAnswer(attempt, envelope);
  }

  lost(attempt: Attempt, cause: CqlError, written: boolean): void {
    this.landed(attempt, written);
    const { host } = attempt.connection;
    if (!written) {
      this.attemptCount--;
      this.route.takeBack();
    }
    const message = `The connection to ${host} broke: ${cause.message}`;
    const error = cause instanceof ConnectionError ? ownError(cause) : new ConnectionError(host, message, { cause });
    this.judge(attempt, error, written);
  }

  timedOut(attempt: Attempt, written: boolean): void {
    this.landed(attempt, written);
    const { host } = attempt.connection;
    const error = new RequestTimeoutError(
      `${host} did not answer the request ${withinLimit(this.job, this.expiresAt)}.`,
    );
    attempt.counts.errors.add(error);
    this.fail(error);
  }

  private landed(attempt: Attempt, written: boolean): void {
    this.waiting = without(this.waiting, attempt);
    if (written) this.isWritten = true;
  }

  /** What becomes of the request when an attempt has failed. */
  protected judge(attempt: Attempt, error: Error, written: boolean): void {
    this.lastError = error;
    attempt.counts.errors.add(error);
    if (written && isOutcomeUnknown(error)) this.mayBeMade = true;
    // The others may still have an answer.
    if (this.waiting !== undefined || !this.isAdmitted) return;
    const { retryBudget, onPolicyMistake, environment } = this.context;
    const { retry, consistency } = this.job.settings;
    const idempotent = isIdempotent(this.job);
    const failure = {
      error,
      attempt: this.attemptCount,
      idempotent,
      written,
      consistency: consistencyName(consistency)!,
    };
    const { action, delay } = decideRetry(retry, failure, retryBudget, onPolicyMistake, environment.random);
    const go = (): void => (action === 'same' ? this.again(attempt) : this.elsewhere());
    if (action === 'throw') {
      this.fail(error);
      return;
    }
    this.context.counts.retries++;
    this.job.tracking?.retry(attempt.connection.host, error, action, delay);
    if (delay > 0) this.waitFor(timer(delay), go);
    else go();
  }

  /** Sends the request to the same node again, or if that is away, to the next. */
  protected again({ connection, counts }: Attempt): void {
    if (connection.hasRoom) this.send(connection, counts);
    else this.elsewhere();
  }

  /** Sends the request to the next node of its plan; where there is none, it fails with what the last one has said. */
  private elsewhere(): void {
    if (!this.send(this.nextConnection(), this.route.counts)) this.proceedInTurn();
  }

  /** It has been answered. */
  protected measure(): number {
    const latency = this.answeredAt - this.begunAt;
    this.context.counts.latency.record(latency);
    return latency;
  }

  private givePlace(): void {
    if (!this.hasPlace) return;
    this.hasPlace = false;
    this.context.admission.givePlace();
  }

  /** Waits for nothing any more. */
  protected leaveAll(): void {
    this.givePlace();
    this.begunWaits?.unsubscribe();
    this.speculation?.unsubscribe();
    for (let attempt = this.waiting; attempt !== undefined; attempt = attempt.before)
      attempt.connection.cancel(attempt);
    this.waiting = undefined;
  }
}
