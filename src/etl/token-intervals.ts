import { RING_SIZE, RING_START, tokenAfter, tokensIn } from './token-range.js';

/** Behind `from`, up to `to`, in tokens from the start of the ring: never beyond its end. */
interface Interval {
  readonly from: bigint;
  readonly to: bigint;
}

/** Parts of the ring. */
export class TokenIntervals {
  private parts: Interval[] = [];

  /** Puts in what is behind `start` up to `end`; the whole ring if they are equal. */
  add(start: bigint, end: bigint): void {
    const all = [...this.parts, ...intervalsOf(start, end)].sort((a, b) => (a.from < b.from ? -1 : 1));
    const merged: Interval[] = [];
    for (const part of all) {
      const last = merged.at(-1);
      if (last === undefined || last.to < part.from) merged.push(part);
      else if (part.to > last.to) merged[merged.length - 1] = { from: last.from, to: part.to };
    }
    this.parts = merged;
  }

  /** What of a range is not in here, in its order. */
  missing(start: bigint, end: bigint): { readonly start: bigint; readonly end: bigint }[] {
    return intervalsOf(start, end).flatMap(({ from, to }) => {
      const gaps: Interval[] = [];
      let at = from;
      for (const part of this.parts) {
        if (part.to <= at || part.from >= to) continue;
        if (part.from > at) gaps.push({ from: at, to: part.from });
        at = part.to;
      }
      if (at < to) gaps.push({ from: at, to });
      return gaps.map((gap) => ({ start: tokenAfter(RING_START, gap.from), end: tokenAfter(RING_START, gap.to) }));
    });
  }

  /** Its parts, as few as there can be. */
  get ranges(): readonly { readonly start: bigint; readonly end: bigint }[] {
    return this.parts.map(({ from, to }) => ({ start: tokenAfter(RING_START, from), end: tokenAfter(RING_START, to) }));
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
