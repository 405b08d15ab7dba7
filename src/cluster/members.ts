import type { Subscription } from 'rxjs';
import type { Connection } from '../wire/connection.js';
import { type Endpoint, formatEndpoint } from '../wire/socket.js';
import type { Node } from './node.js';
import { NodeCounts } from './node-counts.js';
import { isSameEndpoint, type NodeInfo } from './node-info.js';
import type { Pool } from './pool.js';

/** What the system tables say of a node, and where it is connected to: an address may have to be translated. */
export interface LocatedNode extends NodeInfo {
  readonly endpoint: Endpoint;
}

/** One object for as long as the node is a member: what it is at the moment is what the fields say. */
type LiveNode = { -readonly [Name in keyof Node]: Node[Name] };

/** A node of the cluster, and what the driver has for it. */
export class Member {
  readonly node: LiveNode;
  info: LocatedNode;
  /** Undefined while nothing was sent to it. */
  pool: Pool | undefined;
  /** What keeps the pool running. */
  running: Subscription | undefined;
  /** Whether there has been a connection to it, in the version of the session. */
  isProven = false;
  private readonly isFounding: boolean;
  private ownCounts: NodeCounts | undefined;

  /** @param isFounding Whether it has belonged to the cluster for as long as the session knows it. */
  constructor(info: LocatedNode, isFounding = true) {
    const { hostId, datacenter, rack, releaseVersion } = info;
    // As far as anybody knows, until somebody has tried.
    this.node = { hostId, address: formatEndpoint(info.endpoint), datacenter, rack, isUp: true, releaseVersion };
    this.info = info;
    this.isFounding = isFounding;
  }

  /** Whether the session has to speak what it speaks. A node that comes later, or comes back as another, has to fit in. */
  get mayLowerVersion(): boolean {
    return this.isFounding && !this.isProven;
  }

  /** Most nodes of a large cluster are sent nothing. */
  get counts(): NodeCounts {
    return (this.ownCounts ??= new NodeCounts());
  }

  /** Where it is connected to, and as whom. */
  get endpoint(): Endpoint {
    return { ...this.info.endpoint, node: this.node };
  }

  /** Takes over what is said of it now; says whether that is anything new. */
  update(info: LocatedNode): boolean {
    const before = JSON.stringify(this.node);
    const { node } = this;
    this.info = info;
    node.address = formatEndpoint(info.endpoint);
    node.datacenter = info.datacenter;
    node.rack = info.rack;
    node.releaseVersion = info.releaseVersion;
    return JSON.stringify(node) !== before;
  }

  /** Ends its connections. */
  stop(): void {
    this.running?.unsubscribe();
    this.running = undefined;
    this.pool = undefined;
  }
}

/** What is not as it was before. */
export interface MemberChanges {
  readonly added: readonly Member[];
  readonly removed: readonly Member[];
  /** Those that are to be connected to elsewhere. */
  readonly moved: readonly Member[];
  /** Whether anything that is public has changed. */
  readonly isChanged: boolean;
  /** Whether partitions may be on other nodes. */
  readonly isRingChanged: boolean;
}

/** The nodes of the cluster, by host id: a node is the same however often its address changes. */
export class Members {
  private readonly byId = new Map<string, Member>();

  get size(): number {
    return this.byId.size;
  }

  get(hostId: string): Member | undefined {
    return this.byId.get(hostId);
  }

  [Symbol.iterator](): IterableIterator<Member> {
    return this.byId.values();
  }

  /** Those that are connected to, or were. */
  *withPools(): Generator<Pool, void> {
    for (const { pool } of this.byId.values()) if (pool !== undefined) yield pool;
  }

  /** The node that says that it answers at this address, or that is connected to there. */
  at(host: string, port: number): Member | undefined {
    const endpoint = { host, port };
    for (const member of this) {
      if (isSameEndpoint(member.info.advertised, endpoint) || isSameEndpoint(member.info.endpoint, endpoint))
        return member;
    }
    return undefined;
  }

  /** The node that a connection leads to. */
  of(connection: Connection): Member | undefined {
    for (const member of this) if (member.pool?.connections.includes(connection) === true) return member;
    return undefined;
  }

  /** Makes the members those that are given. */
  replace(infos: readonly LocatedNode[]): MemberChanges {
    const added: Member[] = [];
    const moved: Member[] = [];
    const missing = new Set(this.byId.keys());
    const isFirst = missing.size === 0;
    let isChanged = false;
    let isRingChanged = false;
    for (const info of infos) {
      const member = this.byId.get(info.hostId);
      missing.delete(info.hostId);
      if (member === undefined) {
        const newcomer = new Member(info, isFirst);
        this.byId.set(info.hostId, newcomer);
        added.push(newcomer);
        continue;
      }
      const before = member.info;
      if (!isSameEndpoint(before.endpoint, info.endpoint)) moved.push(member);
      if (member.update(info)) isChanged = true;
      if (placeOf(before) !== placeOf(info)) isRingChanged = true;
    }
    const removed = [...missing].map((hostId) => this.byId.get(hostId)!);
    for (const { node } of removed) this.byId.delete(node.hostId);
    const hasOthers = added.length + removed.length > 0;
    return { added, removed, moved, isChanged: isChanged || hasOthers, isRingChanged: isRingChanged || hasOthers };
  }
}

/** What decides which partitions a node has. */
function placeOf({ tokens, datacenter, rack }: NodeInfo): string {
  return JSON.stringify([datacenter, rack, [...tokens].sort()]);
}
