import type { Latency } from '../cluster/latency-histogram.js';
import type { Member } from '../cluster/members.js';
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
  /** How often a request was sent to it: retries and further attempts are counted too. */
  readonly requests: number;
  /** What became of those that failed, by the kind of a `ResponseError` or the name of another error. */
  readonly errors: Readonly<Record<string, number>>;
  /** How long it took to answer, in milliseconds, errors among the answers. */
  readonly latency: Latency;
}

/** {@link Metrics} at this moment. */
export function metricsOf({ counts, admission, cluster, wire }: SessionContext): Metrics {
  const nodes = [...cluster.members].flatMap((member) => nodeMetrics(member) ?? []);
  const sum = (one: (node: NodeMetrics) => number): number => nodes.reduce((total, node) => total + one(node), 0);
  const { received, sent } = wire.traffic;
  return {
    requests: counts.begun,
    inFlight: sum(({ inFlight }) => inFlight),
    queued: admission.queued,
    errors: counts.errors.values,
    retries: counts.retries,
    speculations: counts.speculations,
    timeouts: counts.timeouts,
    orphaned: sum(({ orphaned }) => orphaned),
    connections: sum(({ connections }) => connections),
    bytesIn: received,
    bytesOut: sent,
    latency: latencyNow(counts.latency),
    nodes,
  };
}

/** Undefined for a node that is not connected to. */
function nodeMetrics({ node, pool, counts }: Member): NodeMetrics | undefined {
  if (pool === undefined) return undefined;
  const { connections, inFlight, orphaned } = pool;
  return {
    node,
    connections: connections.length,
    inFlight,
    orphaned,
    requests: counts.requests,
    errors: counts.errors.values,
    latency: latencyNow(counts.latency),
  };
}

function latencyNow(latency: Latency): Latency {
  const { count, mean } = latency;
  return { count, mean, percentile: (p) => latency.percentile(p) };
}
