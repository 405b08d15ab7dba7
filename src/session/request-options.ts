import { consistencyCode } from '../codec/consistency.js';
import type { Consistency } from '../errors.js';
import {
  bytes,
  type Checks,
  checkOptions,
  consistency,
  flag,
  microseconds,
  milliseconds,
  payload,
  serialConsistency,
  text,
  wholeNumber,
} from './check.js';

export type SerialConsistency = 'SERIAL' | 'LOCAL_SERIAL';

/** What every request may have; the session gives the defaults. */
export interface RequestDefaults {
  /** Default `'LOCAL_QUORUM'`. */
  consistency?: Consistency;
  /** Of the condition of a conditional statement; default `'LOCAL_SERIAL'`. */
  serialConsistency?: SerialConsistency;
  /** Rows a page, default 5,000; 0 asks for all rows in one page. */
  pageSize?: number;
  /**
   * Of one request or page, waiting and preparing included, in milliseconds; default 12,000, for DDL 60,000. Time is counted
   * in ticks of 50 ms: a request ends up to 100 ms late, never early.
   */
  timeout?: number;
}

/** Options of one request. */
export interface QueryOptions extends RequestDefaults {
  /** Where to begin: the `pagingState` of a page, or of the error that ended a query. */
  pagingState?: Uint8Array;
  /** The time of the write, in microseconds since the epoch; the server's clock by default. */
  timestamp?: bigint | number;
  /** Protocol v5: where names without a keyspace are looked up, for this request. */
  keyspace?: string;
  /** Protocol v5: what the server takes for the present, in seconds since the epoch. */
  nowInSeconds?: number;
  /** Bytes for a custom query handler of the server. */
  customPayload?: Readonly<Record<string, Uint8Array>> | ReadonlyMap<string, Uint8Array>;
  /** Have the server record what it does; the page has the id of the record. */
  tracing?: boolean;
  /** Default: true with parameters, false without. */
  prepare?: boolean;
}

/** {@link QueryOptions}, checked, merged with the session's, and as the protocol wants them. */
export interface RequestSettings {
  readonly consistency: number;
  readonly serialConsistency: number;
  readonly pageSize: number | undefined;
  readonly timeout: number | undefined;
  readonly pagingState: Uint8Array | undefined;
  readonly timestamp: bigint | undefined;
  readonly keyspace: string | undefined;
  readonly nowInSeconds: number | undefined;
  readonly customPayload: ReadonlyMap<string, Uint8Array> | undefined;
  readonly tracing: boolean;
  readonly prepare: boolean | undefined;
}

export const REQUEST_CHECKS: Checks<RequestDefaults> = {
  consistency,
  serialConsistency,
  pageSize: wholeNumber(0, 0x7fffffff),
  timeout: milliseconds,
};

const QUERY_CHECKS: Checks<QueryOptions> = {
  ...REQUEST_CHECKS,
  pagingState: bytes,
  timestamp: microseconds,
  keyspace: text,
  nowInSeconds: wholeNumber(-0x80000000, 0x7fffffff),
  customPayload: payload,
  tracing: flag,
  prepare: flag,
};

/** Options of requests that are not there yet, first those that a session gives defaults for. */
export const PLANNED_REQUEST_OPTIONS: readonly string[] = ['idempotent', 'retry', 'speculation', 'rows'];
const PLANNED_QUERY_OPTIONS = [...PLANNED_REQUEST_OPTIONS, 'profile', 'node', 'routingKey', 'signal'];

/** Whether an object that should hold something else holds options of a request, and nothing else. */
export function areQueryOptions(object: object): boolean {
  const names = Object.keys(object);
  return (
    names.length > 0 && names.every((name) => Object.hasOwn(QUERY_CHECKS, name) || PLANNED_QUERY_OPTIONS.includes(name))
  );
}

const DEFAULTS: RequestSettings = {
  consistency: consistencyCode('LOCAL_QUORUM')!,
  serialConsistency: consistencyCode('LOCAL_SERIAL')!,
  pageSize: 5_000,
  timeout: undefined,
  pagingState: undefined,
  timestamp: undefined,
  keyspace: undefined,
  nowInSeconds: undefined,
  customPayload: undefined,
  tracing: false,
  prepare: undefined,
};

/** The settings of requests that have no options of their own. The options have been checked. */
export function requestSettings(options: RequestDefaults, base: RequestSettings = DEFAULTS): RequestSettings {
  const code = (name: Consistency | undefined, otherwise: number): number =>
    name === undefined ? otherwise : consistencyCode(name)!;
  return {
    ...base,
    consistency: code(options.consistency, base.consistency),
    serialConsistency: code(options.serialConsistency, base.serialConsistency),
    pageSize: options.pageSize === undefined ? base.pageSize : options.pageSize || undefined,
    timeout: options.timeout ?? base.timeout,
  };
}

/** The settings of one request. @throws ConfigurationError for what is unknown or wrong. */
export function querySettings(options: QueryOptions | undefined, base: RequestSettings): RequestSettings {
  if (options === undefined) return base;
  checkOptions<QueryOptions>(options, QUERY_CHECKS, 'query options', PLANNED_QUERY_OPTIONS);
  const { customPayload, timestamp } = options;
  return {
    ...requestSettings(options, base),
    pagingState: options.pagingState,
    timestamp: timestamp === undefined ? undefined : BigInt(timestamp),
    keyspace: options.keyspace,
    nowInSeconds: options.nowInSeconds,
    customPayload:
      customPayload === undefined || customPayload instanceof Map
        ? customPayload
        : new Map(Object.entries(customPayload)),
    tracing: options.tracing ?? false,
    prepare: options.prepare,
  };
}
