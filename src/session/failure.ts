import { ConnectionError, CqlError, DecodeError, RequestTimeoutError, ResponseError } from '../errors.js';

/** What is known about a request that failed. */
export interface Circumstances {
  /** Where the page that could not be fetched begins. */
  readonly pagingState: Uint8Array | undefined;
  readonly attempts: number;
  /** The node that it was last sent to. */
  readonly coordinator: string | undefined;
  /** Whether it changes data, and may have reached a server. */
  readonly isWrite: boolean;
  /** Whether an attempt before the last may have made the change. */
  readonly mayBeMade: boolean;
}

/** Server errors after which a write may have been applied, or may still be. */
const UNKNOWN_OUTCOMES: ReadonlySet<string> = new Set([
  'WriteTimeout',
  'WriteFailure',
  'CasWriteUnknown',
  'CdcWriteFailure',
]);

/** The error of one request, which is nobody else's, with what only the request knows. What is no error of ours stays as it is. */
export function failureOf(failure: unknown, circumstances: Circumstances): unknown {
  if (!(failure instanceof CqlError)) return failure;
  const { pagingState, attempts, coordinator, isWrite, mayBeMade } = circumstances;
  if (attempts > 0) Object.assign(failure, { attempts, coordinator });
  if (isWrite && (mayBeMade || isOutcomeUnknown(failure))) Object.assign(failure, { outcome: 'unknown' });
  if (pagingState !== undefined) {
    // Not enumerable: a paging state may reveal keys, and errors are logged.
    Object.defineProperty(failure, 'pagingState', { value: Buffer.from(pagingState), configurable: true });
  }
  return failure;
}

/** Whether nobody knows, after this error of an attempt that was sent, what has become of a write. */
export function isOutcomeUnknown(error: Error): boolean {
  if (error instanceof ResponseError) return UNKNOWN_OUTCOMES.has(error.kind);
  // An answer that cannot be read may be one that says yes.
  return error instanceof ConnectionError || error instanceof RequestTimeoutError || error instanceof DecodeError;
}

/**
 * For one of several that something has failed for: another error of the same class with the same properties, the stack among
 * them. That has to be put into words for it, which takes longer than most requests; errors that are not shared are not copied.
 */
export function ownError<E>(error: E): E {
  if (!(error instanceof CqlError)) return error;
  // It gets the stack of the first: to walk its own would cost more than all the rest.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const copy: unknown = Reflect.construct(Error, [error.message], error.constructor as new () => E);
  Error.stackTraceLimit = stackTraceLimit;
  return Object.defineProperties(copy, Object.getOwnPropertyDescriptors(error)) as E;
}
