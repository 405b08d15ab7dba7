import type { Node, Topology } from '../node.js';
import type { LoadBalancingPolicy } from './load-balancing.js';
import { PerTopology } from './per-topology.js';
import { aName, checkPolicyOptions, wholeNumber } from './policy-options.js';
import { NEVER } from './rank.js';
import { rotation } from './rotation.js';

/**
 * The nodes of one data center that are up, each plan beginning with another; then, if that is asked for, a few of each other
 * data center.
 *
 * @param options `localDataCenter`: default that of the session. `remoteNodes`: how many nodes of each other data center may
 * be used when none of the local one can; default 0. Which ones differs from client to client, and stays the same while no
 * node comes or goes. A local consistency level, such as `LOCAL_QUORUM`, is that of the data center a request ends up in.
 * @throws ConfigurationError
 */
export function dcAware(options: { localDataCenter?: string; remoteNodes?: number } = {}): LoadBalancingPolicy {
  checkPolicyOptions('dcAware', options, { localDataCenter: aName, remoteNodes: wholeNumber(0, 10_000) });
  const { localDataCenter, remoteNodes = 0 } = options;
  const isLocal = ({ datacenter }: Node, topology: Topology): boolean =>
    datacenter === (localDataCenter ?? topology.localDataCenter);
  if (remoteNodes === 0) return rotation((node, topology) => (isLocal(node, topology) ? 0 : NEVER));

  const share = Math.random();
  const remote = new PerTopology((topology) => {
    const others = topology.nodes.filter((node) => !isLocal(node, topology));
    return new Set(someOfEach(others, remoteNodes, share).map(({ hostId }) => hostId));
  });
  return rotation((node, topology) => {
    if (isLocal(node, topology)) return 0;
    return remote.of(topology).has(node.hostId) ? 1 : NEVER;
  });
}

/** Up to `count` nodes of each data center. `share`, from 0 to 1, is where to begin: clients must not all choose the same. */
function someOfEach(nodes: readonly Node[], count: number, share: number): Node[] {
  const byDataCenter = new Map<string, Node[]>();
  for (const node of nodes) byDataCenter.set(node.datacenter, [...(byDataCenter.get(node.datacenter) ?? []), node]);
  return [...byDataCenter.values()].flatMap((all) => {
    // The order in which the server has them may be another the next time.
    all.sort((a, b) => (a.hostId < b.hostId ? -1 : 1));
    const start = Math.floor(share * all.length);
    return [...all.slice(start), ...all.slice(0, start)].slice(0, count);
  });
}
