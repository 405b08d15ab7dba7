import type { Token } from '../codec/partitioner.js';
import type { Node } from './node.js';
import { type Placement, placement, type ReplicationOptions } from './replication.js';
import type { TokenRing } from './token-ring.js';

/** How many lists of replicas are kept at most: with three replicas in each about 20 MB. */
const MAX_LISTS = 0x40000;

const NOWHERE: readonly Node[] = [];

/**
 * Where the partitions of each keyspace are. Replicas are computed when they are first asked for, position by position, and
 * kept: an answer is an array that was there before, the same one each time. Keyspaces that are replicated alike share them.
 */
export class TokenMap {
  readonly ring: TokenRing;
  private readonly tables = new Map<string, ReplicaTable>();
  private readonly maxLists: number;
  private lists = 0;

  constructor(ring: TokenRing, maxLists: number = MAX_LISTS) {
    this.ring = ring;
    this.maxLists = maxLists;
  }

  /** Says how a keyspace is replicated: a new one, or one that was altered. */
  define(keyspace: string, options: ReplicationOptions): void {
    const key = JSON.stringify(Object.entries(options).sort());
    const alike = [...this.tables.values()].find((table) => table.key === key);
    this.tables.set(keyspace, alike ?? new ReplicaTable(key, this.ring, options));
  }

  /** Forgets a keyspace that was dropped. */
  drop(keyspace: string): void {
    this.tables.delete(keyspace);
  }

  /** The replicas of a partition, the primary one first. Empty for keyspaces that are not known, or not replicated by tokens. */
  replicas(keyspace: string, token: Token): readonly Node[] {
    const table = this.tables.get(keyspace);
    if (table === undefined || this.ring.size === 0) return NOWHERE;
    const position = this.ring.position(token);
    return table.lists[position] ?? this.compute(table, position);
  }

  private compute(table: ReplicaTable, position: number): readonly Node[] {
    // They are soon there again; keeping track of which were used last would cost more than that.
    if (this.lists >= this.maxLists) {
      for (const each of this.tables.values()) each.lists.fill(undefined);
      this.lists = 0;
    }
    this.lists++;
    return (table.lists[position] = table.place(position));
  }
}

/** The replicas at each position of a ring, as far as they were asked for. */
class ReplicaTable {
  /** What is the same for keyspaces that are replicated alike. */
  readonly key: string;
  readonly lists: (readonly Node[] | undefined)[];
  private readonly ring: TokenRing;
  private readonly options: ReplicationOptions;
  private placement: Placement | undefined;

  constructor(key: string, ring: TokenRing, options: ReplicationOptions) {
    this.key = key;
    this.ring = ring;
    this.options = options;
    this.lists = new Array<undefined>(ring.size).fill(undefined);
  }

  place(position: number): readonly Node[] {
    this.placement ??= placement(this.ring, this.options);
    return this.placement(position);
  }
}
