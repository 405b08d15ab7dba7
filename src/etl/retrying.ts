import {
  asyncScheduler,
  type Observable,
  type Subscriber,
  switchMap,
  type TeardownLogic,
  timer,
  type Unsubscribable,
} from 'rxjs';
import type { Consistency, CqlError } from '../errors.js';
import { DirectSource, type Receiver } from '../operators/direct-source.js';
import { InnerReceiver } from '../operators/inner-receiver.js';
import type { Page } from '../operators/page.js';
import type { RetryPolicy } from '../cluster/policies/retry.js';
import type { RetryBudget } from '../cluster/retry-budget.js';
import { backoff } from './backoff.js';
import { isPassing } from './failure-kind.js';
import type { LimitSample } from './limiter.js';

/** How a request is tried again. */
export interface Retrying {
  readonly budget: RetryBudget;
  readonly isIdempotent: boolean;
  readonly consistency: Consistency;
  /** Instead of {@link passing}. */
  readonly policy: RetryPolicy | undefined;
  observe(sample: LimitSample): void;
}

/** What became of a request: its page, or what it failed with in the end. */
export interface Ended {
  readonly page?: Page<unknown>;
  readonly error?: Error;
  /** How often it was sent. */
  readonly attempts: number;
  readonly latency: number;
}

const MOST_ATTEMPTS = 10;

/** Tries again what may go well the next time, and does no harm when it is sent twice. */
const passing: RetryPolicy = ({ error, attempt, idempotent }) =>
  idempotent && attempt < MOST_ATTEMPTS && isPassing(error) ? 'next' : 'throw';

/**
 * Makes a request, and again as long as it fails, the policy wants that, and the budget has something left; after a pause that grows. Emits
 * once what is made of what became of it, errors included, and completes. Errors with what `project` throws.
 */
export function retrying<T>(
  request: () => Observable<Page<unknown>>,
  options: Retrying,
  project: (ended: Ended) => T,
): Observable<T> {
  return new RetriedRequest(request, options, project);
}

/** There is one for each record: so what is needed where nothing fails is one object more, and no operators. */
class RetriedRequest<T> extends DirectSource<T> {
  readonly #request: () => Observable<Page<unknown>>;
  readonly #options: Retrying;
  readonly #project: (ended: Ended) => T;

  constructor(request: () => Observable<Page<unknown>>, options: Retrying, project: (ended: Ended) => T) {
    super(RetriedRequest.#begin as (this: Observable<T>, subscriber: Subscriber<T>) => TeardownLogic);
    this.#request = request;
    this.#options = options;
    this.#project = project;
  }

  static #begin<T>(this: RetriedRequest<T>, subscriber: Subscriber<T>): TeardownLogic {
    return this.start(subscriber);
  }

  start(receiver: Receiver<T>): Unsubscribable {
    const attempts = new Attempts(this.#request, this.#options, this.#project, receiver);
    attempts.start();
    return attempts;
  }
}

/**
 * ```
 * request --page--> ended --project--> receiver
 *    ^  |                       ^
 *    |  fails: is it wanted again?  no
 *    '-- pause --- yes
 * ```
 *
 * One subscription.
 */
class Attempts<T> extends InnerReceiver<Page<unknown>> {
  private readonly request: () => Observable<Page<unknown>>;
  private readonly options: Retrying;
  private readonly project: (ended: Ended) => T;
  private readonly receiver: Receiver<T>;
  private readonly begun = asyncScheduler.now();
  private asked = this.begun;
  private failures = 0;
  private sent = 0;

  constructor(
    request: () => Observable<Page<unknown>>,
    options: Retrying,
    project: (ended: Ended) => T,
    receiver: Receiver<T>,
  ) {
    super();
    this.request = request;
    this.options = options;
    this.project = project;
    this.receiver = receiver;
  }

  start(): void {
    this.options.budget.onRequest();
    let page: Observable<Page<unknown>>;
    try {
      page = this.request();
    } catch (error) {
      this.error(error);
      return;
    }
    this.begin(page);
  }

  protected onNext(page: Page<unknown>): void {
    const now = asyncScheduler.now();
    this.options.observe({ latency: now - this.asked, node: page.coordinator });
    this.emit({ page, attempts: this.sent + page.attempts, latency: now - this.begun });
  }

  protected onComplete(): void {
    this.receiver.complete();
  }

  protected onError(cause: unknown): void {
    const error = cause as CqlError;
    const now = asyncScheduler.now();
    const { coordinator: node, attempts = 0 } = error;
    this.options.observe({ latency: now - this.asked, error, ...(node !== undefined && { node }) });
    this.sent += attempts;
    // Whoever observes may have been what made somebody leave.
    if (this.receiver.closed) return;
    if (isWanted(this.options, error, this.failures + 1) && this.options.budget.take()) {
      this.begin(timer(backoff(this.failures++)).pipe(switchMap(() => this.again())));
    } else {
      this.emit({ error, attempts: this.sent, latency: now - this.begun });
      this.receiver.complete();
    }
  }

  private again(): Observable<Page<unknown>> {
    this.asked = asyncScheduler.now();
    return this.request();
  }

  private emit(ended: Ended): void {
    let result: T;
    try {
      result = this.project(ended);
    } catch (error) {
      this.unsubscribe();
      this.receiver.error(error);
      return;
    }
    this.receiver.next(result);
  }
}

function isWanted({ policy = passing, isIdempotent, consistency }: Retrying, error: Error, count: number): boolean {
  try {
    return policy({ error, attempt: count, idempotent: isIdempotent, written: true, consistency }) !== 'throw';
  } catch {
    // A policy that fails has not said that it may be sent again.
    return false;
  }
}
