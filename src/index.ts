/// <reference types="node" preserve="true" />
/**
 * Apache Cassandra and ScyllaDB on RxJS: every query is an Observable of pages, and a page asks for the next one when it
 * has been read.
 *
 * @packageDocumentation
 */
export { connect, createSession } from './session/connect.js';
export type { Session } from './session/session.js';
export type { CloudSessionOptions, SessionOptions } from './session/session-options.js';
export type { AuthOption, AuthProvider } from './session/auth-options.js';
export type { TlsOption, TlsOptions, TlsProvider } from './session/tls-options.js';
export type { Authenticator, Credentials } from './wire/authenticator.js';
export type { AllowedAddresses } from './cluster/allowed-addresses.js';
export type { BatchItem } from './session/batch-items.js';
export type { BatchOptions } from './session/batch-options.js';
export type { Profile, QueryOptions, RequestDefaults, SerialConsistency } from './session/request-options.js';
export type { Health, NodeHealth } from './session/health.js';
export { monitorHealth } from './session/monitor-health.js';
export type { MonitorOptions } from './session/monitor-health.js';
export { executeConcurrent } from './session/concurrent/execute-concurrent.js';
export type { ConcurrentOptions, ConcurrentSource } from './session/concurrent/execute-concurrent.js';
export type { ExecutionResult } from './session/concurrent/execution-result.js';
export type { Metadata, RingToken } from './session/metadata.js';
export type { Metrics, NodeMetrics } from './session/metrics.js';
export type { Params } from './session/bind.js';
export type { Statement } from './session/statement-job.js';
export type { Prepared } from './session/prepared.js';
export { openPagingState, sealPagingState } from './session/sealed-paging-state.js';
export type { UnreadPage } from './session/unread-pages.js';
export type {
  RequestAttempt,
  RequestEnd,
  RequestPage,
  RequestRetry,
  RequestStart,
} from './session/request-tracking.js';
export type { RowFactory, RowShape } from './session/row-shape.js';
export { cql, ident } from './session/cql.js';
export type { BoundStatement, Identifier } from './session/cql.js';

export type { ClusterEvent, NodeEvent } from './cluster/cluster-event.js';
export type {
  AggregateMetadata,
  FunctionMetadata,
  KeyspaceMetadata,
  TypeMetadata,
} from './cluster/schema/keyspace-metadata.js';
export type { ColumnMetadata, IndexMetadata, TableMetadata, ViewMetadata } from './cluster/schema/table-metadata.js';
export type { Node, Topology } from './cluster/node.js';
export type { LoadBalancingPolicy, PlanContext } from './cluster/policies/load-balancing.js';
export { tokenAware } from './cluster/policies/token-aware.js';
export { dcAware } from './cluster/policies/dc-aware.js';
export { rackAware } from './cluster/policies/rack-aware.js';
export { roundRobin } from './cluster/policies/round-robin.js';
export { allowList, hostFilter } from './cluster/policies/host-filter.js';
export { defaultRetry, fallthroughRetry, neverRetry } from './cluster/policies/retry.js';
export type { Failure, RetryPolicy } from './cluster/policies/retry.js';
export { constantSpeculation, percentileSpeculation } from './cluster/policies/speculation.js';
export type { SpeculationPolicy } from './cluster/policies/speculation.js';
export type { Latency } from './cluster/latency-histogram.js';
export { constantReconnection, exponentialReconnection } from './cluster/policies/reconnection.js';
export type { ReconnectionPolicy } from './cluster/policies/reconnection.js';
export { monotonicTimestamps } from './cluster/policies/timestamps.js';
export type { TimestampGenerator } from './cluster/policies/timestamps.js';
export type { AddressTranslator } from './cluster/policies/address-translator.js';

export { Page } from './operators/page.js';
export type { Column, Row } from './operators/page.js';
export type { Columnar, ColumnValues } from './operators/columnar.js';
export type { Trace, TraceEvent } from './operators/trace.js';
export { pages } from './operators/pages.js';
export type { Chunk } from './operators/pages.js';
export { mergeRows } from './operators/merge-rows.js';
export { rateLimit } from './operators/rate-limit.js';
export type { RateLimitOptions } from './operators/rate-limit.js';
export type { MergeRowsOptions } from './operators/merge-rows.js';

export { iteratePages } from './adapters/iterate-pages.js';
export { iterateRows } from './adapters/iterate-rows.js';
export { pagesFrom } from './adapters/pages-from.js';
export type { PagesFromOptions, Pullable } from './adapters/pages-from.js';
export { toReadable } from './adapters/to-readable.js';
export { toWebStream } from './adapters/to-web-stream.js';

export { encryptedColumns } from './session/encrypted-columns.js';
export type { EncryptedColumnOptions, EncryptionOptions } from './session/encrypted-columns.js';
export type { EncryptionKey, EncryptionKeyProvider } from './codec/encryption/encryption-keys.js';
export type { TypeDefinitions } from './codec/type-text.js';
export type { Codec, ValueOptions } from './codec/value-options.js';
export { Decimal } from './codec/values/decimal.js';
export { Duration } from './codec/values/duration.js';

export {
  AuthenticationError,
  BindError,
  ConfigurationError,
  ConnectionError,
  CqlError,
  DecodeError,
  NoHostAvailableError,
  ProtocolError,
  RequestTimeoutError,
  ResponseError,
  SessionClosedError,
  ThrottleError,
} from './errors.js';
export type { Consistency, ResponseErrorFields, ResponseErrorKind } from './errors.js';
