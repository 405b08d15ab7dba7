import { describe, expect, it, vi } from 'vitest';
import { LatencyHistogram } from '../../../src/cluster/latency-histogram.js';
import { constantSpeculation, percentileSpeculation } from '../../../src/cluster/policies/speculation.js';
import { ConfigurationError } from '../../../src/errors.js';

function measured(count: number, latency = 10): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (let i = 0; i < count; i++) histogram.record(latency);
  return histogram;
}

describe('constantSpeculation', () => {
  it('waits the same time before each further attempt, one by default', () => {
    const latency = measured(0);
    const once = constantSpeculation({ delay: 100 });
    expect([1, 2, 3].map((attempt) => once(attempt, latency))).toEqual([100, undefined, undefined]);
    const thrice = constantSpeculation({ delay: 0, max: 3 });
    expect([1, 2, 3, 4].map((attempt) => thrice(attempt, latency))).toEqual([0, 0, 0, undefined]);
  });

  it.each([{}, { delay: -1 }, { delay: 1, max: 0 }, { delay: 1, max: 1.5 }, { delay: 1, percentile: 2 }])(
    'refuses %j',
    (options) => {
      expect(() => constantSpeculation(options as { delay: number })).toThrow(ConfigurationError);
    },
  );
});

describe('percentileSpeculation', () => {
  it('waits as long as most requests take', () => {
    const latency = measured(99, 10);
    latency.record(500);
    expect(percentileSpeculation({ percentile: 99 })(1, latency)).toBeCloseTo(10, 1);
    expect(percentileSpeculation({ percentile: 99.5 })(1, latency)).toBeGreaterThan(495);
  });

  it('makes no further attempts before it knows what is usual', () => {
    const policy = percentileSpeculation({ percentile: 50 });
    expect(policy(1, measured(99))).toBeUndefined();
    expect(policy(1, measured(100))).toBeDefined();
  });

  it('makes no more of them than it may', () => {
    const latency = measured(200);
    expect(percentileSpeculation({ percentile: 50 })(2, latency)).toBeUndefined();
    expect(percentileSpeculation({ percentile: 50, max: 2 })(2, latency)).toBeDefined();
  });

  it('looks again after 100 requests, and not for each one', () => {
    const latency = measured(100, 10);
    const percentile = vi.spyOn(latency, 'percentile');
    const policy = percentileSpeculation({ percentile: 50 });
    for (let i = 0; i < 99; i++) {
      policy(1, latency);
      latency.record(1_000);
    }
    expect(percentile).toHaveBeenCalledTimes(1);
    for (let i = 0; i < 99; i++) latency.record(1_000);
    expect(policy(1, latency)).toBeGreaterThan(900);
    expect(percentile).toHaveBeenCalledTimes(2);
  });

  it('tells sessions apart', () => {
    const policy = percentileSpeculation({ percentile: 50 });
    expect(policy(1, measured(100, 10))).toBeCloseTo(10, 1);
    expect(policy(1, measured(100, 20))).toBeGreaterThan(19);
  });

  it.each([{}, { percentile: 0 }, { percentile: 100 }, { percentile: 50, max: 0 }, { percentile: '99' }])(
    'refuses %j',
    (options) => {
      expect(() => percentileSpeculation(options as { percentile: number })).toThrow(ConfigurationError);
    },
  );
});
