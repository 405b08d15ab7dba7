import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../../src/cluster/latency-histogram.js';

function histogramOf(values: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

/** The least value that p per cent of all do not exceed. */
function exact(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil((p * sorted.length) / 100)) - 1]!;
}

describe('a latency histogram', () => {
  it('is empty at first', () => {
    const histogram = new LatencyHistogram();
    expect([histogram.count, histogram.mean, histogram.percentile(50)]).toEqual([0, 0, 0]);
  });

  it('has the mean of all', () => {
    const histogram = histogramOf([1, 2, 6]);
    expect(histogram.count).toBe(3);
    expect(histogram.mean).toBe(3);
  });

  it('has any percentile within 1 %, or half a microsecond', () => {
    const latency = fc.oneof(
      fc.double({ min: 0, max: 0.3, noNaN: true }),
      fc.double({ min: 0, max: 30, noNaN: true }),
      fc.double({ min: 0, max: 2_000_000, noNaN: true }),
    );
    const p = fc.oneof(fc.constantFrom(0, 50, 90, 99, 99.9, 100), fc.double({ min: 0, max: 100, noNaN: true }));
    fc.assert(
      fc.property(fc.array(latency, { minLength: 1, maxLength: 300 }), p, (values, p) => {
        const expected = exact(values, p);
        const error = Math.abs(histogramOf(values).percentile(p) - expected);
        expect(error).toBeLessThanOrEqual(Math.max(0.0006, expected * 0.01));
      }),
      { numRuns: 500 },
    );
  });

  it('tells microseconds apart where there are few of them', () => {
    const histogram = histogramOf([0.001, 0.002, 0.127]);
    expect([0, 34, 67].map((p) => histogram.percentile(p))).toEqual([0.001, 0.002, 0.127]);
  });

  it('takes the shares that are asked for, and clips others', () => {
    const histogram = histogramOf(Array.from({ length: 1_000 }, (_, i) => (i + 1) / 10));
    for (const [p, expected] of [
      [99.9, 99.9],
      [99, 99],
      [0.1, 0.1],
      [-1, 0.1],
      [1_000, 100],
    ] as const) {
      expect(Math.abs(histogram.percentile(p) / expected - 1)).toBeLessThan(0.01);
    }
  });

  it('survives what is no time', () => {
    const histogram = histogramOf([-5, Number.NaN, Number.POSITIVE_INFINITY, 1e300]);
    expect(histogram.count).toBe(4);
    expect(histogram.mean).toBeLessThan(2 ** 31 / 1_000);
    expect(histogram.percentile(50)).toBe(0);
    expect(histogram.percentile(100)).toBeGreaterThan(2_100_000);
  });

  it('forgets what was long ago by and by, but still counts it', () => {
    const million = 1 << 20;
    const histogram = new LatencyHistogram();
    for (let i = 0; i < million; i++) histogram.record(100);
    for (let i = 0; i < million / 2 - 1; i++) histogram.record(1);
    expect(Math.round(histogram.percentile(90))).toBe(100);
    for (let i = 0; i < 4 * million; i++) histogram.record(1);
    expect(histogram.percentile(99.5)).toBeLessThan(1.1);
    expect(histogram.count).toBe(5.5 * million - 1);
  });
});
