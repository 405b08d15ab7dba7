import { RING_SIZE, RING_START, tokenAfter, tokensIn } from './token-range.js';

/** Behind `from`, up to `to`, in tokens from the start of the ring: never beyond its end. */
interface Interval {
  readonly from: bigint;
  readonly to: bigint;
}

/** Parts of the ring. */
export class TokenIntervals {
  /** In order, with something between any two. */
  private readonly parts: Interval[] = [];

  /** Puts in what is behind `start` up to `end`; the whole ring if they are equal. */
  add(start: bigint, end: bigint): void {
    for (let { from, to } of intervalsOf(start, end)) {
      const first = this.firstUpTo(from);
      let next = first;
      for (; next < this.parts.length && this.parts[next]!.from <= to; next++) {
        const part = this.parts[next]!;
        if (part.from < from) from = part.from;
        if (part.to > to) to = part.to;
      }
      this.parts.splice(first, next - first, { from, to });
    }
  }

  /** What of a range is not in here, in its order. */
  missing(start: bigint, end: bigint): { readonly start: bigint; readonly end: bigint }[] {
    return intervalsOf(start, end).flatMap(({ from, to }) => {
      const gaps: Interval[] = [];
      let at = from;
      for (let next = this.firstUpTo(from); next < this.parts.length && this.parts[next]!.from < to; next++) {
        const part = this.parts[next]!;
        if (part.from > at) gaps.push({ from: at, to: part.from });
        if (part.to > at) at = part.to;
      }
      if (at < to) gaps.push({ from: at, to });
      return gaps.map((gap) => ({ start: tokenAfter(RING_START, gap.from), end: tokenAfter(RING_START, gap.to) }));
    });
  }

  /** Its parts, as few as there can be. */
  get ranges(): readonly { readonly start: bigint; readonly end: bigint }[] {
    return this.parts.map(({ from, to }) => ({ start: tokenAfter(RING_START, from), end: tokenAfter(RING_START, to) }));
  }

  /** Which part goes up to a place or beyond it, the first of those that do; how many there are, if none does. */
  private firstUpTo(place: bigint): number {
    let [low, high] = [0, this.parts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.parts[middle]!.to < place) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function intervalsOf(start: bigint, end: bigint): Interval[] {
  const from = BigInt.asUintN(64, start - RING_START);
  const to = from + tokensIn(start, end);
  if (to <= RING_SIZE) return [{ from, to }];
  return [
    { from, to: RING_SIZE },
    { from: 0n, to: to - RING_SIZE },
  ];
}
