import type { Unsubscribable } from 'rxjs';

/** A subscription that knows its place among others. */
export interface Placed extends Unsubscribable {
  place: number;
}

/**
 * Subscriptions that come and go by the million, in no order. Not a Set: of that, each change of size leaves a table behind that still
 * has what was in it and leads to the next, and when one of them has become old, collecting the young keeps all that comes after it.
 */
export class Subscriptions<T extends Placed> implements Unsubscribable {
  private readonly items: T[] = [];

  get size(): number {
    return this.items.length;
  }

  add(item: T): void {
    item.place = this.items.length;
    this.items.push(item);
  }

  /** Forgets one, if it is here. */
  delete(item: T): void {
    const { items } = this;
    const { place } = item;
    if (items[place] !== item) return;
    const last = items.pop()!;
    if (last === item) return;
    items[place] = last;
    last.place = place;
  }

  /** Leaves all of them; what is added meanwhile, too. */
  unsubscribe(): void {
    for (let item = this.items.pop(); item !== undefined; item = this.items.pop()) item.unsubscribe();
  }
}
