import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RetryBudget } from '../../src/cluster/retry-budget.js';

function take(budget: RetryBudget, times: number): number {
  let taken = 0;
  for (let i = 0; i < times; i++) if (budget.take()) taken++;
  return taken;
}

describe('a retry budget', () => {
  it('has ten retries at once, then one for each ten requests', () => {
    const budget = new RetryBudget();
    expect(take(budget, 100)).toBe(10);
    for (let i = 0; i < 9; i++) budget.onRequest();
    expect(take(budget, 1)).toBe(0);
    budget.onRequest();
    expect(take(budget, 2)).toBe(1);
  });

  it('saves no more than that, however quiet it was', () => {
    const budget = new RetryBudget();
    for (let i = 0; i < 1_000_000; i++) budget.onRequest();
    expect(take(budget, 100)).toBe(10);
  });

  it('may be larger or smaller', () => {
    const budget = new RetryBudget({ percent: 20, burst: 3 });
    expect(take(budget, 10)).toBe(3);
    for (let i = 0; i < 5; i++) budget.onRequest();
    expect(take(budget, 10)).toBe(1);
  });

  it('never exceeds its share and what may come at once, in any stretch of time', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 2_000 }), fc.nat(100), (events, percent) => {
        const budget = new RetryBudget({ percent });
        let [requests, retries] = [0, 0];
        for (const isRequest of events) {
          if (isRequest) {
            requests++;
            budget.onRequest();
          } else if (budget.take()) {
            retries++;
          }
          expect(retries * 100).toBeLessThanOrEqual(1_000 + requests * percent);
        }
      }),
    );
  });

  it('keeps a storm of failures to a tenth more', () => {
    const budget = new RetryBudget();
    let sent = 0;
    for (let i = 0; i < 50_000; i++) {
      budget.onRequest();
      sent += 1 + take(budget, 2);
    }
    expect(sent).toBeLessThanOrEqual(55_010);
    expect(sent).toBeGreaterThan(54_900);
  });
});
