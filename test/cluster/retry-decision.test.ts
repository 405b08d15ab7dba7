import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { defaultRetry, type Failure, type RetryPolicy } from '../../src/cluster/policies/retry.js';
import { RetryBudget } from '../../src/cluster/retry-budget.js';
import { backoff, decideRetry } from '../../src/cluster/retry-decision.js';
import { ConnectionError, ResponseError } from '../../src/errors.js';

const failure = (error: Error): Failure => ({
  error,
  attempt: 1,
  idempotent: true,
  written: true,
  consistency: 'ONE',
});
const serverError = failure(new ResponseError('ServerError', 'It says so.'));
const overloaded = failure(new ResponseError('Overloaded', 'It says so.'));
const lost = failure(new ConnectionError('10.0.0.1:9042', 'It is lost.'));
const policy = defaultRetry();
const none = (): RetryBudget => new RetryBudget({ burst: 0 });
const fail = (): never => {
  throw new Error('This policy did nothing wrong.');
};

describe('the decision', () => {
  it('is that of the policy', () => {
    for (const action of ['same', 'next', 'throw'] as const) {
      expect(decideRetry(() => action, lost, new RetryBudget(), fail)).toEqual({ action, delay: 0 });
    }
  });

  it('waits where a node has too much to do', () => {
    const decide = (random: number): unknown => decideRetry(policy, overloaded, new RetryBudget(), fail, () => random);
    expect([decide(0), decide(0.5)]).toEqual([
      { action: 'next', delay: 50 },
      { action: 'next', delay: 275 },
    ]);
    expect(decideRetry(policy, serverError, new RetryBudget(), fail).delay).toBe(0);
  });

  it('is against repeating answers when the budget is used up, but for it after losses', () => {
    expect(decideRetry(policy, serverError, none(), fail).action).toBe('throw');
    expect(decideRetry(policy, lost, none(), fail).action).toBe('next');
    const budget = new RetryBudget({ burst: 1, percent: 0 });
    expect(decideRetry(() => 'throw', serverError, budget, fail).action).toBe('throw');
    expect(decideRetry(policy, lost, budget, fail).action).toBe('next');
    expect(decideRetry(policy, serverError, budget, fail).action).toBe('next');
    expect(decideRetry(policy, serverError, budget, fail).action).toBe('throw');
  });

  it('is to go on at once, whatever the budget, where a node is shutting down', () => {
    const leaving = failure(new ResponseError('Overloaded', 'Server is shutting down'));
    expect(decideRetry(policy, leaving, none(), fail)).toEqual({ action: 'next', delay: 0 });
  });

  const wrong = new Error('no idea');
  it.each<[string, RetryPolicy, unknown]>([
    [
      'throws',
      () => {
        throw wrong;
      },
      wrong,
    ],
    ['returns nothing', () => undefined as never, expect.any(TypeError)],
    ['returns something else', () => 'retry' as 'same', expect.any(TypeError)],
  ])('is to fail with the error that there is, if the policy %s', (_, policy, mistake) => {
    const onMistake = vi.fn();
    expect(decideRetry(policy, lost, new RetryBudget(), onMistake)).toEqual({ action: 'throw', delay: 0 });
    expect(onMistake.mock.calls).toEqual([[mistake]]);
  });
});

it('the backoff is any time from 50 to 500 ms', () => {
  expect(backoff(() => 0)).toBe(50);
  expect(backoff(() => 1)).toBe(500);
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (random) => {
      expect(backoff(() => random)).toBeGreaterThanOrEqual(50);
      expect(backoff(() => random)).toBeLessThanOrEqual(500);
    }),
  );
  const all = Array.from({ length: 1_000 }, () => backoff());
  expect(Math.max(...all) - Math.min(...all)).toBeGreaterThan(300);
});
