import { RING_START, tokenAfter, tokensIn } from './token-range.js';

/** What one query can read of a range: a part that does not go beyond the end of the ring. */
export interface Segment {
  readonly start: bigint;
  readonly end: bigint;
  /** Where its first page begins, if some of it was read by another query already. */
  readonly pagingState: Uint8Array | undefined;
  /** Of what was read already: the token of the last row. */
  readonly reached: bigint | undefined;
  /** How often what it is of has been halved. */
  readonly depth: number;
}

/** The segments of a range, in its order: two, where it goes beyond the end of the ring. */
export function segmentsOf(start: bigint, end: bigint): Segment[] {
  const segment = (from: bigint, to: bigint): Segment => {
    return { start: from, end: to, pagingState: undefined, reached: undefined, depth: 0 };
  };
  const isWithin = start === RING_START || end === RING_START || start < end;
  return isWithin ? [segment(start, end)] : [segment(start, RING_START), segment(RING_START, end)];
}

/**
 * Both halves of what has not been read of a segment. The first goes on where it was: servers find the place of a paging state by its
 * key, within whatever bounds. Undefined where there is nothing to be halved, or nobody knows where the place is.
 */
export function halves(segment: Segment): readonly [Segment, Segment] | undefined {
  const { start, end, pagingState, reached, depth } = segment;
  if (pagingState !== undefined && (reached === undefined || reached === end)) return undefined;
  const from = reached ?? start;
  const left = tokensIn(from, end);
  if (left < 2n) return undefined;
  const middle = tokenAfter(from, left / 2n);
  return [
    { ...segment, end: middle, depth: depth + 1 },
    { start: middle, end, pagingState: undefined, reached: undefined, depth: depth + 1 },
  ];
}
