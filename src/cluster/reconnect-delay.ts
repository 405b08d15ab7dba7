import { AuthenticationError, ConfigurationError } from '../errors.js';
import { isVersionError } from '../wire/connect.js';
import { isUserFailure } from '../wire/user-failure.js';
import { delayOf, type ReconnectionPolicy } from './policies/reconnection.js';

/** What was refused for what we are will hardly be accepted soon; asking often would lock accounts and fill logs. */
const SLOW_RECONNECTION = 30_000;

/** How long to wait before connecting again, in milliseconds. @param failures How often it was in vain before. */
export function reconnectDelay(policy: ReconnectionPolicy, error: unknown, failures: number): number {
  const delay = delayOf(policy, failures);
  const isRefusal =
    error instanceof AuthenticationError || error instanceof ConfigurationError || isVersionError(error as Error);
  return isRefusal && !isUserFailure(error) ? Math.max(delay, SLOW_RECONNECTION) : delay;
}
