import type { Cluster } from '../cluster/cluster.js';
import type { Member } from '../cluster/members.js';
import type { Node } from '../cluster/node.js';
import type { PlanWalk } from '../cluster/plan-walk.js';
import type { LoadBalancingPolicy, PlanContext } from '../cluster/policies/load-balancing.js';
import type { Pool } from '../cluster/pool.js';
import { noneChosen, policyError, unreachable } from '../cluster/unreachable.js';
import type { Connection } from '../wire/connection.js';

/** The way of one request through the nodes of its plan. */
export class Route {
  /** Whether a node that was passed by had no place, or none yet: there is something to wait for. */
  isBusy = false;

  private readonly cluster: Cluster;
  private readonly policy: LoadBalancingPolicy | undefined;
  private walk: PlanWalk<Member> | undefined;
  /** Those of nodes that were in the plan and could not take it. */
  private readonly passed: Pool[] = [];
  /** Where the request was sent to. */
  private sent: Member[] | undefined;

  /** @param policy Default: the session's. */
  constructor(cluster: Cluster, policy: LoadBalancingPolicy | undefined) {
    this.cluster = cluster;
    this.policy = policy;
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
    const walk = (this.walk ??= this.cluster.plan(context, this.policy));
    for (let member = walk.next(); member !== undefined; member = walk.next()) {
      if (this.sent?.includes(member) === true) continue;
      const connection = this.cluster.connectionTo(member, context);
      if (connection !== undefined) {
        (this.sent ??= []).push(member);
        return connection;
      }
      const { pool } = member;
      if (pool !== undefined && !this.passed.includes(pool)) this.passed.push(pool);
      this.isBusy ||= pool !== undefined && (pool.isUp || pool.isUnknown);
    }
    return undefined;
  }

  /** Begins again with the first node, since places come and go; those that the request was sent to are left out. */
  restart(): void {
    this.walk = undefined;
    this.isBusy = false;
  }

  /** Forgets where the request was sent last: it never arrived there. */
  takeBack(): void {
    this.sent?.pop();
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
