import { printable } from '../codec/printable.js';
import { AuthenticationError, ConfigurationError, NoHostAvailableError, ResponseError } from '../errors.js';
import type { Topology } from './node.js';

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

/** The error where a plan has no node that is there. */
export function noneChosen(topology: Topology | undefined): NoHostAvailableError {
  const nodes = (topology?.nodes ?? []).map(({ address, datacenter, rack, isUp }) =>
    printable(`${address} (${datacenter}, ${rack}, ${isUp ? 'up' : 'down'})`),
  );
  return new NoHostAvailableError(
    `Neither the load balancing policy nor the option "node" chose a node of the cluster. There are: ${nodes.join(', ')}.`,
    new Map(),
  );
}

/** The error of a request whose load balancing policy has thrown. */
export function policyError(cause: unknown): ConfigurationError {
  const reason = cause instanceof Error ? cause.message : 'what was thrown is no error';
  return new ConfigurationError(
    `The load balancing policy failed, or gave nothing that nodes can be taken from: ${reason}`,
    {
      cause,
    },
  );
}

/** The same for an error that may be a {@link CandidatesError}. */
export function unreachableFrom(error: unknown): unknown {
  return error instanceof CandidatesError ? unreachable(error.causes) : error;
}
