import {
  AuthenticationError,
  BindError,
  ConfigurationError,
  ConnectionError,
  CqlError,
  NoHostAvailableError,
  RequestTimeoutError,
  ResponseError,
  SessionClosedError,
  ThrottleError,
} from '../errors.js';

/** The same for whatever is asked: the statement is wrong, or may not be executed, or nobody can be asked any more. */
export function isHopeless(error: unknown): boolean {
  if (error instanceof ResponseError) return HOPELESS.has(error.kind);
  if (error instanceof CqlError && error.code === 'ERR_RXCQL_NOT_IN_SCHEMA') return true;
  return [AuthenticationError, BindError, ConfigurationError, SessionClosedError].some((kind) => error instanceof kind);
}

const HOPELESS: ReadonlySet<string> = new Set([
  'BadCredentials',
  'SyntaxError',
  'Unauthorized',
  'Invalid',
  'ConfigError',
  'AlreadyExists',
  'FunctionFailure',
]);

/** It may go well the next time. */
export function isPassing(error: unknown): boolean {
  if (error instanceof ResponseError) return PASSING.has(error.kind);
  return [ConnectionError, NoHostAvailableError, RequestTimeoutError, ThrottleError].some(
    (kind) => error instanceof kind,
  );
}

const PASSING: ReadonlySet<string> = new Set([
  'ServerError',
  'Unavailable',
  'Overloaded',
  'IsBootstrapping',
  'RateLimit',
  'ReadTimeout',
  'ReadFailure',
  'WriteTimeout',
  'WriteFailure',
]);

/** Less at a time may be what it takes. */
export function isTooMuch(error: unknown): boolean {
  if (error instanceof ResponseError) return error.kind === 'ReadTimeout' || error.kind === 'ReadFailure';
  return error instanceof RequestTimeoutError;
}

/** There is more to do than can be done: a limiter takes its limit back. */
export function isOverload(error: unknown): boolean {
  if (error instanceof ResponseError) return OVERLOAD.has(error.kind);
  return error instanceof RequestTimeoutError || error instanceof ThrottleError;
}

const OVERLOAD: ReadonlySet<string> = new Set(['Overloaded', 'RateLimit', 'ReadTimeout', 'WriteTimeout']);
