import { GIVEN, LOCAL, PEERS, PEERS_V2 } from './system-schema.js';
import type { ServerNode } from './server-node.js';
import type { ServerSettings, TableRows } from './server-options.js';

/** A table that the server has. */
export interface SystemTable {
  readonly columns: Readonly<Record<string, string>>;
  readonly rows: TableRows;
}

/** Nodes talk to each other there. */
const STORAGE_PORT = 7000;

/** A system table as one node has it; undefined if there is none of that name. */
export function systemTable(name: string, own: ServerNode, settings: ServerSettings): SystemTable | undefined {
  const peers = settings.nodes.filter((node) => node !== own);
  switch (name) {
    case 'system.local':
      return { columns: LOCAL, rows: [local(own, settings)] };
    case 'system.peers':
      return {
        columns: PEERS,
        rows: peers.map((node) => ({ ...common(node), peer: node.host, rpc_address: node.host })),
      };
    case 'system.peers_v2':
      return { columns: PEERS_V2, rows: peers.map(peer) };
    default:
      return Object.hasOwn(GIVEN, name) ? { columns: GIVEN[name]!, rows: settings.tables[name] ?? [] } : undefined;
  }
}

function local(node: ServerNode, { clusterName }: ServerSettings): Record<string, unknown> {
  return {
    ...common(node),
    key: 'local',
    bootstrapped: 'COMPLETED',
    broadcast_address: node.host,
    broadcast_port: STORAGE_PORT,
    cluster_name: clusterName,
    cql_version: '3.4.7',
    gossip_generation: 1,
    listen_address: node.host,
    listen_port: STORAGE_PORT,
    native_protocol_version: String(Math.max(...node.protocolVersions)),
    partitioner: 'org.apache.cassandra.dht.Murmur3Partitioner',
    rpc_address: node.host,
    rpc_port: node.port,
  };
}

function peer(node: ServerNode): Record<string, unknown> {
  const { host, port } = node;
  return { ...common(node), peer: host, peer_port: STORAGE_PORT, native_address: host, native_port: port };
}

function common(node: ServerNode): Record<string, unknown> {
  return {
    data_center: node.datacenter,
    host_id: node.hostId,
    rack: node.rack,
    release_version: node.releaseVersion,
    schema_version: node.schemaVersion,
    tokens: node.tokens,
  };
}
