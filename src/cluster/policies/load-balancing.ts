import type { Node, Topology } from '../node.js';

/** What a load balancing policy is told about a request. */
export interface PlanContext {
  readonly topology: Topology;
  /** The keyspace that the request is about, if that is known. */
  readonly keyspace: string | undefined;
  /** Where its partition lies in the ring, if that is known and the cluster's tokens are integers. */
  readonly token: bigint | undefined;
  /** The nodes that have its partition, the primary replica first, whether they are up or not; empty if that is not known. */
  readonly replicas: readonly Node[];
  /** Whether it is a conditional request (`IF …`). Those of a partition are better not spread: they would only contend. */
  readonly isConditional: boolean;
  /** How many requests of this session a node is busy with. */
  inFlight(node: Node): number;
}

/**
 * Which nodes a request is sent to: the first one it is given, and the next one whenever it has to be tried elsewhere. That is a
 * *plan*; most requests use only its first node, so that a policy should not compute the others before it is asked for them.
 *
 * A plan has each node once. The driver skips nodes that it cannot reach, does not know, or has had already. A policy that throws
 * ends the plan.
 */
export type LoadBalancingPolicy = (context: PlanContext) => Iterable<Node>;
