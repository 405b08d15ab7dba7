import { type Check, type Checks, checkOptions, flag, list, text, wholeNumber } from '../../check.js';
import type { ProtocolVersion } from '../../codec/envelope.js';
import { parseAddress } from '../../codec/values/inet.js';
import { ConfigurationError } from '../../errors.js';

/** A node as the system tables of a server shall describe it. */
export interface NodeDescription {
  /** An IP address. */
  readonly host: string;
  /** Default: that of the server. Only `system.peers_v2` tells others. */
  readonly port?: number;
  /** Default: `'datacenter1'`. */
  readonly datacenter?: string;
  /** Default: `'rack1'`. */
  readonly rack?: string;
  /** Default: one that is made of its place in the list. */
  readonly hostId?: string;
  /** Default: one, so that all nodes have an equal share of the ring. */
  readonly tokens?: readonly string[];
  /** Default: `'5.0.5'`. */
  readonly releaseVersion?: string;
  /** Default: that of all. */
  readonly schemaVersion?: string;
  /** The protocol versions that it speaks. Default: those of the server. */
  readonly protocolVersions?: readonly (4 | 5)[];
  /** Whether a server on TCP listens on its address. Default: yes. */
  readonly listens?: boolean;
}

/** {@link NodeDescription} with every default filled in. */
export type ServerNode = Required<NodeDescription>;

const SCHEMA_VERSION = '5c4e0e5a-0000-4000-8000-000000000000';

const CHECKS: Checks<NodeDescription> = {
  host: text,
  port: wholeNumber(0, 0xffff),
  datacenter: text,
  rack: text,
  hostId: text,
  tokens: list,
  releaseVersion: text,
  schemaVersion: text,
  protocolVersions: list,
  listens: flag,
};

const EXAMPLE = "[{ host: '127.0.0.1' }, { host: '127.0.0.2' }]";

export const listOfNodes: Check = (value) => {
  if (Array.isArray(value)) return;
  throw new ConfigurationError(`The option "nodes" must be a list of nodes, such as ${EXAMPLE}.`);
};

/** @throws ConfigurationError for a description that is none, and for an address that is none, or occurs twice. */
export function nodesOf(
  descriptions: readonly NodeDescription[],
  port: number,
  protocolVersions: readonly ProtocolVersion[] = [4, 5],
): ServerNode[] {
  const nodes = descriptions.map((description, i): ServerNode => {
    checkDescription(description);
    return {
      port,
      datacenter: 'datacenter1',
      rack: 'rack1',
      hostId: `00000000-0000-4000-8000-${(i + 1).toString(16).padStart(12, '0')}`,
      tokens: [evenToken(i, descriptions.length)],
      releaseVersion: '5.0.5',
      schemaVersion: SCHEMA_VERSION,
      listens: true,
      ...description,
      protocolVersions: [...(description.protocolVersions ?? protocolVersions)].sort(),
    };
  });
  for (const node of nodes) checkVersions(node.protocolVersions);
  if (nodes.length === 0) throw new ConfigurationError('nodes needs at least one: the server itself is the first.');
  if (new Set(nodes.map(nameOf)).size < nodes.length) throw new ConfigurationError('nodes has the same address twice.');
  return nodes;
}

function checkDescription(description: NodeDescription): void {
  if (typeof description !== 'object' || (description as { readonly host?: unknown }).host === undefined) {
    throw new ConfigurationError(`A node of the option "nodes" needs a host, an IP address, as in ${EXAMPLE}.`);
  }
  checkOptions(description, CHECKS, 'properties of a node');
  checkHost(description.host);
}

/** @throws ConfigurationError for versions that the server does not know. */
export function checkVersions(versions: readonly ProtocolVersion[]): void {
  if (versions.length === 0 || !versions.every((version) => [4, 5].includes(version))) {
    throw new ConfigurationError('protocolVersions is a list of 4, 5 or both.');
  }
}

/** @throws ConfigurationError for what is no IP address: a port has a place of its own. */
export function checkHost(host: string): void {
  if (parseAddress(host) !== undefined) return;
  throw new ConfigurationError(`A node of the server needs an IP address as its host, not ${JSON.stringify(host)}.`);
}

/** `host:port`, an IPv6 address in brackets. */
export function nameOf({ host, port }: { readonly host: string; readonly port: number }): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Whether a node of this name, `host:port`, is meant by an address, which need not say the port. */
export function isNamed(name: string, address: string): boolean {
  return name === address || name.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1') === address;
}

/** The node of a name; the first where none has it. */
export function nodeAt(nodes: readonly ServerNode[], name: string): ServerNode {
  return nodes.find((node) => nameOf(node) === name) ?? nodes[0]!;
}

/** The tokens of n nodes, evenly over the ring of 2^64. */
function evenToken(index: number, count: number): string {
  return String(-(2n ** 63n) + (2n ** 64n * BigInt(index)) / BigInt(count));
}
