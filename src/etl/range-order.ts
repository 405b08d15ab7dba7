import { createHash } from 'node:crypto';
import type { TokenRange } from './token-range.js';

/**
 * An order in which many ranges can be read at a time without many of them being of the same nodes: those of each set of replicas one
 * by one in turn, the largest first, so that no large one is left for the end. What is alike is shuffled, by `seed`.
 */
export function byReplica(ranges: readonly TokenRange[], seed: number): TokenRange[] {
  const shuffled = ranges
    .map((range) => ({ range, chance: chanceOf(seed, range.id), size: range.bytes ?? range.fraction }))
    .sort((a, b) => b.size - a.size || (a.chance < b.chance ? -1 : 1));
  const buckets = new Map<string, TokenRange[]>();
  for (const { range } of shuffled) {
    const key = [...range.replicas].sort().join();
    const bucket = buckets.get(key);
    if (bucket === undefined) buckets.set(key, [range]);
    else bucket.push(range);
  }
  const most = Math.max(0, ...Array.from(buckets.values(), ({ length }) => length));
  const queues = [...buckets.values()];
  return Array.from({ length: most }, (_, turn) => queues.flatMap((queue) => queue.slice(turn, turn + 1))).flat();
}

/** Anything, but the same for the same seed and range. */
function chanceOf(seed: number, id: string): string {
  return createHash('sha1').update(`${seed} ${id}`).digest('hex');
}
