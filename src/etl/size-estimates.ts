import { catchError, EMPTY, map, mergeMap, type Observable, reduce, from } from 'rxjs';
import type { Node } from '../cluster/node.js';
import type { Session } from '../session/session.js';
import { RING_START } from './token-range.js';

/** How many bytes a part of the ring has. Places in the ring are fractions of it here: estimates need not be exact. */
interface Estimate {
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
}

const ESTIMATES =
  'SELECT range_start, range_end, mean_partition_size, partitions_count FROM system.size_estimates ' +
  'WHERE keyspace_name = ? AND table_name = ?';

/** How many nodes are asked at a time. */
const AT_ONCE = 16;

/** What nodes estimate of the sizes of a table. */
export class SizeEstimates {
  private readonly estimates: readonly Estimate[];

  constructor(estimates: readonly Estimate[]) {
    this.estimates = estimates;
  }

  /** The whole table. */
  get total(): number {
    return this.estimates.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** What is behind `start` up to `end`; undefined where nothing is known. */
  between(start: bigint, end: bigint): number | undefined {
    const { estimates } = this;
    if (estimates.length === 0) return undefined;
    let bytes = 0;
    for (const [first, last] of spans(start, end)) {
      for (const { from: begin, to, bytes: all } of estimates) {
        const shared = Math.min(last, to) - Math.max(first, begin);
        if (shared > 0) bytes += (all * shared) / (to - begin);
      }
    }
    return Math.round(bytes);
  }
}

/**
 * Asks each node, since each tells of the ranges of which it is the primary replica, and of no others. What a node does not answer is
 * missing: sizes are for an even share of the work, and no reason not to begin it. Emits once and completes.
 */
export function sizeEstimates(
  session: Session,
  nodes: readonly Node[],
  keyspace: string,
  table: string,
): Observable<SizeEstimates> {
  return from(nodes).pipe(
    mergeMap(
      (node) =>
        session
          .execute<readonly unknown[]>(ESTIMATES, [keyspace, table], { node, consistency: 'ONE', rows: 'array' })
          .pipe(catchError(() => EMPTY)),
      AT_ONCE,
    ),
    map((page) => page.toArray().flatMap(estimatesOf)),
    reduce((all, some) => all.concat(some), [] as Estimate[]),
    map((all) => new SizeEstimates(all)),
  );
}

function estimatesOf([start, end, size, count]: readonly unknown[]): Estimate[] {
  // As text, since the options of the session say what 64 bits are: a bigint, a number, or a Long.
  const bytes = Number(String(size)) * Number(String(count));
  const parts = spans(BigInt(String(start)), BigInt(String(end)));
  const width = parts.reduce((sum, [first, last]) => sum + last - first, 0);
  return parts.map(([first, last]) => ({ from: first, to: last, bytes: (bytes * (last - first)) / width }));
}

/** A range by fractions of the ring; two, where it goes beyond its end. */
function spans(start: bigint, end: bigint): readonly (readonly [from: number, to: number])[] {
  const first = fractionOf(start);
  const last = end === RING_START ? 1 : fractionOf(end);
  if (start === end) return [[0, 1]];
  return first < last ? [[first, last]] : [[first, 1], [0, last]]; // prettier-ignore
}

function fractionOf(token: bigint): number {
  return Number(token - RING_START) / 2 ** 64;
}
