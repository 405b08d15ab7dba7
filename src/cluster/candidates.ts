import { type Endpoint, formatEndpoint } from '../wire/socket.js';
import type { Member } from './members.js';

/**
 * Where to look for a node that tells about the cluster: nodes that are up and near, then the others, then the contact points, in
 * any order: clients with the same configuration shall not all meet at one node.
 *
 * @param random From 0 to 1.
 */
export function candidates(
  members: Iterable<Member>,
  localDataCenter: string | undefined,
  contactPoints: readonly Endpoint[],
  random: () => number,
): Endpoint[] {
  const distance = ({ node: { isUp, datacenter } }: Member): number =>
    (isUp ? 0 : 2) + (datacenter === localDataCenter ? 0 : 1);
  const known = [...members].sort((a, b) => distance(a) - distance(b)).map(({ endpoint }) => endpoint);
  const shuffled = contactPoints
    .map((endpoint) => ({ endpoint, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ endpoint }) => endpoint);
  // Of a contact point that is a node, it is known which one.
  const byPlace = new Map<string, Endpoint>();
  for (const endpoint of [...known, ...shuffled]) {
    const place = formatEndpoint(endpoint);
    if (!byPlace.has(place)) byPlace.set(place, endpoint);
  }
  return [...byPlace.values()];
}
