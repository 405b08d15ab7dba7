import type { Latency } from '../latency-histogram.js';
import { checkPolicyOptions, type Expectation, milliseconds, required, wholeNumber } from './policy-options.js';

/**
 * When an idempotent request that has no answer yet is sent to another node as well; the first answer counts. Asked before each
 * further attempt: `attempt` 1 is the first one besides the original.
 *
 * @returns How long to wait for an answer to those before, in milliseconds; undefined for no further attempt.
 */
export type SpeculationPolicy = (attempt: number, latency: Latency) => number | undefined;

const MAX_FURTHER: Expectation = wholeNumber(1, 100);

/**
 * Sends a request elsewhere after a fixed time.
 *
 * @param options `delay`: in milliseconds, 0 for at once. `max`: how many further attempts at most; default 1.
 * @throws ConfigurationError
 */
export function constantSpeculation(options: { delay: number; max?: number }): SpeculationPolicy {
  checkPolicyOptions('constantSpeculation', options, { delay: required(milliseconds), max: MAX_FURTHER });
  const { delay, max = 1 } = options;
  return (attempt) => (attempt <= max ? delay : undefined);
}

const PERCENTILE: Expectation = {
  words: 'a number above 0 and below 100',
  holds: (value) => typeof value === 'number' && value > 0 && value < 100,
};

/** Before there are so many, the latencies of the first requests, which connect and prepare, would be taken for usual. */
const LEAST_MEASURED = 100;

/**
 * Sends a request elsewhere if it takes longer than most: with a percentile of 99, the slowest one of a hundred. As the latencies
 * of the session change, so does the delay. There are no further attempts until 100 requests have been measured.
 *
 * @param options `percentile`: above 0 and below 100. `max`: how many further attempts at most; default 1.
 * @throws ConfigurationError
 */
export function percentileSpeculation(options: { percentile: number; max?: number }): SpeculationPolicy {
  checkPolicyOptions('percentileSpeculation', options, { percentile: required(PERCENTILE), max: MAX_FURTHER });
  const { percentile, max = 1 } = options;
  /** For each session; finding a percentile takes longer than all else about a request, and it hardly changes. */
  const known = new WeakMap<Latency, { delay: number; until: number }>();
  return (attempt, latency) => {
    const { count } = latency;
    if (attempt > max || count < LEAST_MEASURED) return undefined;
    let last = known.get(latency);
    if (last === undefined || count >= last.until) {
      last = { delay: latency.percentile(percentile), until: count + LEAST_MEASURED };
      known.set(latency, last);
    }
    return last.delay;
  };
}
