import { ConnectionError, CqlError, RequestTimeoutError, ResponseError } from '../errors.js';

/** What is known about a request that failed. */
export interface Circumstances {
  /** Where the page that could not be fetched begins. */
  readonly pagingState: Uint8Array | undefined;
  readonly attempts: number;
  /** The node that it was last sent to. */
  readonly coordinator: string | undefined;
  /** Whether it changes data, and may have reached a server. */
  readonly isWrite: boolean;
}

/** Server errors after which a write may have been applied, or may still be. */
const UNKNOWN_OUTCOMES: ReadonlySet<string> = new Set([
  'WriteTimeout',
  'WriteFailure',
  'CasWriteUnknown',
  'CdcWriteFailure',
]);

/**
 * The error of one request: a copy, since what has failed may be what several requests waited for, with what only the request
 * knows. What is no error of ours is passed on as it is, and so is what there is nothing to say about: a copy needs the text
 * of the stack, which takes longer than all else.
 */
export function failureOf(error: unknown, circumstances: Circumstances): unknown {
  if (!(error instanceof CqlError)) return error;
  const { pagingState, attempts, coordinator, isWrite } = circumstances;
  const isUnknown = isWrite && isOutcomeUnknown(error);
  if (attempts === 0 && !isUnknown && pagingState === undefined) return error;
  const failure = copyOf(error);
  if (attempts > 0) Object.assign(failure, { attempts, coordinator });
  if (isUnknown) Object.assign(failure, { outcome: 'unknown' });
  if (pagingState !== undefined) {
    // Not enumerable: a paging state may reveal keys, and errors are logged.
    Object.defineProperty(failure, 'pagingState', { value: Buffer.from(pagingState), configurable: true });
  }
  return failure;
}

function isOutcomeUnknown(error: CqlError): boolean {
  if (error instanceof ResponseError) return UNKNOWN_OUTCOMES.has(error.kind);
  return error instanceof ConnectionError || error instanceof RequestTimeoutError;
}

/** Another error of the same class with the same properties, the stack among them. */
function copyOf<E extends Error>(error: E): E {
  const copy: unknown = Reflect.construct(Error, [error.message], error.constructor as new () => E);
  return Object.defineProperties(copy, Object.getOwnPropertyDescriptors(error)) as E;
}
