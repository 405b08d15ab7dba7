import type { RowObject } from '../codec/row.js';
import { parseAddress } from '../codec/values/inet.js';
import { type Endpoint, formatEndpoint } from '../wire/socket.js';

/** What the system tables say of a node. */
export interface NodeInfo {
  readonly hostId: string;
  /** Where it says that it answers CQL; undefined where it does not say. */
  readonly advertised: Endpoint | undefined;
  readonly datacenter: string;
  readonly rack: string;
  readonly releaseVersion: string;
  /** As text. */
  readonly tokens: readonly string[];
}

/** What one node says of the cluster. */
export interface ClusterInfo {
  readonly clusterName: string;
  /** The class of its partitioner. */
  readonly partitioner: string;
  /** The node that was asked. */
  readonly local: NodeInfo;
  readonly peers: readonly NodeInfo[];
}

/**
 * @param rows Of `system.local`.
 * @param port Where nodes answer that do not say at which port.
 * @returns undefined if there is nothing that a cluster could be known by.
 */
export function localInfo(
  rows: readonly RowObject[],
  port: number,
): Pick<ClusterInfo, 'clusterName' | 'partitioner' | 'local'> | undefined {
  const [row = {}] = rows;
  const hostId = idOf(row['host_id']);
  const datacenter = text(row['data_center']);
  if (hostId === undefined || datacenter === undefined) return undefined;
  return {
    clusterName: text(row['cluster_name']) ?? '',
    partitioner: text(row['partitioner']) ?? '',
    local: {
      hostId,
      advertised: endpoint(row['rpc_address'], row['rpc_port'], port),
      datacenter,
      rack: text(row['rack']) ?? '',
      releaseVersion: text(row['release_version']) ?? '',
      tokens: tokensOf(row['tokens']) ?? [],
    },
  };
}

/** A server must not lead to any number of places. */
const MAX_NODES = 10_000;

/**
 * The nodes that make sense among the rows of `system.peers_v2` or `system.peers`. A node that is joining or leaving has rows
 * that are not whole; so may one that is long gone.
 *
 * @param local The id of the node that was asked, which is none of its own peers.
 * @param warn Told of each row that is left out.
 */
export function peerInfos(
  rows: readonly RowObject[],
  port: number,
  local: string,
  warn: (message: string) => void,
): NodeInfo[] {
  const infos = new Map<string, NodeInfo>();
  if (rows.length > MAX_NODES) warn(`The cluster has more than ${MAX_NODES} nodes: the others are left out.`);
  for (const row of rows.slice(0, MAX_NODES)) {
    const info = peerInfo(row, port);
    if (typeof info === 'string')
      warn(`A node is left out, ${addressOf(row['peer']) ?? 'whose address is missing'}: ${info}.`);
    else if (infos.has(info.hostId)) warn(`Two nodes have the host id ${info.hostId}: one of them is left out.`);
    else if (info.hostId !== local) infos.set(info.hostId, info);
  }
  return [...infos.values()];
}

/** The node, or what is wrong with its row. */
function peerInfo(row: RowObject, port: number): NodeInfo | string {
  const hostId = idOf(row['host_id']);
  const datacenter = text(row['data_center']);
  const rack = text(row['rack']);
  const tokens = tokensOf(row['tokens']);
  const advertised =
    endpoint(row['native_address'], row['native_port'], port) ??
    endpoint(row['rpc_address'], undefined, port) ??
    // What listens on all addresses also listens on the one that the other nodes know it by.
    endpoint(row['peer'], row['native_port'], port);
  if (hostId === undefined) return 'it has no host id';
  if (datacenter === undefined || rack === undefined) return 'it has no data center or rack';
  if (advertised === undefined) return 'it has no address for clients';
  if (tokens === undefined) return 'it has no tokens';
  return { hostId, advertised, datacenter, rack, releaseVersion: text(row['release_version']) ?? '', tokens };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A server says itself of what types its columns are: what is no UUID there is no host id, and what is no address must not be looked up. */
function idOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value) ? value : undefined;
}

function addressOf(value: unknown): string | undefined {
  const host = text(value);
  return host === undefined || parseAddress(host) === undefined ? undefined : host;
}

function tokensOf(value: unknown): string[] | undefined {
  return value instanceof Set && value.size > 0 ? [...(value as Set<string>)] : undefined;
}

const ANY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

function endpoint(address: unknown, ownPort: unknown, port: number): Endpoint | undefined {
  const host = addressOf(address);
  if (host === undefined || ANY_ADDRESS.has(host)) return undefined;
  return { host, port: typeof ownPort === 'number' && ownPort > 0 && ownPort <= 0xffff ? ownPort : port };
}

/** Cassandra speaks v5 from 4.0 on. ScyllaDB, which does not, says that it is a Cassandra 3. */
export function isTooOldForV5({ releaseVersion }: NodeInfo): boolean {
  return /^[0-3]\./.test(releaseVersion);
}

/** Whether two nodes answer at the same place. */
export function isSameEndpoint(one: Endpoint | undefined, other: Endpoint | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return formatEndpoint(one) === formatEndpoint(other) && isSameEndpoint(one.proxy, other.proxy);
}
