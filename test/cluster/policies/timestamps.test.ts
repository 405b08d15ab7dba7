import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MonotonicClock, monotonicTimestamps, numbersOf } from '../../../src/cluster/policies/timestamps.js';

/** A clock that is set by hand, and what it warns of. */
function byHand(start: number): { clock: MonotonicClock; set: (now: number) => void; warnings: string[] } {
  let now = start;
  const warnings: string[] = [];
  const clock = new MonotonicClock({ now: () => now }, (message) => warnings.push(message));
  return { clock, set: (to) => void (now = to), warnings };
}

describe('a monotonic clock', () => {
  it('has microseconds, one after the other within a millisecond', () => {
    const { clock, set } = byHand(1_000);
    expect([clock.next(), clock.next(), clock.next()]).toEqual([1_000_000n, 1_000_001n, 1_000_002n]);
    set(1_001);
    expect(clock.next()).toBe(1_001_000n);
  });

  it('only ever grows, however the clock is set', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5_000), { minLength: 1 }), (times) => {
        const { clock, set } = byHand(2_000);
        let last = -1n;
        for (const time of times) {
          set(time);
          const next = clock.next();
          expect(next > last && next >= BigInt(time) * 1_000n).toBe(true);
          last = next;
        }
      }),
    );
  });

  it('warns when it is more than a second ahead of the clock, at most every 10 seconds', () => {
    const hour = 3_600_000;
    const { clock, set, warnings } = byHand(10 * hour);
    clock.next();
    set(10 * hour - 1_000);
    clock.next();
    expect(warnings).toEqual([
      expect.stringMatching(/^The timestamps of writes are 1 s ahead of this machine's clock/),
    ]);
    set(9 * hour);
    clock.next();
    expect(warnings).toHaveLength(2);
    expect(warnings[1]).toContain('3600 s ahead');
    for (const later of [0, 5_000, 9_999]) {
      set(9 * hour + later);
      clock.next();
    }
    expect(warnings).toHaveLength(2);
    set(9 * hour + 10_000);
    clock.next();
    expect(warnings).toHaveLength(3);
    set(11 * hour);
    clock.next();
    expect(warnings).toHaveLength(3);
  });

  it('does not warn within a second', () => {
    const { clock, set, warnings } = byHand(5_000);
    clock.next();
    set(4_001);
    for (let i = 0; i < 1_000; i++) clock.next();
    expect(warnings).toEqual([]);
  });
});

describe('monotonicTimestamps', () => {
  it('is the time of day in microseconds', () => {
    const before = BigInt(Date.now()) * 1_000n;
    const time = monotonicTimestamps()();
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThan(before + 10_000_000n);
  });

  it('gives the same as numbers to who asks for them, and no generator of others does', () => {
    const generator = monotonicTimestamps();
    const numbers = numbersOf(generator)!;
    const times = [generator(), BigInt(numbers()), generator(), BigInt(numbers())];
    expect(times.every((time, i) => i === 0 || time > times[i - 1]!)).toBe(true);
    expect(numbersOf(() => 1n)).toBeUndefined();
  });

  it('gives two sessions no timestamp twice', () => {
    const [one, other] = [monotonicTimestamps(), monotonicTimestamps()];
    const all = Array.from({ length: 10_000 }, (_, i) => (i % 2 === 0 ? one() : other()));
    for (let i = 1; i < all.length; i++) expect(all[i]! > all[i - 1]!).toBe(true);
  });
});
