import { ResponseError } from '../errors.js';

/**
 * Whether a node has refused a request because it is going away. Cassandra has no code of its own for that, only these words, and
 * says them before it has done anything with the request.
 */
export function isShuttingDown(error: unknown): boolean {
  return error instanceof ResponseError && error.kind === 'Overloaded' && error.message === 'Server is shutting down';
}
