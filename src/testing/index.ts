/// <reference types="node" preserve="true" />
export { startCassandra, type CassandraCluster } from './cassandra.js';
export type { CassandraNode, NodeExit } from './cassandra/cassandra-node.js';
export {
  CassandraFetchError,
  CassandraStartError,
  NodeStateError,
  NodetoolError,
  PortInUseError,
} from './cassandra/errors.js';
export type { CassandraOptions, TlsFiles } from './cassandra/options.js';
export { marbles, type MarbleHelpers, type MarblesOptions } from './marbles/marbles.js';
export { page, type PageOptions } from './marbles/page.js';
export { queryFrom, queryOf } from './marbles/query-of.js';
export { renderAscii } from './marbles/render-ascii.js';
export { renderSvg } from './marbles/render-svg.js';
export type {
  CodeLane,
  Diagram,
  Lane,
  Mark,
  NoteLane,
  ObservableLane,
  Shown,
  Span,
  Strand,
  SubscriptionsLane,
} from './marbles/diagram.js';

export { cqlServer, type CqlServer, type CqlServerOptions } from './server/cql-server.js';
export { fakeServer, type FakeServer } from './server/fake-server.js';
export { sessionOf } from './session-of.js';
export type { Socket } from '../wire/socket.js';
export type { ServerHandle } from './server/rule-server.js';
export type { ServerOptions, TableRows } from './server/server-options.js';
export type { NodeDescription } from './server/server-node.js';
export { type Disconnection, type Reply, type Rule, when } from './server/rule.js';
export {
  type Condition,
  connection,
  cql,
  node,
  opcode,
  type RequestPredicate,
  systemTables,
  times,
} from './server/condition.js';
export type { CqlRequest, RequestOpcode, RequestStatement } from './server/request.js';
export { type CqlResponse, type HeaderOptions, type ResponseOptions, withHeader } from './server/response.js';
export { rawResponse, type ResponseOpcode } from './server/raw-response.js';
export { rows, type RowsOptions, type RowValues } from './server/rows.js';
export { prepared, type ParameterOptions, type PreparedOptions } from './server/prepared.js';
export { schemaChange, type SchemaChangeOptions, setKeyspace, voidResult } from './server/results.js';
export { error, type ErrorFields } from './server/error-response.js';
export { event } from './server/event.js';
export type { NodeAddress } from './server/node-address.js';
export { authChallenge, authenticate, authSuccess, ready, supported } from './server/handshake-responses.js';
export type { ColumnDefinition, ColumnOptions, Columns } from './server/columns.js';
export type { TypeDefinitions } from '../codec/type-text.js';
export { chunked } from './server/chunked.js';
export { type ScriptedChange, scriptedTopology } from './scripted-topology.js';
export type { NodeEvent } from '../cluster/cluster-event.js';
export type { Node } from '../cluster/node.js';
