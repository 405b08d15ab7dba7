import { murmur3Partitioner } from '../codec/partitioners/murmur3-partitioner.js';
import type { Node } from '../cluster/node.js';
import { placement, type ReplicationOptions } from '../cluster/replication.js';
import { TokenRing } from '../cluster/token-ring.js';
import { RING_START } from './token-range.js';

/** A part of the ring whose partitions all have the same replicas. */
export interface Arc {
  readonly start: bigint;
  readonly end: bigint;
  readonly replicas: readonly Node[];
}

/**
 * The ring from its start to its end, cut wherever the replicas change, and nowhere else: neighbours with the same replicas are one.
 * No arc goes beyond the end of the ring, since nobody can ask for both of its sides in one query.
 *
 * @param ring At least one token.
 */
export function ringArcs(
  ring: readonly { readonly token: bigint; readonly node: Node }[],
  replication: ReplicationOptions,
): Arc[] {
  const tokens = new TokenRing(
    murmur3Partitioner,
    ring.map(({ token, node }) => ({ node, tokens: [token] })),
  );
  const replicasAt = placement(tokens, replication);
  const arcs: Arc[] = [];
  // A node may have the very token at which the ring begins: what ends there is the last arc, as if it had not.
  const ends = [...(tokens.tokens as readonly bigint[]).filter((token) => token !== RING_START), RING_START];
  let start = RING_START;
  for (const end of ends) {
    const replicas = replicasAt(tokens.position(end));
    const before = arcs.at(-1);
    if (before !== undefined && haveSameNodes(before.replicas, replicas)) {
      arcs[arcs.length - 1] = { start: before.start, end, replicas };
    } else {
      arcs.push({ start, end, replicas });
    }
    start = end;
  }
  return arcs;
}

function haveSameNodes(some: readonly Node[], others: readonly Node[]): boolean {
  return some.length === others.length && some.every((node) => others.includes(node));
}
