import type { Node } from './node.js';
import { MAX_REPETITIONS } from './policies/distinct.js';
import type { LoadBalancingPolicy, PlanContext } from './policies/load-balancing.js';

/** What the driver has for its nodes, by host id. */
export interface ByHostId<T> {
  get(hostId: string): T | undefined;
}

/**
 * One request's way through its plan, whatever the policy is: what is no node of the cluster is left out, a node that came before
 * too, and a policy that throws, or goes on and on without another node, ends the plan.
 *
 * The iterator of a plan is not told when no more of it is wanted: most requests leave theirs after the first node, and to say so would
 * cost them as much again.
 */
export class PlanWalk<T> {
  /** What the policy has thrown. */
  error: unknown;

  private readonly known: ByHostId<T>;
  /** Undefined when it is over. */
  private plan: Iterator<Node> | undefined;
  /** Most plans give one node only. */
  private first: string | undefined;
  private others: Set<string> | undefined;

  constructor(policy: LoadBalancingPolicy, context: PlanContext, known: ByHostId<T>) {
    this.known = known;
    try {
      this.plan = policy(context)[Symbol.iterator]();
    } catch (error) {
      this.error = error;
    }
  }

  /** What the driver has for the next node; undefined when there is none any more. */
  next(): T | undefined {
    const { plan } = this;
    if (plan === undefined) return undefined;
    try {
      for (let wasted = 0; wasted <= MAX_REPETITIONS; wasted++) {
        const next = plan.next();
        if (next.done === true) break;
        const found = this.take(next.value);
        if (found !== undefined) return found;
      }
    } catch (error) {
      this.error = error;
    }
    this.plan = undefined;
    return undefined;
  }

  /** What a policy has given is what its type says only if the types were checked. */
  private take(node: Node | null | undefined): T | undefined {
    const hostId = node?.hostId;
    if (typeof hostId !== 'string' || hostId === this.first || this.others?.has(hostId) === true) return undefined;
    const found = this.known.get(hostId);
    if (found === undefined) return undefined;
    if (this.first === undefined) this.first = hostId;
    else (this.others ??= new Set()).add(hostId);
    return found;
  }
}
