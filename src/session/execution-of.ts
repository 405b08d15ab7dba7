import { Observable, type Subscriber, Subscription, type TeardownLogic, type Unsubscribable } from 'rxjs';
import { DirectSource, type Receiver } from '../operators/direct-source.js';
import type { Page } from '../operators/page.js';
import { abortWith } from './abort-with.js';
import type { Params } from './bind.js';
import type { SessionContext } from './context.js';
import { run } from './execute.js';
import type { Job } from './job.js';
import { type QueryOptions, querySettings } from './request-options.js';
import { isTracking, type RequestStart } from './request-tracking.js';
import { type Statement, StatementJob } from './statement-job.js';
import { tracked } from './tracked.js';

/**
 * What `session.execute()` returns: an object that knows what to do where functions would have to remember it, since there is one of it
 * for each request.
 */
export class ExecutionOf<R> extends DirectSource<Page<R>> {
  readonly #context: SessionContext;
  readonly #statement: Statement;
  readonly #params: Params | undefined;
  readonly #options: QueryOptions | undefined;

  constructor(
    context: SessionContext,
    statement: Statement,
    params: Params | undefined,
    options: QueryOptions | undefined,
  ) {
    super(ExecutionOf.#begin as (this: Observable<Page<R>>, subscriber: Subscriber<Page<R>>) => TeardownLogic);
    this.#context = context;
    this.#statement = statement;
    this.#params = params;
    this.#options = options;
  }

  static #begin<R>(this: ExecutionOf<R>, subscriber: Subscriber<Page<R>>): TeardownLogic {
    const job = this.#job();
    abortWith(this.#options?.signal, subscriber);
    return runOne(this.#context, 'execute', job, subscriber);
  }

  start(receiver: Receiver<Page<R>>): Unsubscribable {
    if (this.#options?.signal !== undefined) return this.subscribe(receiver);
    let job: StatementJob;
    try {
      job = this.#job();
    } catch (error) {
      receiver.error(error);
      return Subscription.EMPTY;
    }
    return runOne(this.#context, 'execute', job, receiver);
  }

  #job(): StatementJob {
    const { request, profiles } = this.#context.settings;
    return new StatementJob(this.#statement, this.#params, querySettings(this.#options, request, profiles));
  }
}

/** One request, reported to `receiver`. */
export function runOne<R>(
  context: SessionContext,
  kind: RequestStart['kind'],
  job: Job,
  receiver: Receiver<Page<R>>,
): Unsubscribable {
  if (receiver.closed) return Subscription.EMPTY;
  const { pagingState } = job.settings;
  if (!isTracking()) return run(context, job, pagingState, receiver);
  const page = new Observable<Page<R>>((request) => run(context, job, pagingState, request));
  return tracked(page, job, kind, context.wire.now).subscribe(receiver);
}
