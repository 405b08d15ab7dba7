import { ResponseError } from '../errors.js';
import type { Failure, RetryPolicy } from './policies/retry.js';
import type { RetryBudget } from './retry-budget.js';
import { isShuttingDown } from './shutting-down.js';

/** What to do about an attempt that failed. */
export interface RetryDecision {
  readonly action: 'same' | 'next' | 'throw';
  /** How long to wait first, in milliseconds. */
  readonly delay: number;
}

const THROW: RetryDecision = { action: 'throw', delay: 0 };

/**
 * What the policy says about a failure, as far as the budget allows it. What a policy of a user does wrong is told to
 * `onMistake`, and the request fails with the error that it has.
 *
 * The budget is for what servers have answered. After a lost connection every request that was in flight on it is repeated, many
 * at once, but only those: that cannot go on and on. The same for a node that refuses them because it is shutting down.
 *
 * @param random From 0 to 1.
 */
export function decideRetry(
  policy: RetryPolicy,
  failure: Failure,
  budget: RetryBudget,
  onMistake: (error: unknown) => void,
  random: () => number = Math.random,
): RetryDecision {
  let action: unknown;
  try {
    action = policy(failure);
  } catch (error) {
    onMistake(error);
    return THROW;
  }
  if (action !== 'same' && action !== 'next' && action !== 'throw') {
    onMistake(new TypeError("A retry policy must return 'same', 'next' or 'throw'."));
    return THROW;
  }
  const { error } = failure;
  if (action === 'throw') return THROW;
  if (isShuttingDown(error)) return { action, delay: 0 };
  if (error instanceof ResponseError && !budget.take()) return THROW;
  return { action, delay: error instanceof ResponseError && error.kind === 'Overloaded' ? backoff(random) : 0 };
}

const LEAST_BACKOFF = 50;
const MOST_BACKOFF = 500;

/**
 * How long a request waits before it goes to another node because one has too much to do: any time from 50 to 500 ms, so that those
 * that were refused together do not come back together.
 */
export function backoff(random: () => number = Math.random): number {
  return LEAST_BACKOFF + random() * (MOST_BACKOFF - LEAST_BACKOFF);
}
