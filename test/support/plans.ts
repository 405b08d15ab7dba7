import type { Node, Topology } from '../../src/cluster/node.js';
import type { LoadBalancingPolicy, PlanContext } from '../../src/cluster/policies/load-balancing.js';

/** A request about which nothing is known but what is given. */
export function contextOf(topology: Topology, more: Partial<PlanContext> = {}): PlanContext {
  return {
    topology,
    keyspace: undefined,
    token: undefined,
    replicas: [],
    isConditional: false,
    inFlight: () => 0,
    ...more,
  };
}

export function planOf(policy: LoadBalancingPolicy, context: PlanContext): Node[] {
  return [...policy(context)];
}

/** How often each node is the first of so many plans. */
export function firsts(policy: LoadBalancingPolicy, context: PlanContext, times: number): Map<Node, number> {
  const counts = new Map<Node, number>();
  for (let i = 0; i < times; i++) {
    const first = policy(context)[Symbol.iterator]().next();
    if (first.done !== true) counts.set(first.value, (counts.get(first.value) ?? 0) + 1);
  }
  return counts;
}
