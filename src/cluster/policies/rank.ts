import type { Node, Topology } from '../node.js';
import type { LoadBalancingPolicy, PlanContext } from './load-balancing.js';

/** How near a node is for a policy: those of a lower rank stand before those of a higher one in its plans. */
export type Rank = (node: Node, topology: Topology) => number;

/** The rank of nodes that are in no plan. */
export const NEVER: number = Number.POSITIVE_INFINITY;

const RANK: unique symbol = Symbol('rank');

/** What a plan would begin with, without the plan; undefined if only a plan can tell. Each time that it is asked counts as a plan. */
export type First = (context: PlanContext) => Node | undefined;

const FIRST: unique symbol = Symbol('first');

/**
 * A policy that can say, without making a plan, which nodes would be in it and which would come first: one that puts replicas in
 * front of a plan need not walk through it for that; and most requests need no more of a plan than its first node.
 */
export interface RankedPolicy extends LoadBalancingPolicy {
  readonly [RANK]: Rank;
  readonly [FIRST]: First;
}

export function ranked(policy: LoadBalancingPolicy, rank: Rank, first: First = nobodyKnows): RankedPolicy {
  return Object.assign((context: PlanContext) => policy(context), { [RANK]: rank, [FIRST]: first } as const);
}

function nobodyKnows(): undefined {
  return undefined;
}

/** Undefined for a policy of a user, about which nothing is known but its plans. */
export function rankOf(policy: LoadBalancingPolicy): Rank | undefined {
  return (policy as Partial<RankedPolicy>)[RANK];
}

/** {@link First} of a policy; nobody knows it of that of a user. */
export function firstOf(policy: LoadBalancingPolicy): First {
  return (policy as Partial<RankedPolicy>)[FIRST] ?? nobodyKnows;
}
