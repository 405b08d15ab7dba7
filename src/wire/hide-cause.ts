/**
 * Gives an error its cause without showing it: what a function of the user throws where secrets are handled may well hold one, and
 * errors are printed whole. A program that wants to know finds it under `cause`.
 */
export function hideCause<E extends Error>(error: E, cause: unknown): E {
  return Object.defineProperty(error, 'cause', { get: () => cause, enumerable: false, configurable: true });
}
