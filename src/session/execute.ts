import { from, mergeMap, type Unsubscribable } from 'rxjs';
import type { Envelope } from '../codec/envelope.js';
import { readResponse, type Response, type Result, type RowsResult } from '../codec/responses.js';
import { isShuttingDown } from '../cluster/shutting-down.js';
import { BindError, ProtocolError, ResponseError } from '../errors.js';
import type { Receiver } from '../operators/direct-source.js';
import type { Page } from '../operators/page.js';
import type { Connection } from '../wire/connection.js';
import type { Attempt } from './attempt.js';
import type { SessionContext } from './context.js';
import { Delivery } from './delivery.js';
import { failureOf } from './failure.js';
import { type Job, PREPARES_AT_ONCE } from './job.js';
import { learnTablet } from './learn-tablet.js';
import { explainMissingValues } from './missing-values.js';
import { pageOf } from './result-page.js';
import { timeLimit } from './time-limit.js';

/** How often one request has a forgotten statement prepared again before it gives up. */
const MAX_REPREPARES = 3;

/** How many pages without rows may begin where the last one began: a server that goes on like that has lost its way. */
const MAX_PAGES_IN_VAIN = 1_000;

/**
 * One request, reported to `receiver`: exactly one page and completion, or an error. Returned is what leaves it.
 *
 * @param pagingState Where the page begins; undefined for the first.
 */
export function run<R>(
  context: SessionContext,
  job: Job,
  pagingState: Uint8Array | undefined,
  receiver: Receiver<Page<R>>,
): Unsubscribable {
  const execution = new Execution<R>(context, job, pagingState, receiver);
  execution.start();
  return execution;
}

/**
 * ```
 *  start --> connect --> prepare --> (delivery) --> page
 *            if not open  if not      |      ^
 *                         known       v      |  a value does not fit what was prepared before: once
 *                                   prepare again
 *                                            |  UNPREPARED: there, and it is sent again
 * ```
 */
class Execution<R> extends Delivery {
  private readonly pagingState: Uint8Array | undefined;
  private readonly receiver: Receiver<Page<R>>;
  private reprepares = 0;
  /** Whether what is known of the prepared statement was asked for by this request. */
  private isUpToDate = false;

  constructor(context: SessionContext, job: Job, pagingState: Uint8Array | undefined, receiver: Receiver<Page<R>>) {
    super(context, job, pagingState);
    this.pagingState = pagingState;
    this.receiver = receiver;
  }

  start(): void {
    const { context } = this;
    context.counts.begun++;
    try {
      context.admission.enter();
    } catch (error) {
      this.fail(error);
      return;
    }
    this.isAdmitted = true;
    const { deadlines } = context.wire;
    this.expiresAt = timeLimit(this.job, deadlines);
    if (deadlines.isOver(this.expiresAt)) this.expire();
    else if (context.isOpen) this.prepare();
    else this.waitToBegin(context.open, () => this.prepare());
  }

  unsubscribe(): void {
    this.leave();
  }

  private prepare(): void {
    const preparing = this.job.prepare(this.context);
    if (preparing === undefined) {
      this.proceedInTurn();
      return;
    }
    this.waitToBegin(preparing, (isAllNew) => {
      this.isUpToDate = isAllNew === true;
      this.proceedInTurn();
    });
  }

  /** The request cannot be written. A value may be refused for what a table or type was before it was changed. */
  protected refused(error: unknown): void {
    const connection = this.context.cluster.next();
    if (error instanceof BindError && this.hasStatements && !this.isUpToDate && connection !== undefined) {
      this.prepareAgain(connection, () => this.proceedInTurn());
    } else {
      this.fail(error);
    }
  }

  private get hasStatements(): boolean {
    return this.job.statements.length > 0;
  }

  /**
   * Has its statements prepared again: all of a batch, since a server that has forgotten one has most likely forgotten the others,
   * and names only the first that it misses.
   */
  private prepareAgain(connection: Connection, then: () => void): void {
    const { job, context, request } = this;
    const signatures = job.statements.map(({ signature }) => signature);
    const preparing = from(job.statements).pipe(
      mergeMap((statement) => context.reprepare(connection, statement), PREPARES_AT_ONCE),
    );
    this.waitFor(preparing, () => {
      this.isUpToDate = true;
      // The bytes that were sent are sent again, unless the parameters are of other types by now.
      if (job.statements.some(({ signature }, i) => signature !== signatures[i])) request.discard();
      then();
    });
  }

  protected onAnswer(attempt: Attempt, envelope: Envelope): void {
    const { connection, known } = attempt;
    const { host, extensions } = connection;
    let response: Response;
    try {
      response = readResponse(envelope, known, extensions);
    } catch (error) {
      this.fail(error);
      return;
    }
    if (extensions.hasTablets) learnTablet(this.context.cluster, this.job, response);
    switch (response.kind) {
      case 'rows':
        this.job.learn(response);
        if (this.getsNowhere(response)) this.fail(endlessQuery(host));
        else this.emit(response, connection);
        break;
      case 'void':
        this.emit(response, connection);
        break;
      case 'schemaChange':
        this.waits.follow(this.context.schemaChanged(response.change), (isInAgreement) =>
          this.emit(response, connection, isInAgreement),
        );
        break;
      case 'setKeyspace':
        // Who asked for something else got a damaged answer. The whole session would be in some other keyspace.
        if (this.job.kind !== 'use') {
          this.fail(new ProtocolError(`${host} answered a request that was no USE with ${response.kind}.`));
          return;
        }
        this.waits.follow(this.context.useKeyspace(response.keyspace), () => this.emit(response, connection));
        break;
      case 'error':
        this.onError(attempt, response.error);
        break;
      default:
        this.fail(new ProtocolError(`${host} answered a request with ${response.kind}.`));
    }
  }

  private onError(attempt: Attempt, error: ResponseError): void {
    const { connection } = attempt;
    // It refuses whatever comes until it ends its connections: nothing more is to be sent there.
    if (isShuttingDown(error)) connection.retire();
    if (error.kind !== 'Unprepared' || !this.hasStatements || this.reprepares === MAX_REPREPARES) {
      this.judge(attempt, this.job.hasValues ? error : explainMissingValues(error), true);
      return;
    }
    this.reprepares++;
    this.prepareAgain(connection, () => this.again(attempt));
  }

  /** Whether the query stands still, though it has been answered again and again. */
  private getsNowhere({ pagingState, rows }: RowsResult): boolean {
    const { job } = this;
    const isInVain =
      rows.rowCount === 0 && this.pagingState !== undefined && pagingState?.equals(this.pagingState) === true;
    job.pagesInVain = isInVain ? job.pagesInVain + 1 : 0;
    return job.pagesInVain > MAX_PAGES_IN_VAIN;
  }

  private emit(result: Result, connection: Connection, schemaInAgreement?: boolean): void {
    const { context, attemptCount: attempts, job } = this;
    const { rows } = job.settings;
    const latency = this.measure();
    job.coordinator = connection;
    const page = pageOf<R>(result, rows, context, connection.host, attempts, schemaInAgreement);
    job.tracking?.page(page, latency);
    this.receiver.next(page);
    this.receiver.complete();
    this.leave();
  }

  protected fail(error: unknown): void {
    const { pagingState, attemptCount: attempts, host: coordinator, job, mayBeMade } = this;
    const isWrite = this.isWritten && job.kind !== 'select';
    if (error instanceof ResponseError) this.measure();
    this.context.counts.failed(error);
    this.receiver.error(failureOf(error, { pagingState, attempts, coordinator, isWrite, mayBeMade }));
    this.leave();
  }

  private leave(): void {
    if (!this.isAdmitted) return;
    this.isAdmitted = false;
    this.leaveAll();
    this.context.admission.leave();
  }
}

function endlessQuery(host: string): ProtocolError {
  return new ProtocolError(
    `${host} answered ${MAX_PAGES_IN_VAIN} times in a row with a page without rows and the same paging state: ` +
      'the query would never end.',
  );
}
