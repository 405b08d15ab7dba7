import type { Cluster } from '../cluster/cluster.js';
import type { Member } from '../cluster/members.js';
import type { NodeCounts } from '../cluster/node-counts.js';
import type { Node } from '../cluster/node.js';
import type { PlanWalk } from '../cluster/plan-walk.js';
import type { LoadBalancingPolicy, PlanContext } from '../cluster/policies/load-balancing.js';
import type { Pool } from '../cluster/pool.js';
import { noneChosen, policyError, unreachable } from '../cluster/unreachable.js';
import type { Connection } from '../wire/connection.js';

const NONE: readonly never[] = [];

/** The way of one request through the nodes of its plan. */
export class Route {
  /** Whether a node that was passed by had no place, or none yet: there is something to wait for. */
  isBusy = false;
  /** Of the node that {@link next} has last given a connection to. */
  counts: NodeCounts | undefined;

  private readonly cluster: Cluster;
  private readonly policy: LoadBalancingPolicy | undefined;
  private readonly preferred: Connection | undefined;
  private walk: PlanWalk<Member> | undefined;
  /** Those of nodes that were in the plan and could not take it. */
  private passed: readonly Pool[] = NONE;
  /** Where the request was sent to last, and before: mostly to one. */
  private sent: Member | undefined;
  private sentBefore: readonly Member[] = NONE;

  /**
   * @param policy Default: the session's.
   * @param preferred Where to go first, whatever the plan is, while it is there and has a place.
   */
  constructor(cluster: Cluster, policy: LoadBalancingPolicy | undefined, preferred?: Connection) {
    this.cluster = cluster;
    this.policy = policy;
    this.preferred = preferred;
  }

  /** Why there is no next node, where no node was asked at all. */
  get error(): Error {
    if (this.walk?.error !== undefined) return policyError(this.walk.error);
    const { passed, cluster } = this;
    if (passed.length > 0) return unreachable(new Map(passed.map(({ host, error }) => [host, error ? [error] : []])));
    return cluster.connections.length > 0 ? noneChosen(cluster.current) : cluster.unreachable();
  }

  /** A connection to the next node that has a place, and that the request was not sent to before. */
  next(context: PlanContext): Connection | undefined {
    if (this.cluster.current === undefined) return undefined;
    const preferred = this.preferred && this.cluster.members.of(this.preferred);
    if (preferred !== undefined) {
      const connection = this.take(preferred, context);
      if (connection !== undefined) return connection;
    }
    const walk = (this.walk ??= this.cluster.plan(context, this.policy));
    for (let member = walk.next(); member !== undefined; member = walk.next()) {
      const connection = this.take(member, context);
      if (connection !== undefined) return connection;
    }
    return undefined;
  }

  private take(member: Member, context: PlanContext): Connection | undefined {
    if (this.sent === member || this.sentBefore.includes(member)) return undefined;
    const connection = this.cluster.connectionTo(member, context);
    if (connection !== undefined) {
      if (this.sent !== undefined) this.sentBefore = [...this.sentBefore, this.sent];
      this.sent = member;
      this.counts = member.counts;
      return connection;
    }
    const { pool } = member;
    if (pool !== undefined && !this.passed.includes(pool)) this.passed = [...this.passed, pool];
    this.isBusy ||= pool !== undefined && (pool.isUp || pool.isUnknown);
    return undefined;
  }

  /** Begins again with the first node, since places come and go; those that the request was sent to are left out. */
  restart(): void {
    this.walk = undefined;
    this.isBusy = false;
  }

  /** Forgets where the request was sent last: it never arrived there. */
  takeBack(): void {
    this.sent = this.sentBefore.at(-1);
    this.sentBefore = this.sentBefore.slice(0, -1);
    this.restart();
  }
}

/** A plan of one node only, which may be given by its address. */
export function only(target: string | Node): LoadBalancingPolicy {
  return ({ topology }) =>
    topology.nodes.filter(({ hostId, address }) =>
      typeof target === 'string' ? address === target : hostId === target.hostId,
    );
}
