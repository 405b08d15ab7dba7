import type { Node } from '../node.js';

/** How often a plan may repeat itself before it is taken for one that has no end. */
export const MAX_REPETITIONS = 1_000;

/** The nodes of a plan, each once. */
export function* distinct(plan: Iterable<Node>): IterableIterator<Node> {
  const seen = new Set<string>();
  let repetitions = 0;
  for (const node of plan) {
    if (!seen.has(node.hostId)) {
      seen.add(node.hostId);
      yield node;
    } else if (++repetitions > MAX_REPETITIONS) {
      return;
    }
  }
}
