import { AuthenticationError, ConfigurationError, NoHostAvailableError, ResponseError } from '../errors.js';

/** No candidate could be used: why, by host. */
export class CandidatesError extends Error {
  readonly causes: ReadonlyMap<string, readonly Error[]>;

  constructor(causes: ReadonlyMap<string, readonly Error[]>) {
    super('No candidate could be used.');
    this.causes = causes;
  }
}

/** Why no node can be reached: the cause itself if it is the same for all, or a {@link NoHostAvailableError} with all causes. */
export function unreachable(causes: ReadonlyMap<string, readonly Error[]>): Error {
  const [first, ...others] = [...causes.values()].map((errors) => errors.at(-1));
  const isShared =
    first !== undefined && isSameEverywhere(first) && others.every((error) => error?.constructor === first.constructor);
  return isShared ? first : new NoHostAvailableError('No node of the cluster could be reached:', causes);
}

/** Whether asking another node would only bring the same answer: the cause is with the caller. */
function isSameEverywhere(error: Error): boolean {
  return error instanceof AuthenticationError || error instanceof ConfigurationError || error instanceof ResponseError;
}

/** The same for an error that may be a {@link CandidatesError}. */
export function unreachableFrom(error: unknown): unknown {
  return error instanceof CandidatesError ? unreachable(error.causes) : error;
}
