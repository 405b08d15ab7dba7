import type { SchemaChange } from '../codec/event.js';
import type { Token } from '../codec/partitioner.js';
import type { Tablet } from '../codec/tablet.js';
import type { Node } from './node.js';
import { TabletRanges } from './tablet-ranges.js';

/** How many tablets are kept at most, of all tables: with three replicas each about 40 MB. */
const MAX_TABLETS = 0x20000;

/** Where the tablets of ScyllaDB are, as far as servers have told. A cluster without tablets tells nothing. */
export class Tablets {
  /** By keyspace and table. */
  private readonly keyspaces = new Map<string, Map<string, TabletRanges>>();
  private nodes: ReadonlyMap<string, Node> = new Map();
  private readonly maxTablets: number;
  private count = 0;

  constructor(maxTablets: number = MAX_TABLETS) {
    this.maxTablets = maxTablets;
  }

  /** How many are known. */
  get size(): number {
    return this.count;
  }

  /** The nodes that have a partition, in the order in which the server named them; undefined if that is not known. */
  at(keyspace: string, table: string, token: Token): readonly Node[] | undefined {
    if (this.count === 0 || typeof token !== 'bigint') return undefined;
    return this.keyspaces.get(keyspace)?.get(table)?.at(token);
  }

  /** Takes in what a server has told. */
  learn(keyspace: string, table: string, tablet: Tablet): void {
    const { first, last } = tablet;
    const hosts = new Set(tablet.hosts);
    const nodes = [...hosts].flatMap((host) => this.nodes.get(host) ?? []);
    if (nodes.length === 0) return;
    // They are soon there again; keeping track of which were used last would cost more than that.
    if (this.count >= this.maxTablets) this.forgetAll();
    const ranges = this.rangesOf(keyspace, table);
    this.count -= ranges.size;
    ranges.add({ first, last, nodes, isWhole: nodes.length === hosts.size });
    this.count += ranges.size;
  }

  /** Forgets those that a change of the schema may have moved or ended. */
  onSchemaChange({ target, keyspace, name }: SchemaChange): void {
    const tables = this.keyspaces.get(keyspace);
    if (tables === undefined) return;
    if (target === 'KEYSPACE') this.keyspaces.delete(keyspace);
    else if (target === 'TABLE' && name !== undefined) tables.delete(name);
    this.recount();
  }

  /** Says which nodes there are. Forgets what is on others, and that of which a node was not known that may be known now. */
  arrange(nodes: readonly Node[]): void {
    this.nodes = new Map(nodes.map((node) => [node.hostId, node]));
    for (const tables of this.keyspaces.values()) {
      for (const [table, ranges] of tables) {
        ranges.filter((tablet) => tablet.isWhole && tablet.nodes.every((node) => this.nodes.get(node.hostId) === node));
        if (ranges.size === 0) tables.delete(table);
      }
    }
    this.recount();
  }

  private rangesOf(keyspace: string, table: string): TabletRanges {
    let tables = this.keyspaces.get(keyspace);
    if (tables === undefined) this.keyspaces.set(keyspace, (tables = new Map<string, TabletRanges>()));
    let ranges = tables.get(table);
    if (ranges === undefined) tables.set(table, (ranges = new TabletRanges()));
    return ranges;
  }

  private forgetAll(): void {
    this.keyspaces.clear();
    this.count = 0;
  }

  private recount(): void {
    this.count = 0;
    for (const tables of this.keyspaces.values()) for (const { size } of tables.values()) this.count += size;
  }
}
