import { checkPolicyOptions, milliseconds, required } from './policy-options.js';

/**
 * How long to wait before a node is connected to again, in milliseconds. `attempt` counts from 0 the attempts that have
 * failed in a row; it starts again once a connection has held for 30 seconds. After a refusal, of the credentials for example,
 * the wait is 30 seconds at least. Requests do not wait with it: while no node is connected to, they fail at once.
 */
export type ReconnectionPolicy = (attempt: number) => number;

/**
 * Waits a random time up to a bound that doubles with each attempt: *full jitter*, so that the clients of a node that comes
 * back do not come all at once.
 *
 * @param options `base`: the bound of the first wait, default 250 ms; `max`: the largest, default 30,000 ms.
 * @throws ConfigurationError
 */
export function exponentialReconnection(options: { base?: number; max?: number } = {}): ReconnectionPolicy {
  checkPolicyOptions('exponentialReconnection', options, { base: milliseconds, max: milliseconds });
  const { base = 250, max = 30_000 } = options;
  // Beyond 2^30 the bound is `max` for any base, and larger powers would only lose precision.
  return (attempt) => Math.random() * Math.min(max, base * 2 ** Math.min(attempt, 30));
}

/**
 * Always waits the same time.
 *
 * @param options `delay`: in milliseconds.
 * @throws ConfigurationError
 */
export function constantReconnection(options: { delay: number }): ReconnectionPolicy {
  checkPolicyOptions('constantReconnection', options, { delay: required(milliseconds) });
  const { delay } = options;
  return () => delay;
}

/** Waited for instead of what a policy says that says nothing that could be waited for. */
const FALLBACK = 30_000;

/** The longest that Node's timers wait, in milliseconds. */
const MAX_DELAY = 0x7fffffff;

/** What a policy says, if it says something that can be waited for; one that fails must not end the reconnecting. */
export function delayOf(policy: ReconnectionPolicy, attempt: number): number {
  try {
    const delay = policy(attempt);
    return delay >= 0 && delay <= MAX_DELAY ? delay : FALLBACK;
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error), { code: 'RXCQL_RECONNECTION_POLICY' });
    return FALLBACK;
  }
}
