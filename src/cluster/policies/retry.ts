import { type Consistency, ConnectionError, ProtocolError, ResponseError } from '../../errors.js';
import { isShuttingDown } from '../shutting-down.js';
import { checkPolicyOptions, wholeNumber } from './policy-options.js';

/** An attempt that failed, for a {@link RetryPolicy} to judge. */
export interface Failure {
  /** What it failed with: a `ResponseError` if the server has answered. */
  readonly error: Error;
  /** Which attempt it was: 1 is the first. Those that could not be sent at all do not count. */
  readonly attempt: number;
  /** Whether sending the request again does no harm, even if the server has executed it. */
  readonly idempotent: boolean;
  /** Whether the request may have reached a server. */
  readonly written: boolean;
  readonly consistency: Consistency;
}

/**
 * What becomes of a request whose attempt has failed: `'same'`: it is sent again to the same node; `'next'`: to the next node of
 * its plan, which is never one that it was sent to before; `'throw'`: it fails with this error. So it does where `'next'`
 * finds no other node.
 *
 * The policy says what may be done, the driver how: it waits before it goes on after an `Overloaded`, for a random time, and it
 * fails requests instead of repeating them when more than a tenth of all have to be. A policy that throws, or returns
 * something else, has said `'throw'`.
 */
export type RetryPolicy = (failure: Failure) => 'same' | 'next' | 'throw';

/** A busy cluster gets two more chances, however many nodes it has. */
const MAX_OVERLOADED = 2;

/**
 * Repeats what is safe to repeat and has a chance to succeed:
 *
 * - what never reached a server: on the next node, always;
 * - after `Unavailable`: on the next node, once, since the request was not executed;
 * - after `IsBootstrapping`, and after an `Overloaded` by which a node says that it is shutting down: on the next node;
 * - after a `ReadTimeout` for which enough replicas answered, but not the one that was asked for the data: on the same node,
 *   once. It knows by then which replicas are alive;
 * - idempotent requests: after a `WriteTimeout` of the batch log on the same node, once; after a lost connection or a
 *   `ServerError` on the next node; after `Overloaded` on the next node, twice.
 *
 * Nothing else is repeated: not what would fail again, nor what the server may have executed. A request at a serial consistency
 * level, which is a read, is repeated once at most.
 *
 * @param options `maxAttempts`: how often a request is sent at most, the first time included; default 3.
 * @throws ConfigurationError
 */
export function defaultRetry(options: { maxAttempts?: number } = {}): RetryPolicy {
  checkPolicyOptions('defaultRetry', options, { maxAttempts: wholeNumber(1, 1_000) });
  const { maxAttempts = 3 } = options;
  return (failure) => {
    const { error, attempt, consistency } = failure;
    const isAnswered = error instanceof ResponseError;
    if (!isAnswered && !failure.written) return isConnectionLost(error) ? 'next' : 'throw';
    if (attempt >= maxAttempts) return 'throw';
    const isSerial = consistency === 'SERIAL' || consistency === 'LOCAL_SERIAL';
    if (isSerial && attempt > 1) return 'throw';
    if (isAnswered) return afterResponse(error, failure, isSerial);
    return error instanceof ConnectionError && failure.idempotent ? 'next' : 'throw';
  };
}

function afterResponse(
  error: ResponseError,
  { attempt, idempotent }: Failure,
  isSerial: boolean,
): 'same' | 'next' | 'throw' {
  const isFirst = attempt === 1;
  switch (error.kind) {
    case 'Unavailable':
      return isFirst ? 'next' : 'throw';
    case 'IsBootstrapping':
      return 'next';
    case 'ReadTimeout':
      return isFirst && isDataMissing(error) ? 'same' : 'throw';
    case 'WriteTimeout':
      return isFirst && idempotent && !isSerial && error.writeType === 'BATCH_LOG' ? 'same' : 'throw';
    case 'Overloaded':
      return isShuttingDown(error) || (idempotent && attempt <= MAX_OVERLOADED) ? 'next' : 'throw';
    case 'ServerError':
      return idempotent ? 'next' : 'throw';
    default:
      return 'throw';
  }
}

/** Whether there were enough answers, but only digests of the data among them. */
function isDataMissing({ received, blockFor, dataPresent }: ResponseError): boolean {
  return received !== undefined && blockFor !== undefined && received >= blockFor && dataPresent === false;
}

/** The request is not what is wrong. A connection whose server breaks the protocol is closed, too. */
function isConnectionLost(error: Error): boolean {
  return error instanceof ConnectionError || error instanceof ProtocolError;
}

/**
 * Leaves to the caller whatever a server has said, or may have executed. Only what certainly never reached one is sent
 * to the next node.
 */
export function fallthroughRetry(): RetryPolicy {
  return ({ error, written }) => (!written && isConnectionLost(error) ? 'next' : 'throw');
}

/** Sends every request at most once, to the first node of its plan. */
export function neverRetry(): RetryPolicy {
  return () => 'throw';
}
