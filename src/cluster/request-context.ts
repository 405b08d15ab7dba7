import type { Token } from '../codec/partitioner.js';
import type { Slice } from '../codec/writer.js';
import type { Node, Topology } from './node.js';
import type { PlanContext } from './policies/load-balancing.js';
import type { Located } from './replicas.js';

const NOWHERE: readonly Node[] = [];

/** What is known of the cluster. */
export interface Surroundings {
  readonly current: Topology | undefined;
  replicas(keyspace: string, partition: Located, table?: string): readonly Node[];
  tokenOf(buffer: Uint8Array, start: number, end: number): Token | undefined;
  /** How many requests a node is busy with. */
  inFlight(node: Node): number;
}

/** What a load balancing policy may ask about a request. */
export class RequestContext implements PlanContext, Located {
  readonly keyspace: string | undefined;
  readonly isConditional: boolean;
  private readonly cluster: Surroundings;
  private partition: Token | Slice | undefined;
  private readonly table: string | undefined;

  /**
   * @param partition Its token, or its routing key, of which the token is computed when somebody asks; undefined if neither is known.
   * @param table What it is a partition of, if that is known.
   */
  constructor(
    cluster: Surroundings,
    keyspace: string | undefined,
    partition: Token | Slice | undefined,
    isConditional: boolean,
    table?: string,
  ) {
    this.cluster = cluster;
    this.keyspace = keyspace;
    this.partition = partition;
    this.isConditional = isConditional;
    this.table = table;
  }

  get topology(): Topology {
    return this.cluster.current!;
  }

  get position(): Token | undefined {
    const { partition } = this;
    if (typeof partition !== 'object' || Buffer.isBuffer(partition)) return partition;
    return (this.partition = this.cluster.tokenOf(partition.buffer, partition.start, partition.end));
  }

  get token(): bigint | undefined {
    const { position } = this;
    return typeof position === 'bigint' ? position : undefined;
  }

  get replicas(): readonly Node[] {
    const { keyspace, partition, table } = this;
    if (keyspace === undefined || partition === undefined) return NOWHERE;
    return this.cluster.replicas(keyspace, this, table);
  }

  inFlight(node: Node): number {
    return this.cluster.inFlight(node);
  }
}
