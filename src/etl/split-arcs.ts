import type { Arc } from './ring-arcs.js';
import { RING_SIZE, tokenAfter, tokensIn } from './token-range.js';

/**
 * Cuts arcs into parts of equal size, each as many as it has of the ring: at least `count` in all, and at least one of each arc. An arc
 * of fewer tokens than it would have parts has one for each token.
 */
export function splitArcs(arcs: readonly Arc[], count: number): Arc[] {
  return arcs.flatMap(({ start, end, replicas }) => {
    const size = tokensIn(start, end);
    const wanted = (size * BigInt(count) + RING_SIZE - 1n) / RING_SIZE;
    const parts = wanted < size ? wanted : size;
    const border = (i: bigint): bigint => (i === parts ? end : tokenAfter(start, (size * i) / parts));
    return Array.from({ length: Number(parts) }, (_, i) => ({
      start: border(BigInt(i)),
      end: border(BigInt(i + 1)),
      replicas,
    }));
  });
}
