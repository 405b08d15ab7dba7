import type { Node } from './node.js';

/** The nodes that have the tokens behind `first`, up to and including `last`. */
export interface PlacedTablet {
  readonly first: bigint;
  readonly last: bigint;
  readonly nodes: readonly Node[];
  /** Whether these are all of them: some may not be known yet. */
  readonly isWhole: boolean;
}

/** The tablets of one table, as far as they are known: in the order of their tokens, none of which two of them have. */
export class TabletRanges {
  private tablets: PlacedTablet[] = [];
  /** Their last tokens once more: only these are looked at in a search. */
  private lasts: bigint[] = [];

  get size(): number {
    return this.tablets.length;
  }

  /** The nodes that have a token; undefined if that is not known. */
  at(token: bigint): readonly Node[] | undefined {
    const tablet = this.tablets[this.endingFrom(token)];
    return tablet !== undefined && tablet.first < token ? tablet.nodes : undefined;
  }

  /** Adds a tablet in the place of those that it overlaps: tablets are split, merged and moved. */
  add(tablet: PlacedTablet): void {
    const { tablets, lasts } = this;
    const from = this.endingFrom(tablet.first + 1n);
    let to = from;
    while (to < tablets.length && tablets[to]!.first < tablet.last) to++;
    tablets.splice(from, to - from, tablet);
    lasts.splice(from, to - from, tablet.last);
  }

  /** Keeps only some. */
  filter(isKept: (tablet: PlacedTablet) => boolean): void {
    const kept = this.tablets.filter(isKept);
    if (kept.length === this.size) return;
    this.tablets = kept;
    this.lasts = kept.map(({ last }) => last);
  }

  /** The index of the first that ends at `token` or behind it. */
  private endingFrom(token: bigint): number {
    const { lasts } = this;
    let low = 0;
    let high = lasts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (lasts[middle]! < token) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
