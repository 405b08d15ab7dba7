import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Placed, Subscriptions } from '../../src/operators/subscriptions.js';

class Item implements Placed {
  place = -1;
  left = 0;
  onLeft: () => void = () => undefined;
  unsubscribe(): void {
    this.left++;
    this.onLeft();
  }
}

describe('subscriptions that come and go', () => {
  it('are those that were added and not deleted, whatever the order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(9))), (steps) => {
        const items = Array.from({ length: 10 }, () => new Item());
        const model = new Set<Item>();
        const subscriptions = new Subscriptions<Item>();
        for (const [isAdded, index] of steps) {
          const item = items[index]!;
          if (!isAdded) subscriptions.delete(item);
          else if (!model.has(item)) subscriptions.add(item);
          if (isAdded) model.add(item);
          else model.delete(item);
          expect(subscriptions.size).toBe(model.size);
        }
        subscriptions.unsubscribe();
        expect(items.map(({ left }) => left)).toEqual(items.map((item) => (model.has(item) ? 1 : 0)));
        expect(subscriptions.size).toBe(0);
      }),
    );
  });

  it('may be deleted and added while they are left', () => {
    const subscriptions = new Subscriptions<Item>();
    const [first, second, late] = [new Item(), new Item(), new Item()];
    for (const item of [first, second]) subscriptions.add(item);
    second.onLeft = () => {
      subscriptions.delete(first);
      subscriptions.delete(second);
      subscriptions.add(late);
    };
    subscriptions.unsubscribe();
    expect([first.left, second.left, late.left, subscriptions.size]).toEqual([0, 1, 1, 0]);
  });
});
