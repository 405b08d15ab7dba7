import { Observable, type Subscriber, type TeardownLogic } from 'rxjs';
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
export class ExecutionOf<R> extends Observable<Page<R>> {
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
    const context = this.#context;
    const options = this.#options;
    const { request, profiles } = context.settings;
    const job = new StatementJob(this.#statement, this.#params, querySettings(options, request, profiles));
    return runOne(context, 'execute', job, options?.signal, subscriber);
  }
}

/** One request, reported to `subscriber`. */
export function runOne<R>(
  context: SessionContext,
  kind: RequestStart['kind'],
  job: Job,
  signal: AbortSignal | undefined,
  subscriber: Subscriber<Page<R>>,
): TeardownLogic {
  abortWith(signal, subscriber);
  if (subscriber.closed) return undefined;
  const { pagingState } = job.settings;
  if (!isTracking()) return run(context, job, pagingState, subscriber);
  const page = new Observable<Page<R>>((request) => run(context, job, pagingState, request));
  return tracked(page, job, kind, context.wire.now).subscribe(subscriber);
}
