/**
 * A part of the token ring of a table, and where its partitions are. It begins behind `start`, which is not part of it, and goes to
 * `end`, which is; where both are equal it is the whole ring.
 */
export interface TokenRange {
  /** The same for the same range, whoever plans it. */
  readonly id: string;
  readonly start: bigint;
  readonly end: bigint;
  /** The nodes that each have all of its partitions, as `host:port`, in no order that says anything; none where that is not known. */
  readonly replicas: readonly string[];
  /** Which part of the ring it is, from 0 to 1. */
  readonly fraction: number;
  /** How many bytes the nodes estimate to be in it; undefined where none of them says anything. */
  readonly bytes?: number;
  /** Of a range that comes from a queue: it may be done more than once, so that {@link writeTo} refuses what must not be. */
  readonly delivery?: 'at-least-once';
}

/** Where the ring begins and ends. No partition has this token. */
export const RING_START: bigint = -(2n ** 63n);

/** How many tokens there are. */
export const RING_SIZE: bigint = 2n ** 64n;

/** How many tokens are behind `start` up to `end`; of equal ones, all. */
export function tokensIn(start: bigint, end: bigint): bigint {
  return BigInt.asUintN(64, end - start) || RING_SIZE;
}

/** The token that comes `count` behind another. */
export function tokenAfter(start: bigint, count: bigint): bigint {
  return BigInt.asIntN(64, start + count);
}

/** What a range is called. */
export function rangeId(start: bigint, end: bigint): string {
  return `${start}..${end}`;
}
