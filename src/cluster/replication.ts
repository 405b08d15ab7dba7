import type { Node } from './node.js';
import type { TokenRing } from './token-ring.js';

/** `replication` of system_schema.keyspaces: the strategy as `class`, and its options. */
export type ReplicationOptions = Readonly<Record<string, string>>;

/**
 * The replicas of the partitions at each position of a ring, in the order in which the strategy finds them: the first is the
 * primary replica. Computed anew at each call. Transient replicas, which do not have all data, are none of them.
 */
export type Placement = (position: number) => readonly Node[];

/** How many replicas there are to be, and how many of them have all data. */
interface Factor {
  readonly all: number;
  readonly full: number;
}

/**
 * Where a keyspace with this replication has its replicas.
 *
 * - SimpleStrategy: on the first nodes around the ring, whatever their data centers.
 * - NetworkTopologyStrategy: for each data center on the first of its nodes around the ring that are in different racks, and
 *   if there are fewer racks than replicas, on as many other nodes as are missing.
 * - EverywhereStrategy: on all nodes.
 * - LocalStrategy, and strategies that the driver does not know: nowhere that could be told.
 */
export function placement(ring: TokenRing, options: ReplicationOptions): Placement {
  const { class: className = '', ...others } = options;
  switch (className.replace(/^org\.apache\.cassandra\.locator\./, '')) {
    case 'SimpleStrategy':
      return simple(ring, factorOf(others['replication_factor']));
    case 'NetworkTopologyStrategy':
      return networkTopology(ring, new Map(Object.entries(others).map(([dc, text]) => [dc, factorOf(text)])));
    case 'EverywhereStrategy':
      return everywhere(ring);
    default:
      return () => NOWHERE;
  }
}

const NOWHERE: readonly Node[] = [];

/** `3`, or `3/1`: three replicas, one of which is transient. What is neither makes no replicas. */
function factorOf(text = ''): Factor {
  const [, all, transient = '0'] = /^(\d{1,9})(?:\/(\d{1,9}))?$/.exec(text.trim()) ?? [undefined, '0'];
  return { all: Number(all), full: Number(all) - Number(transient) };
}

function simple(ring: TokenRing, { full }: Factor): Placement {
  return (position) => {
    const found: Node[] = [];
    const { owners, size } = ring;
    for (let i = 0; i < size && found.length < full; i++) {
      const node = owners[(position + i) % size]!;
      if (!found.includes(node)) found.push(node);
    }
    return found;
  };
}

/** What a data center can have replicas on. */
interface DataCenter {
  readonly factor: Factor;
  readonly nodes: Set<Node>;
  readonly racks: Set<string>;
}

function networkTopology(ring: TokenRing, factors: ReadonlyMap<string, Factor>): Placement {
  const dataCenters = new Map<string, DataCenter>();
  for (const node of ring.owners) {
    const factor = factors.get(node.datacenter);
    if (factor === undefined || factor.all === 0) continue;
    const known = dataCenters.get(node.datacenter) ?? { factor, nodes: new Set(), racks: new Set() };
    dataCenters.set(node.datacenter, known);
    known.nodes.add(node);
    known.racks.add(node.rack);
  }
  return (position) => {
    const searches = new Map<string, Search>();
    for (const [name, dataCenter] of dataCenters) searches.set(name, new Search(dataCenter));
    const found: Node[] = [];
    const { owners, size } = ring;
    let open = searches.size;
    for (let i = 0; i < size && open > 0; i++) {
      const node = owners[(position + i) % size]!;
      const search = searches.get(node.datacenter);
      if (search === undefined || search.missing === 0 || !search.takes(node)) continue;
      if (search.taken.length <= search.full) found.push(node);
      if (search.missing === 0) open--;
    }
    return found;
  };
}

/** One way around the ring for the replicas in one data center. */
class Search {
  readonly taken: Node[] = [];
  /** How many replicas are still to be found. */
  missing: number;
  /** How many of those that are found first have all data: where nodes are missing, transient replicas are left out first. */
  readonly full: number;
  private readonly racks: string[] = [];
  /** How many replicas may be in a rack that has one already. */
  private repeats: number;

  constructor({ factor, nodes, racks }: DataCenter) {
    this.missing = Math.min(factor.all, nodes.size);
    this.full = Math.min(factor.full, nodes.size);
    this.repeats = factor.all - racks.size;
  }

  /** Whether the next node around the ring is to be a replica. */
  takes(node: Node): boolean {
    if (this.taken.includes(node)) return false;
    if (!this.racks.includes(node.rack)) this.racks.push(node.rack);
    else if (this.repeats > 0) this.repeats--;
    else return false;
    this.taken.push(node);
    this.missing--;
    return true;
  }
}

/** All nodes, the primary replica first, so that the conditional requests of different partitions begin at different nodes. */
function everywhere(ring: TokenRing): Placement {
  const nodes = [...new Set(ring.owners)];
  const from = new Map(nodes.map((node, i) => [node, [...nodes.slice(i), ...nodes.slice(0, i)]]));
  return (position) => from.get(ring.owners[position]!) ?? NOWHERE;
}
