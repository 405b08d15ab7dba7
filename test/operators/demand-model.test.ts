import { describe, expect, it } from 'vitest';
import { idealTicks, measure, WAYS } from '../support/demand-model.js';

// What the demand rule gives, in virtual time: the figures of docs/backpressure.md.

describe('the model of a query and its consumer', () => {
  const merged = measure(WAYS['mergeRows(work, 16)']);

  it('could be done in 1895 ticks', () => {
    expect(idealTicks()).toBe(1_895);
  });

  it('mergeRows is within a hundredth of that, and holds two pages and the rows in work at most', () => {
    expect(merged.rows).toBe(5_000);
    expect(merged.ticks).toBeLessThanOrEqual(1_895 * 1.01);
    expect(merged.resident).toBeLessThanOrEqual(2 * 100 + 16);
  });

  it('a limit within each page holds as little, but waits for the stragglers of each', () => {
    const separate = measure(WAYS['concatMap(page => page.pipe(mergeMap(work, 16)))']);
    expect(separate).toMatchObject({ rows: 5_000, ticks: 3_225 });
    expect(separate.resident).toBeLessThanOrEqual(2 * 100);
  });

  it('flattening first is as fast as mergeRows, but holds most of the table', () => {
    const flat = measure(WAYS['concatAll(), mergeMap(work, 16)']);
    expect(flat).toMatchObject({ rows: 5_000, ticks: 1_895 });
    expect(flat.resident).toBeGreaterThan(2_500);
  });
});
