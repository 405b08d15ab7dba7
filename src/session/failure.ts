import { ConnectionError, type CqlError, RequestTimeoutError, ResponseError, SessionClosedError } from '../errors.js';

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

/** Adds to an error, which no other request shares, what only the request knows. */
export function annotate(error: CqlError, circumstances: Circumstances): CqlError {
  const { pagingState, attempts, coordinator, isWrite } = circumstances;
  const isResponse = error instanceof ResponseError;
  const isLoss = error instanceof ConnectionError || error instanceof RequestTimeoutError;
  if ((isResponse || isLoss) && attempts > 0) Object.assign(error, { attempts, coordinator });
  if (isWrite && (isLoss || (isResponse && UNKNOWN_OUTCOMES.has(error.kind))))
    Object.assign(error, { outcome: 'unknown' });
  if (pagingState !== undefined && (isResponse || isLoss || error instanceof SessionClosedError)) {
    // Not enumerable: a paging state may reveal keys, and errors are logged.
    Object.defineProperty(error, 'pagingState', { value: pagingState, configurable: true });
  }
  return error;
}
