import { callable, type Check } from '../check.js';
import { dcAware } from '../cluster/policies/dc-aware.js';
import { allowList, hostFilter } from '../cluster/policies/host-filter.js';
import { rackAware } from '../cluster/policies/rack-aware.js';
import { constantReconnection, exponentialReconnection } from '../cluster/policies/reconnection.js';
import { defaultRetry, fallthroughRetry, neverRetry } from '../cluster/policies/retry.js';
import { roundRobin } from '../cluster/policies/round-robin.js';
import { constantSpeculation, percentileSpeculation } from '../cluster/policies/speculation.js';
import { monotonicTimestamps } from '../cluster/policies/timestamps.js';
import { tokenAware } from '../cluster/policies/token-aware.js';
import { ConfigurationError } from '../errors.js';

/** The functions that make policies. Their own names may be others once a program has been made smaller. */
const MAKERS: ReadonlyMap<unknown, string> = new Map<unknown, string>(
  Object.entries({
    tokenAware,
    dcAware,
    rackAware,
    roundRobin,
    allowList,
    hostFilter,
    defaultRetry,
    fallthroughRetry,
    neverRetry,
    constantSpeculation,
    percentileSpeculation,
    constantReconnection,
    exponentialReconnection,
    monotonicTimestamps,
  }).map(([name, maker]) => [maker, name]),
);

/** A function, and not one that would first have to be called to make a policy. */
export const aPolicy: Check = (value, name) => {
  callable(value, name);
  const maker = MAKERS.get(value);
  if (maker === undefined) return;
  throw new ConfigurationError(
    `The option ${JSON.stringify(name)} is the function ${maker}, which makes a policy: call it, as in ${name}: ${maker}().`,
  );
};
