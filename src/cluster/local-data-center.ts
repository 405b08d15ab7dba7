import { quoted } from '../codec/printable.js';
import { ConfigurationError } from '../errors.js';
import { type Endpoint, formatEndpoint } from '../wire/socket.js';
import type { LocatedNode } from './members.js';

/**
 * The data center that requests are sent to: the one that was asked for, the only one that there is, or the only one that the
 * contact points are in.
 *
 * @param nodes The one that was asked for the others first.
 * @throws ConfigurationError if that is none, or several.
 */
export function localDataCenterOf(
  asked: string | undefined,
  nodes: readonly LocatedNode[],
  contactPoints: readonly Endpoint[],
): string {
  const all = new Set(nodes.map(({ datacenter }) => datacenter));
  if (asked !== undefined) {
    if (all.has(asked)) return asked;
    throw new ConfigurationError(`There is no data center ${quoted(asked)} in the cluster: ${listOf(all)}.`);
  }
  const [only, ...others] = all.size === 1 ? all : dataCentersAt(contactPoints, nodes);
  if (only !== undefined && others.length === 0) return only;
  throw new ConfigurationError(
    `The cluster has several data centers: ${listOf(all)}. Say which one is near, by the option "localDataCenter".`,
  );
}

/** Those of the nodes that are contact points; of all of these, or they tell nothing. */
function dataCentersAt(contactPoints: readonly Endpoint[], nodes: readonly LocatedNode[]): Set<string> {
  const byPlace = new Map<string, string>();
  for (const { advertised, endpoint, datacenter } of nodes) {
    byPlace.set(formatEndpoint(endpoint), datacenter);
    if (advertised !== undefined) byPlace.set(formatEndpoint(advertised), datacenter);
  }
  const found = contactPoints.map((point) => byPlace.get(formatEndpoint(point)));
  // The node that was asked is one of the contact points, whatever names they have.
  if (contactPoints.length === 1) return new Set([nodes[0]!.datacenter]);
  return new Set(found.every((datacenter) => datacenter !== undefined) ? found : []);
}

const listOf = (names: ReadonlySet<string>): string => `there are ${[...names].sort().map(quoted).join(', ')}`;
