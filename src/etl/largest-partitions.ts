import { isDeepStrictEqual } from 'node:util';

/** A partition, and how many rows it has. */
export interface PartitionCount {
  /** The values of its key, in the order of the key. */
  readonly key: readonly unknown[];
  readonly rows: number;
}

/** The partitions with the most rows, of keys that come row by row: those of one partition one after another. */
export class LargestPartitions {
  private readonly most: number;
  private readonly largest: PartitionCount[] = [];
  /** The partition in which each of the ranges is. */
  private readonly open = new Map<string, { readonly key: readonly unknown[]; rows: number }>();

  constructor(most: number) {
    this.most = most;
  }

  add(range: string, key: readonly unknown[]): void {
    const open = this.open.get(range);
    if (open !== undefined && isDeepStrictEqual(open.key, key)) {
      open.rows++;
      return;
    }
    this.close(range);
    this.open.set(range, { key, rows: 1 });
  }

  /** Says that no more of a range will come. */
  close(range: string): void {
    const open = this.open.get(range);
    this.open.delete(range);
    if (open === undefined) return;
    const { largest, most } = this;
    if (largest.length === most && largest.at(-1)!.rows >= open.rows) return;
    const place = largest.findIndex(({ rows }) => rows < open.rows);
    largest.splice(place < 0 ? largest.length : place, 0, { ...open });
    if (largest.length > most) largest.pop();
  }

  /** The largest first. */
  get found(): readonly PartitionCount[] {
    return this.largest;
  }
}
