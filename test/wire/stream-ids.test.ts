import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_STREAM_IDS, StreamIds } from '../../src/wire/stream-ids.js';

describe('stream ids', () => {
  it('are distinct, within the positive half of 16 bits, and never 0', () => {
    const ids = new StreamIds(MAX_STREAM_IDS);
    const all = Array.from({ length: MAX_STREAM_IDS }, () => ids.allocate());
    expect(new Set(all).size).toBe(32_767);
    expect([Math.min(...all), Math.max(...all)]).toEqual([1, 32_767]);
  });

  it('run out, and come back when they are released', () => {
    const ids = new StreamIds(2);
    const [first, second] = [ids.allocate(), ids.allocate()];
    expect(ids.allocate()).toBe(-1);
    expect(ids.available).toBe(0);
    ids.release(second);
    ids.release(first);
    expect(ids.available).toBe(2);
    expect([ids.allocate(), ids.allocate(), ids.allocate()]).toEqual([second, first, -1]);
  });

  it('are never in use twice, however many are, and come back in the order in which they were released', () => {
    const steps = fc.array(fc.record({ taken: fc.nat(3_000), released: fc.nat(3_000) }), { maxLength: 20 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 5_000 }), (turns, capacity) => {
        const ids = new StreamIds(capacity);
        const used: number[] = [];
        for (const { taken, released } of turns) {
          for (let i = 0; i < taken; i++) {
            const id = ids.allocate();
            // An expect() takes longer than the ids do, and there are a million.
            if ((id === -1) !== (used.length === capacity))
              expect.fail(`${id} with ${used.length} in use of ${capacity}`);
            if (id !== -1) used.push(id);
          }
          expect(new Set(used).size).toBe(used.length);
          for (const id of used.splice(0, released)) ids.release(id);
          expect(ids.available).toBe(capacity - used.length);
        }
        expect(used.filter((id) => id <= 0 || id > capacity)).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it('are not used again soon', () => {
    const ids = new StreamIds(1_000);
    const used = Array.from({ length: 1_000 }, () => {
      const id = ids.allocate();
      ids.release(id);
      return id;
    });
    expect(new Set(used).size).toBe(1_000);
  });
});
