import fc from 'fast-check';
import { ConfigurationError, constantReconnection, exponentialReconnection } from 'rxcql';
import { describe, expect, it, vi } from 'vitest';

describe('exponentialReconnection', () => {
  it('waits a random time up to a bound that doubles, and no longer than the longest', () => {
    const random = vi.spyOn(Math, 'random').mockReturnValue(1);
    const policy = exponentialReconnection();
    expect([0, 1, 2, 6, 7, 100, 1e9].map(policy)).toEqual([250, 500, 1000, 16_000, 30_000, 30_000, 30_000]);
    random.mockReturnValue(0.25);
    expect(policy(0)).toBe(62.5);
    random.mockRestore();
  });

  it('stays within its bound for any base, longest and attempt', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.integer({ min: 1, max: 100_000 }),
        fc.nat(1_000),
        (base, max, attempt) => {
          const delay = exponentialReconnection({ base, max })(attempt);
          expect(delay).toBeGreaterThanOrEqual(0);
          expect(delay).toBeLessThanOrEqual(max);
        },
      ),
    );
  });

  it.each([{ base: -1 }, { max: Number.NaN }, { max: 2 ** 31 }, { base: '250' }, { initial: 1 }])(
    'refuses %j',
    (options) => {
      expect(() => exponentialReconnection(options as { base: number })).toThrow(ConfigurationError);
    },
  );
});

describe('constantReconnection', () => {
  it('always waits the same time', () => {
    expect([0, 1, 50].map(constantReconnection({ delay: 100 }))).toEqual([100, 100, 100]);
  });

  it.each([{}, { delay: -1 }, { delay: 100, max: 1 }, undefined])('refuses %j', (options) => {
    expect(() => constantReconnection(options as { delay: number })).toThrow(ConfigurationError);
  });
});
