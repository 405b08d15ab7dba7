import type { Node, Topology } from '../node.js';
import { PerTopology } from './per-topology.js';
import { NEVER, type Rank, type RankedPolicy, ranked } from './rank.js';

/**
 * A policy whose plans have the nodes that are up by their rank, those of the same rank in turn.
 *
 * @param look Called once with each topology that there is a plan for.
 */
export function rotation(rank: Rank, look: (topology: Topology) => void = () => undefined): RankedPolicy {
  const tiers = new PerTopology((topology) => {
    look(topology);
    return tiersOf(topology, rank);
  });
  let turn = 0;
  return ranked(({ topology }) => {
    // It stays a small integer, which V8 keeps without an object around it.
    turn = (turn + 1) & 0x3fffffff;
    return new Rotation(tiers.of(topology), turn);
  }, rank);
}

/** The nodes by their rank, the nearest first. */
function tiersOf(topology: Topology, rank: Rank): Node[][] {
  const tiers = new Map<number, Node[]>();
  for (const node of topology.nodes) {
    const of = rank(node, topology);
    if (of === NEVER) continue;
    const tier = tiers.get(of);
    if (tier === undefined) tiers.set(of, [node]);
    else tier.push(node);
  }
  return [...tiers].sort(([a], [b]) => a - b).map(([, nodes]) => nodes);
}

/** A class and no generator, which would take many times as long to give its first node. */
class Rotation implements IterableIterator<Node, undefined> {
  private readonly tiers: readonly (readonly Node[])[];
  private readonly turn: number;
  private tier = 0;
  private start = 0;
  /** How many nodes of the tier have been looked at. */
  private seen = 0;

  constructor(tiers: readonly (readonly Node[])[], turn: number) {
    this.tiers = tiers;
    this.turn = turn;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Node, undefined> {
    const { tiers } = this;
    for (; this.tier < tiers.length; this.tier++) {
      const nodes = tiers[this.tier]!;
      if (this.seen === 0) this.start = startOf(nodes, this.turn);
      while (this.seen < nodes.length) {
        const at = this.start + this.seen++;
        const node = nodes[at < nodes.length ? at : at - nodes.length]!;
        if (node.isUp) return { done: false, value: node };
      }
      this.seen = 0;
    }
    return { done: true, value: undefined };
  }
}

function startOf(nodes: readonly Node[], turn: number): number {
  const start = turn % nodes.length;
  if (nodes[start]!.isUp) return start;
  // The turn of a node that is down is not all for its neighbour, which would have twice the load of the others.
  const up = nodes.flatMap(({ isUp }, i) => (isUp ? [i] : []));
  return up[Math.floor(Math.random() * up.length)] ?? start;
}
