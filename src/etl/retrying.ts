import { asyncScheduler, catchError, defer, map, type Observable, of, switchMap, timer } from 'rxjs';
import type { Consistency, CqlError } from '../errors.js';
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
 * once what became of it, errors included, and completes.
 */
export function retrying(request: () => Observable<Page<unknown>>, options: Retrying): Observable<Ended> {
  return defer(() => {
    const begun = asyncScheduler.now();
    options.budget.onRequest();
    return attempt(request, options, begun, 0, 0);
  });
}

function attempt(
  request: () => Observable<Page<unknown>>,
  options: Retrying,
  begun: number,
  failures: number,
  sent: number,
): Observable<Ended> {
  const asked = asyncScheduler.now();
  return defer(request).pipe(
    map((page): Ended => {
      const now = asyncScheduler.now();
      options.observe({ latency: now - asked, node: page.coordinator });
      return { page, attempts: sent + page.attempts, latency: now - begun };
    }),
    catchError((error: CqlError) => {
      const now = asyncScheduler.now();
      const { coordinator: node, attempts = 0 } = error;
      options.observe({ latency: now - asked, error, ...(node !== undefined && { node }) });
      const all = sent + attempts;
      if (!isWanted(options, error, failures + 1) || !options.budget.take()) {
        return of({ error, attempts: all, latency: now - begun });
      }
      return timer(backoff(failures)).pipe(switchMap(() => attempt(request, options, begun, failures + 1, all)));
    }),
  );
}

function isWanted({ policy = passing, isIdempotent, consistency }: Retrying, error: Error, count: number): boolean {
  try {
    return policy({ error, attempt: count, idempotent: isIdempotent, written: true, consistency }) !== 'throw';
  } catch {
    // A policy that fails has not said that it may be sent again.
    return false;
  }
}
