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
