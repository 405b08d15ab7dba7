import type { LoadBalancingPolicy } from './load-balancing.js';
import { rotation } from './rotation.js';

/** All nodes that are up, of all data centers, each plan beginning with another. */
export function roundRobin(): LoadBalancingPolicy {
  return rotation(() => 0);
}
