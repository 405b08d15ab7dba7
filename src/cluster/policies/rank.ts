import type { Node, Topology } from '../node.js';
import type { LoadBalancingPolicy, PlanContext } from './load-balancing.js';

/** How near a node is for a policy: those of a lower rank stand before those of a higher one in its plans. */
export type Rank = (node: Node, topology: Topology) => number;

/** The rank of nodes that are in no plan. */
export const NEVER: number = Number.POSITIVE_INFINITY;

const RANK: unique symbol = Symbol('rank');

/**
 * A policy that can say, without making a plan, which nodes would be in it and which would come first: one that puts replicas in
 * front of a plan need not walk through it for that.
 */
export interface RankedPolicy extends LoadBalancingPolicy {
  readonly [RANK]: Rank;
}

export function ranked(policy: LoadBalancingPolicy, rank: Rank): RankedPolicy {
  return Object.assign((context: PlanContext) => policy(context), { [RANK]: rank } as const);
}

/** Undefined for a policy of a user, about which nothing is known but its plans. */
export function rankOf(policy: LoadBalancingPolicy): Rank | undefined {
  return (policy as Partial<RankedPolicy>)[RANK];
}
