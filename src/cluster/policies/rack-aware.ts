import type { LoadBalancingPolicy } from './load-balancing.js';
import { aName, checkPolicyOptions, required } from './policy-options.js';
import { NEVER } from './rank.js';
import { rotation } from './rotation.js';

/**
 * The nodes of one rack that are up, each plan beginning with another; then the others of its data center. For clusters whose
 * racks are zones between which traffic is slow or costs.
 *
 * @param options `localRack`: the rack. `localDataCenter`: its data center; default that of the session.
 * @throws ConfigurationError
 */
export function rackAware(options: { localDataCenter?: string; localRack: string }): LoadBalancingPolicy {
  checkPolicyOptions('rackAware', options, { localDataCenter: aName, localRack: required(aName) });
  const { localDataCenter, localRack } = options;
  return rotation(({ datacenter, rack }, topology) => {
    if (datacenter !== (localDataCenter ?? topology.localDataCenter)) return NEVER;
    return rack === localRack ? 0 : 1;
  });
}
