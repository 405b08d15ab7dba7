import type { Latency } from '../cluster/latency-histogram.js';
import type { Node } from '../cluster/node.js';
import type { SessionContext } from './context.js';

/** What a session has done since it was made, and is busy with at present. Plain numbers, as they were when they were asked for. */
export interface Metrics {
  /** Requests that were begun: each page of a query is one. */
  readonly requests: number;
  /** Requests that a node has, and has not answered yet. */
  readonly inFlight: number;
  /** Requests that wait for a place on a connection. */
  readonly queued: number;
  /** Requests that failed, by the kind of a `ResponseError` or the name of another error. */
  readonly errors: Readonly<Record<string, number>>;
  /** How often a retry policy has said that a request is to be sent again. Where no other node is left it fails nevertheless. */
  readonly retries: number;
  /** Attempts that were made since a speculation policy said so. */
  readonly speculations: number;
  /** Requests that failed since their time was over. */
  readonly timeouts: number;
  /** Answers that are owed to requests that were left, or whose time was over. */
  readonly orphaned: number;
  /** Connections for requests that are open. */
  readonly connections: number;
  /** Bytes that came in and went out over all connections there are and were, that to watch the cluster among them. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** How long requests took that were answered, from the first attempt to the answer, in milliseconds. */
  readonly latency: Latency;
  /** What the nodes are busy with that there are connections to, or were to be. */
  readonly nodes: readonly NodeMetrics[];
}

export interface NodeMetrics {
  readonly node: Node;
  readonly connections: number;
  readonly inFlight: number;
  readonly orphaned: number;
}

/** {@link Metrics} at this moment. */
export function metricsOf({ counts, admission, cluster, wire }: SessionContext): Metrics {
  const nodes = [...cluster.members].flatMap(({ node, pool }) =>
    pool === undefined
      ? []
      : [{ node, connections: pool.connections.length, inFlight: pool.inFlight, orphaned: pool.orphaned }],
  );
  const sum = (one: (node: NodeMetrics) => number): number => nodes.reduce((total, node) => total + one(node), 0);
  const { latency } = counts;
  const { received, sent } = wire.traffic;
  return {
    requests: counts.begun,
    inFlight: sum(({ inFlight }) => inFlight),
    queued: admission.queued,
    errors: Object.fromEntries(counts.errors),
    retries: counts.retries,
    speculations: counts.speculations,
    timeouts: counts.timeouts,
    orphaned: sum(({ orphaned }) => orphaned),
    connections: sum(({ connections }) => connections),
    bytesIn: received,
    bytesOut: sent,
    latency: { count: latency.count, mean: latency.mean, percentile: (p) => latency.percentile(p) },
    nodes,
  };
}
