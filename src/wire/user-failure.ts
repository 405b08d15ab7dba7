import { hideCause } from '../codec/hidden-cause.js';

const failures = new WeakSet<Error>();

/**
 * The error for a function of the user that has failed, with what it threw. Its cause is not shown: where secrets are handled, it may
 * well hold one, and errors are printed whole. A program that wants to know finds it under `cause`.
 */
export function userFailure<E extends Error>(error: E, cause?: unknown): E {
  failures.add(error);
  if (cause === undefined) return error;
  return hideCause(error, cause);
}

/** Whether it was not a server that has refused something: the function may do better the next time. */
export function isUserFailure(error: unknown): boolean {
  return error instanceof Error && failures.has(error);
}
