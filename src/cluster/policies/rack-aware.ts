import type { Topology } from '../node.js';
import type { LoadBalancingPolicy } from './load-balancing.js';
import { aName, checkPolicyOptions, required } from './policy-options.js';
import { NEVER } from './rank.js';
import { rotation } from './rotation.js';

/**
 * The nodes of one rack that are up, each plan beginning with another; then the others of its data center. For clusters whose
 * racks are zones between which traffic is slow or costs. That no node is in the rack is told of, by one warning of the process.
 *
 * @param options `localRack`: the rack. `localDataCenter`: its data center; default that of the session.
 * @throws ConfigurationError
 */
export function rackAware(options: { localDataCenter?: string; localRack: string }): LoadBalancingPolicy {
  checkPolicyOptions('rackAware', options, { localDataCenter: aName, localRack: required(aName) });
  const { localDataCenter, localRack } = options;
  let hasWarned = false;
  const look = (topology: Topology): void => {
    const datacenter = localDataCenter ?? topology.localDataCenter;
    const racks = new Set(topology.nodes.filter((node) => node.datacenter === datacenter).map(({ rack }) => rack));
    // A data center without nodes leaves the plan empty, which fails requests, with a message of its own.
    if (hasWarned || racks.size === 0 || racks.has(localRack)) return;
    hasWarned = true;
    process.emitWarning(
      `The data center "${datacenter}" has no rack "${localRack}", so that rackAware() prefers no node. ` +
        `Its racks: ${[...racks].sort().join(', ')}.`,
      { type: 'RxcqlWarning', code: 'RXCQL_LOCAL_RACK' },
    );
  };
  return rotation(({ datacenter, rack }, topology) => {
    if (datacenter !== (localDataCenter ?? topology.localDataCenter)) return NEVER;
    return rack === localRack ? 0 : 1;
  }, look);
}
