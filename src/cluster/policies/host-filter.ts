import { ConfigurationError } from '../../errors.js';
import type { Node, Topology } from '../node.js';
import type { LoadBalancingPolicy, PlanContext } from './load-balancing.js';
import { PerTopology } from './per-topology.js';
import { checkFunction } from './policy-options.js';
import { NEVER, ranked, rankOf } from './rank.js';
import { tokenAware } from './token-aware.js';

/** What is left of a topology. */
interface Filtered {
  readonly topology: Topology;
  readonly hostIds: ReadonlySet<string>;
  /** What is left of replicas: the driver gives the same arrays again and again. */
  readonly replicas: WeakMap<readonly Node[], readonly Node[]>;
}

/**
 * The plan that `child` makes if only the nodes for which `predicate` holds are there. They are chosen before the plan is made,
 * so that the load of the others is spread over all that remain.
 *
 * @param predicate Called once for each node when something about the nodes has changed, not for each request.
 * @param child Default {@link tokenAware}.
 * @throws ConfigurationError
 */
export function hostFilter(
  predicate: (node: Node) => boolean,
  child: LoadBalancingPolicy = tokenAware(),
): LoadBalancingPolicy {
  checkFunction('hostFilter', 'predicate', predicate);
  checkFunction('hostFilter', 'child', child);
  return filtered(predicate, child);
}

/**
 * The plan that `child` makes if there are only these nodes, those of them that are in the cluster.
 *
 * @param nodes As `host:port`, as {@link Node.address} has it.
 * @param child Default {@link tokenAware}.
 * @throws ConfigurationError
 */
export function allowList(nodes: readonly string[], child: LoadBalancingPolicy = tokenAware()): LoadBalancingPolicy {
  if (!Array.isArray(nodes) || nodes.length === 0 || !nodes.every(isAddress)) {
    throw new ConfigurationError("The nodes of allowList() must be an array of at least one 'host:port'.");
  }
  checkFunction('allowList', 'child', child);
  const allowed = new Set(nodes);
  return filtered(({ address }) => allowed.has(address), child);
}

function isAddress(node: unknown): boolean {
  return typeof node === 'string' && /^(?:\[[^[\]]+\]|[^:[\]\s]+):\d+$/.test(node);
}

function filtered(predicate: (node: Node) => boolean, child: LoadBalancingPolicy): LoadBalancingPolicy {
  const left = new PerTopology(({ nodes, localDataCenter }): Filtered => {
    const allowed = nodes.filter((node) => predicate(node));
    return {
      topology: { nodes: allowed, localDataCenter },
      hostIds: new Set(allowed.map(({ hostId }) => hostId)),
      replicas: new WeakMap(),
    };
  });
  const policy: LoadBalancingPolicy = (context) => child(new FilteredContext(context, left.of(context.topology)));
  const rank = rankOf(child);
  if (rank === undefined) return policy;
  return ranked(policy, (node, topology) => {
    const { hostIds, topology: rest } = left.of(topology);
    return hostIds.has(node.hostId) ? rank(node, rest) : NEVER;
  });
}

/** A context in which nodes are missing. */
class FilteredContext implements PlanContext {
  readonly topology: Topology;
  readonly keyspace: string | undefined;
  readonly token: bigint | undefined;
  readonly replicas: readonly Node[];
  readonly isConditional: boolean;
  private readonly context: PlanContext;

  constructor(context: PlanContext, filtered: Filtered) {
    this.topology = filtered.topology;
    this.keyspace = context.keyspace;
    this.token = context.token;
    this.replicas = replicasIn(filtered, context.replicas);
    this.isConditional = context.isConditional;
    this.context = context;
  }

  inFlight(node: Node): number {
    return this.context.inFlight(node);
  }
}

function replicasIn({ replicas, hostIds }: Filtered, all: readonly Node[]): readonly Node[] {
  let left = replicas.get(all);
  if (left === undefined) {
    left = all.filter(({ hostId }) => hostIds.has(hostId));
    replicas.set(all, left);
  }
  return left;
}
