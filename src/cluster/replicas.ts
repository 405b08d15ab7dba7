import type { Partitioner, Token } from '../codec/partitioner.js';
import { murmur3Partitioner } from '../codec/partitioners/murmur3-partitioner.js';
import { partitionerOf } from '../codec/partitioner-of.js';
import { readTablet } from '../codec/tablet.js';
import { DecodeError } from '../errors.js';
import type { Member } from './members.js';
import type { Node } from './node.js';
import type { ReplicationOptions } from './replication.js';
import { Tablets } from './tablets.js';
import { TokenMap } from './token-map.js';
import { TokenRing } from './token-ring.js';

const NOWHERE: readonly Node[] = [];

/** Keyspaces by name. */
export type ReplicatedKeyspaces = ReadonlyMap<string, { readonly replication: ReplicationOptions }>;

/** A partition, of which the driver may know where it lies. */
export interface Located {
  /** Its token; undefined if that is not known. */
  readonly position: Token | undefined;
}

/** Where partitions are, as nodes and keyspaces come and go. */
export class Replicas {
  /** Undefined for a cluster that spreads its partitions in a way that the driver does not know. */
  partitioner: Partitioner | undefined;
  readonly tablets: Tablets = new Tablets();
  private map: TokenMap | undefined;
  /** Where one node has all partitions: a token of its own. Those of the partitions need not be computed. */
  private only: Token | undefined;
  private keyspaces: ReplicatedKeyspaces = new Map();
  private readonly warn: (message: string) => void;

  constructor(warn: (message: string) => void) {
    this.warn = warn;
  }

  /** The nodes that have a partition, the primary replica first; empty if that is not known. */
  of(keyspace: string, partition: Located, table?: string): readonly Node[] {
    const token = this.only ?? partition.position;
    if (token === undefined) return NOWHERE;
    const ofTablet = table === undefined ? undefined : this.tablets.at(keyspace, table, token);
    return ofTablet ?? this.map?.replicas(keyspace, token) ?? NOWHERE;
  }

  /** The tokens in their order and the nodes that have them, where the tokens are 64 bits; otherwise none. */
  get ring(): readonly { readonly token: bigint; readonly node: Node }[] {
    if (this.partitioner !== murmur3Partitioner || this.map === undefined) return [];
    const { tokens, owners } = this.map.ring;
    return tokens.map((token, i) => ({ token: token as bigint, node: owners[i]! }));
  }

  /** Takes in what a server says of where a tablet is. */
  learnTablet(keyspace: string, table: string, payload: Buffer): void {
    try {
      this.tablets.learn(keyspace, table, readTablet(payload));
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.warn('What a server says of where a tablet is cannot be read: it is ignored.');
    }
  }

  /** Says how all keyspaces are replicated. */
  define(keyspaces: ReplicatedKeyspaces): void {
    for (const name of this.keyspaces.keys()) if (!keyspaces.has(name)) this.map?.drop(name);
    this.keyspaces = keyspaces;
    for (const [name, { replication }] of keyspaces) this.map?.define(name, replication);
  }

  /** Says which nodes there are. @param partitionerClass As `system.local` has it. */
  arrange(partitionerClass: string, members: Iterable<Member>): void {
    this.tablets.arrange(Array.from(members, ({ node }) => node));
    const partitioner = (this.partitioner = partitionerOf(partitionerClass));
    if (partitioner === undefined) {
      this.map = this.only = undefined;
      this.warn(`The partitioner ${partitionerClass} is not known: requests are not sent to replicas.`);
      return;
    }
    const owners = Array.from(members, ({ node, info: { tokens } }) => ({
      node,
      tokens: parsed(tokens, partitioner, () => this.warn(`The node ${node.address} has a token that is none.`)),
    }));
    const ring = new TokenRing(partitioner, owners);
    this.map = new TokenMap(ring);
    this.only = new Set(ring.owners).size === 1 ? ring.tokens[0] : undefined;
    this.define(this.keyspaces);
  }
}

function parsed(tokens: readonly string[], partitioner: Partitioner, onError: () => void): Token[] {
  return tokens.flatMap((token) => {
    try {
      return [partitioner.parse(token)];
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      onError();
      return [];
    }
  });
}
