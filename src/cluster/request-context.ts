import type { Token } from '../codec/partitioner.js';
import type { Node, Topology } from './node.js';
import type { PlanContext } from './policies/load-balancing.js';

const NOWHERE: readonly Node[] = [];

/** What is known of the cluster. */
export interface Surroundings {
  readonly current: Topology | undefined;
  replicas(keyspace: string, token: Token, table?: string): readonly Node[];
  /** How many requests a node is busy with. */
  inFlight(node: Node): number;
}

/** What a load balancing policy may ask about a request. */
export class RequestContext implements PlanContext {
  readonly keyspace: string | undefined;
  readonly isConditional: boolean;
  private readonly cluster: Surroundings;
  private readonly position: Token | undefined;
  private readonly table: string | undefined;

  /**
   * @param token Where its partition lies, if that is known.
   * @param table What it is a partition of, if that is known.
   */
  constructor(
    cluster: Surroundings,
    keyspace: string | undefined,
    token: Token | undefined,
    isConditional: boolean,
    table?: string,
  ) {
    this.cluster = cluster;
    this.keyspace = keyspace;
    this.position = token;
    this.isConditional = isConditional;
    this.table = table;
  }

  get topology(): Topology {
    return this.cluster.current!;
  }

  get token(): bigint | undefined {
    return typeof this.position === 'bigint' ? this.position : undefined;
  }

  get replicas(): readonly Node[] {
    const { keyspace, position, table } = this;
    if (keyspace === undefined || position === undefined) return NOWHERE;
    return this.cluster.replicas(keyspace, position, table);
  }

  inFlight(node: Node): number {
    return this.cluster.inFlight(node);
  }
}
