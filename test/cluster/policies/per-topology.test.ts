import { describe, expect, it, vi } from 'vitest';
import { PerTopology } from '../../../src/cluster/policies/per-topology.js';

describe('what follows from a topology', () => {
  it('is computed once for each, however they take turns', () => {
    const compute = vi.fn(({ localDataCenter }: { localDataCenter: string }) => ({ localDataCenter }));
    const derived = new PerTopology(compute);
    const [one, other] = ['dc1', 'dc2'].map((localDataCenter) => ({ nodes: [], localDataCenter })) as [never, never];
    const first = derived.of(one);
    for (let i = 0; i < 3; i++) {
      expect(derived.of(one)).toBe(first);
      expect(derived.of(other)).toEqual({ localDataCenter: 'dc2' });
      expect(derived.of(other)).not.toBe(first);
    }
    expect(compute).toHaveBeenCalledTimes(2);
  });
});
