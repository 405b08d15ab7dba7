import type { Node } from '../node.js';
import { dcAware } from './dc-aware.js';
import { distinct } from './distinct.js';
import type { LoadBalancingPolicy, PlanContext } from './load-balancing.js';
import { checkFunction } from './policy-options.js';
import { NEVER, type Rank, ranked, rankOf } from './rank.js';

/**
 * The replicas of the request's partition first, then the rest of the plan of `child`. Only nodes that are in that plan are
 * chosen, and nearer ones first: with {@link dcAware} the replicas of the local data center, with {@link rackAware} first that
 * of the local rack.
 *
 * Of replicas that are equally near, two are taken at random, and of these the less busy one: that spreads the load, and goes
 * around a node that is slow, at the cost of one comparison. Conditional requests take them in the order of the ring instead, so
 * that all clients send those of a partition to the same node. After a policy of your own, of which the driver knows only its
 * plans, the replicas keep the order that they have there.
 *
 * @param child Default {@link dcAware}.
 * @throws ConfigurationError
 */
export function tokenAware(child: LoadBalancingPolicy = dcAware()): LoadBalancingPolicy {
  checkFunction('tokenAware', 'child', child);
  const rank = rankOf(child);
  if (rank === undefined) return (context) => replicasFirst(context, child);
  return ranked(
    // Without replicas the plan is the child's, and nothing need stand between.
    (context) => {
      // They are looked up each time.
      const { replicas } = context;
      if (replicas.length === 0) return child(context);
      if (replicas.length > MAX_BITS) return replicasFirst(context, child);
      return new TokenAwarePlan(context, replicas, child, rank);
    },
    rank,
  );
}

/** How many replicas the bits of a number stand for. */
const MAX_BITS = 31;

class TokenAwarePlan implements IterableIterator<Node, undefined> {
  private readonly context: PlanContext;
  private readonly replicas: readonly Node[];
  private readonly child: LoadBalancingPolicy;
  private readonly rank: Rank;
  /** The replicas that were given, a bit for each. */
  private given = 0;
  private rest: Iterator<Node> | undefined;

  constructor(context: PlanContext, replicas: readonly Node[], child: LoadBalancingPolicy, rank: Rank) {
    this.context = context;
    this.replicas = replicas;
    this.child = child;
    this.rank = rank;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Node, undefined> {
    if (this.rest === undefined) {
      const nearest = this.nearest();
      if (nearest !== 0) return { done: false, value: this.choose(nearest) };
      this.rest = this.child(this.context)[Symbol.iterator]();
    }
    for (;;) {
      const next = this.rest.next();
      if (next.done === true) return { done: true, value: undefined };
      if (!this.isGiven(next.value)) return { done: false, value: next.value };
    }
  }

  /** Those of the replicas left that are up and nearer than all others. */
  private nearest(): number {
    const { replicas, given } = this;
    const { topology } = this.context;
    let nearest = 0;
    let least = NEVER;
    for (let i = 0; i < replicas.length; i++) {
      const node = replicas[i]!;
      if (!node.isUp || (given & (1 << i)) !== 0) continue;
      const rank = this.rank(node, topology);
      if (rank > least || rank === NEVER) continue;
      nearest = rank === least ? nearest | (1 << i) : 1 << i;
      least = rank;
    }
    return nearest;
  }

  private choose(among: number): Node {
    const { context, replicas } = this;
    const first = lowest(among);
    if (first === among || context.isConditional) return this.give(first);
    // A pair of different ones, each pair as likely as any other.
    const count = bitCount(among);
    const pair = Math.floor(Math.random() * count * (count - 1));
    const one = nth(among, pair % count);
    const two = nth(among ^ one, Math.floor(pair / count));
    const isBusier = context.inFlight(replicas[indexOf(one)]!) > context.inFlight(replicas[indexOf(two)]!);
    return this.give(isBusier ? two : one);
  }

  private give(bit: number): Node {
    this.given |= bit;
    return this.replicas[indexOf(bit)]!;
  }

  private isGiven({ hostId }: Node): boolean {
    for (let left = this.given; left !== 0; left &= left - 1) {
      if (this.replicas[indexOf(lowest(left))]!.hostId === hostId) return true;
    }
    return false;
  }
}

function lowest(bits: number): number {
  return bits & -bits;
}

/** The bit that has `n` lower ones beside it. */
function nth(bits: number, n: number): number {
  let left = bits;
  for (let i = 0; i < n; i++) left &= left - 1;
  return lowest(left);
}

function indexOf(bit: number): number {
  return 31 - Math.clz32(bit);
}

function bitCount(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count++;
  return count;
}

/** The plan of a policy about which nothing else is known, with the replicas in it moved to the front. */
function* replicasFirst(context: PlanContext, child: LoadBalancingPolicy): IterableIterator<Node> {
  const { replicas, isConditional } = context;
  const plan = [...distinct(child(context))];
  const chosen = plan.filter((node) => isAmong(replicas, node));
  yield* isConditional ? replicas.filter((node) => isAmong(chosen, node)) : chosen;
  yield* plan.filter((node) => !isAmong(replicas, node));
}

/** A policy may have the objects of another moment. */
function isAmong(nodes: readonly Node[], { hostId }: Node): boolean {
  return nodes.some((node) => node.hostId === hostId);
}
