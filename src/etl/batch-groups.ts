/** How many and how large groups may be. */
export interface GroupLimits {
  readonly maxItems: number;
  readonly maxBytes: number;
  readonly maxOpen: number;
}

interface Group<T> {
  readonly items: T[];
  bytes: number;
}

/** Items with the same key, gathered until there are enough of them. */
export class BatchGroups<T> {
  private readonly limits: GroupLimits;
  private readonly open = new Map<unknown, Group<T>>();

  constructor(limits: GroupLimits) {
    this.limits = limits;
  }

  /** Puts an item with those of its key. Returns the groups that are to be sent now: nothing more fits into them. */
  add(key: unknown, item: T, bytes: number): T[][] {
    const { maxItems, maxBytes, maxOpen } = this.limits;
    const full: T[][] = [];
    let group = this.open.get(key);
    // Before it is added: a group is never too large, but for one item that is so by itself.
    if (group !== undefined && group.bytes + bytes > maxBytes) {
      full.push(this.take(key, group));
      group = undefined;
    }
    if (group === undefined) {
      if (this.open.size === maxOpen) {
        const [oldest] = this.open;
        full.push(this.take(...oldest!));
      }
      this.open.set(key, (group = { items: [], bytes: 0 }));
    }
    group.items.push(item);
    group.bytes += bytes;
    if (group.items.length === maxItems) full.push(this.take(key, group));
    return full;
  }

  /** Those that are not full, the oldest first. */
  flush(): T[][] {
    const rest = Array.from(this.open.values(), ({ items }) => items);
    this.open.clear();
    return rest;
  }

  private take(key: unknown, group: Group<T>): T[] {
    this.open.delete(key);
    return group.items;
  }
}
