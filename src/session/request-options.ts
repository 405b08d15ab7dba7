import { consistencyCode } from '../codec/consistency.js';
import type { Node } from '../cluster/node.js';
import type { LoadBalancingPolicy } from '../cluster/policies/load-balancing.js';
import { defaultRetry, type RetryPolicy } from '../cluster/policies/retry.js';
import type { SpeculationPolicy } from '../cluster/policies/speculation.js';
import { ConfigurationError, type Consistency } from '../errors.js';
import {
  abortSignal,
  aNode,
  bytes,
  type Checks,
  checkOptions,
  consistency,
  flag,
  microseconds,
  milliseconds,
  notEmpty,
  payload,
  rowShape,
  serialConsistency,
  text,
  token,
  unknownName,
  wholeNumber,
} from '../check.js';
import { FOREIGN_QUERY_OPTIONS } from './foreign-options.js';
import { aPolicy } from './policy-checks.js';
import type { RowShape } from './row-shape.js';

export type SerialConsistency = 'SERIAL' | 'LOCAL_SERIAL';

/** What every request may have; the session gives the defaults. */
export interface RequestDefaults {
  /** Default `'LOCAL_QUORUM'`. */
  consistency?: Consistency | undefined;
  /** Of the condition of a conditional statement; default `'LOCAL_SERIAL'`. */
  serialConsistency?: SerialConsistency | undefined;
  /** Rows a page, default 5,000; 0 asks for all rows in one page. */
  pageSize?: number | undefined;
  /**
   * Of one request or page, waiting and preparing included, in milliseconds; default 12,000, for DDL 60,000. Time is counted
   * in ticks of 50 ms: a request ends up to 100 ms late, never early.
   */
  timeout?: number | undefined;
  /**
   * Whether sending the request twice does no harm, so that it may be sent again when nobody knows whether it was executed; by
   * default only `SELECT` is taken for that, unless it is at a serial consistency level.
   */
  idempotent?: boolean | undefined;
  /** What becomes of a request whose attempt has failed; default {@link defaultRetry}. */
  retry?: RetryPolicy | undefined;
  /** When an idempotent request that has no answer yet is sent to another node as well; by default never. */
  speculation?: SpeculationPolicy | undefined;
  /** Which nodes the request is sent to; default {@link tokenAware} with {@link dcAware}. */
  loadBalancing?: LoadBalancingPolicy | undefined;
  /**
   * What rows are: `'object'`, by the names of the columns (the default); `'array'`, in their order, where several may have one name;
   * `'columnar'`, all rows of a page as one {@link Columnar}; or a {@link RowFactory}, which makes something else of the arrays.
   */
  rows?: RowShape | undefined;
}

/** Defaults of requests under a name: see the option `profiles` of sessions. */
export type Profile = RequestDefaults;

/** Options of one request. Those of many may be one object: if it is frozen, it is checked once. */
export interface QueryOptions extends RequestDefaults {
  /** The profile whose defaults it has, instead of the session's own. */
  profile?: string | undefined;
  /** The only node that it may be sent to: one of the topology, or its address, `'host:port'`. */
  node?: string | Node | undefined;
  /**
   * The bytes of its partition key as the server has them, for a statement whose partition the driver cannot tell: one that is
   * not prepared, or whose key is a literal. Of several columns: for each `<length short> <bytes> <0 byte>`.
   */
  routingKey?: Uint8Array | undefined;
  /** A token of the ring, for a statement that reads a range of it: it goes to the replicas of that token. */
  routingToken?: bigint | undefined;
  /** Where to begin: the `pagingState` of a page, or of the error that ended a query. */
  pagingState?: Uint8Array | undefined;
  /** The time of the write, in microseconds since the epoch; by default what the option `timestamps` of the session gives. */
  timestamp?: bigint | number | undefined;
  /** Protocol v5: where names without a keyspace are looked up, for this request. */
  keyspace?: string | undefined;
  /** Protocol v5: what the server takes for the present, in seconds since the epoch. */
  nowInSeconds?: number | undefined;
  /** Bytes for a custom query handler of the server. */
  customPayload?: Readonly<Record<string, Uint8Array>> | ReadonlyMap<string, Uint8Array> | undefined;
  /** Have the server record what it does; the page has the id of the record. */
  tracing?: boolean | undefined;
  /** Default: true with parameters, false without. */
  prepare?: boolean | undefined;
  /**
   * Of all pages of a query together, in milliseconds; by default there is none. A page that is not there by then, or is asked for
   * later, errors with a `RequestTimeoutError` whose `pagingState` is where to go on. The time that the pages are read in counts.
   */
  deadline?: number | undefined;
  /** Ends the request, or the query whatever page it is at, with the signal's reason as its error. */
  signal?: AbortSignal | undefined;
}

/** {@link QueryOptions}, checked, merged with the session's, and as the protocol wants them. */
export interface RequestSettings {
  readonly consistency: number;
  readonly serialConsistency: number;
  readonly pageSize: number | undefined;
  readonly timeout: number | undefined;
  readonly idempotent: boolean | undefined;
  readonly retry: RetryPolicy;
  readonly speculation: SpeculationPolicy | undefined;
  /** Undefined for the session's. */
  readonly loadBalancing: LoadBalancingPolicy | undefined;
  readonly rows: RowShape;
  readonly node: string | Node | undefined;
  readonly routingKey: Uint8Array | undefined;
  readonly routingToken: bigint | undefined;
  readonly pagingState: Uint8Array | undefined;
  readonly timestamp: bigint | undefined;
  readonly keyspace: string | undefined;
  readonly nowInSeconds: number | undefined;
  readonly deadline: number | undefined;
  readonly customPayload: ReadonlyMap<string, Uint8Array> | undefined;
  readonly tracing: boolean;
  readonly prepare: boolean | undefined;
}

export const REQUEST_CHECKS: Checks<RequestDefaults> = {
  consistency,
  serialConsistency,
  pageSize: wholeNumber(0, 0x7fffffff),
  timeout: milliseconds,
  idempotent: flag,
  retry: aPolicy,
  speculation: aPolicy,
  loadBalancing: aPolicy,
  rows: rowShape,
};

export const QUERY_CHECKS: Checks<QueryOptions> = {
  ...REQUEST_CHECKS,
  profile: text,
  node: aNode,
  routingKey: notEmpty,
  routingToken: token,
  pagingState: bytes,
  timestamp: microseconds,
  keyspace: text,
  nowInSeconds: wholeNumber(-0x80000000, 0x7fffffff),
  customPayload: payload,
  tracing: flag,
  prepare: flag,
  deadline: milliseconds,
  signal: abortSignal,
};

/** Whether an object that should hold something else holds options of a request, and nothing else. */
export function areQueryOptions(object: object): boolean {
  const names = Object.keys(object);
  return names.length > 0 && names.every((name) => Object.hasOwn(QUERY_CHECKS, name));
}

const DEFAULTS: RequestSettings = {
  consistency: consistencyCode('LOCAL_QUORUM')!,
  serialConsistency: consistencyCode('LOCAL_SERIAL')!,
  pageSize: 5_000,
  timeout: undefined,
  idempotent: undefined,
  retry: defaultRetry(),
  speculation: undefined,
  loadBalancing: undefined,
  rows: 'object',
  node: undefined,
  routingKey: undefined,
  routingToken: undefined,
  pagingState: undefined,
  timestamp: undefined,
  keyspace: undefined,
  nowInSeconds: undefined,
  deadline: undefined,
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
    idempotent: options.idempotent ?? base.idempotent,
    retry: options.retry ?? base.retry,
    speculation: options.speculation ?? base.speculation,
    loadBalancing: options.loadBalancing ?? base.loadBalancing,
    rows: options.rows ?? base.rows,
  };
}

/**
 * The settings of one request.
 *
 * @param base What the session says.
 * @param profiles What the session says under other names.
 * @throws ConfigurationError for what is unknown or wrong.
 */
export function querySettings(
  options: QueryOptions | undefined,
  base: RequestSettings,
  profiles: ReadonlyMap<string, RequestSettings>,
): RequestSettings {
  if (options === undefined) return base;
  const known = lasting.get(options);
  if (known?.base === base) return known.settings;
  checkOptions<QueryOptions>(options, QUERY_CHECKS, 'query options', FOREIGN_QUERY_OPTIONS);
  const settings = mergedSettings(options, base, profiles);
  if (options.customPayload === undefined && Object.isFrozen(options)) lasting.set(options, { base, settings });
  return settings;
}

/** The settings of options that can never change, so that who makes many requests with the same has them looked at once. */
const lasting = new WeakMap<QueryOptions, { readonly base: RequestSettings; readonly settings: RequestSettings }>();

/** The settings of a request whose options have been checked. @throws ConfigurationError for a profile that is unknown. */
export function mergedSettings(
  options: QueryOptions,
  base: RequestSettings,
  profiles: ReadonlyMap<string, RequestSettings>,
): RequestSettings {
  const { customPayload, timestamp, profile } = options;
  return {
    ...requestSettings(options, profile === undefined ? base : profileOf(profile, profiles)),
    node: options.node,
    routingKey: options.routingKey,
    routingToken: options.routingToken,
    pagingState: options.pagingState,
    timestamp: timestamp === undefined ? undefined : BigInt(timestamp),
    keyspace: options.keyspace,
    nowInSeconds: options.nowInSeconds,
    deadline: options.deadline,
    customPayload:
      customPayload === undefined || customPayload instanceof Map
        ? customPayload
        : new Map(Object.entries(customPayload)),
    tracing: options.tracing ?? false,
    prepare: options.prepare,
  };
}

function profileOf(name: string, profiles: ReadonlyMap<string, RequestSettings>): RequestSettings {
  const profile = profiles.get(name);
  if (profile !== undefined) return profile;
  throw new ConfigurationError(
    unknownName(`The session has no profile ${JSON.stringify(name)}.`, name, [...profiles.keys()]),
  );
}
