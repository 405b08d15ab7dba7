/// <reference types="node" preserve="true" />
export { startCassandra, type CassandraCluster } from './cassandra.js';
export type { CassandraNode } from './cassandra/cassandra-node.js';
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
