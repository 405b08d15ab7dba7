/** A server of the cluster, as its system tables and our connections to it have it. */
export interface Node {
  /** What makes it this node, a UUID; its address may change. */
  readonly hostId: string;
  /** Where it answers CQL, as `host:port`. */
  readonly address: string;
  readonly datacenter: string;
  readonly rack: string;
  /** Whether it can be reached, as far as the driver knows. */
  readonly isUp: boolean;
  /** The version of its software, such as `5.0.5`. */
  readonly releaseVersion: string;
}

/** The nodes of a cluster at one moment. When anything of it changes, there is another one. */
export interface Topology {
  readonly nodes: readonly Node[];
  /** The data center that requests are sent to, unless a policy says otherwise. */
  readonly localDataCenter: string;
}
