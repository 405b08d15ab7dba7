import { type Endpoint, formatEndpoint } from '../wire/socket.js';
import type { Member } from './members.js';

/** Where to look for a node that tells about the cluster: nodes that are up and near, then the others, then the contact points. */
export function candidates(
  members: Iterable<Member>,
  localDataCenter: string | undefined,
  contactPoints: readonly Endpoint[],
): Endpoint[] {
  const distance = ({ node: { isUp, datacenter } }: Member): number =>
    (isUp ? 0 : 2) + (datacenter === localDataCenter ? 0 : 1);
  const known = [...members].sort((a, b) => distance(a) - distance(b)).map(({ info }) => info.endpoint);
  return [...new Map([...known, ...contactPoints].map((endpoint) => [formatEndpoint(endpoint), endpoint])).values()];
}
