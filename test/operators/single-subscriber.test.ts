import { Observable, Subscription, type Unsubscribable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { SingleSubscriber } from '../../src/operators/single-subscriber.js';

/* eslint-disable @typescript-eslint/no-deprecated -- there is no other way to make one */
class Probe extends SingleSubscriber<number> {
  readonly seen: unknown[] = [];
  protected override _next(value: number): void {
    this.seen.push(value);
  }
  protected override _error(error: unknown): void {
    this.seen.push(error);
    this.unsubscribe();
  }
  protected override _complete(): void {
    this.seen.push('done');
    this.unsubscribe();
  }
}

const counted = (): Unsubscribable & { left: number } => ({
  left: 0,
  unsubscribe() {
    this.left++;
  },
});

describe('a subscriber of a single source', () => {
  it.each([
    ['completes', (probe: Probe) => probe.complete(), ['done']],
    ['errors', (probe: Probe) => probe.error('no'), ['no']],
    ['is left', (probe: Probe) => probe.unsubscribe(), []],
  ] as const)('ends everything that was added, each once, when it %s', (_, end, seen) => {
    const probe = new Probe();
    const [first, second] = [counted(), counted()];
    const subscription = new Subscription();
    let called = 0;
    const call = (): void => {
      called++;
    };
    for (const teardown of [first, subscription, second, call, undefined]) probe.add(teardown);
    end(probe);
    end(probe);
    probe.unsubscribe();
    expect([first.left, second.left, subscription.closed, called]).toEqual([1, 1, true, 1]);
    expect([probe.seen, probe.closed]).toEqual([seen, true]);
  });

  it('ends at once what is added too late', () => {
    const probe = new Probe();
    probe.unsubscribe();
    const late = counted();
    probe.add(late);
    expect(late.left).toBe(1);
  });

  it('leaves its source when it is left while that is being subscribed', () => {
    const probe = new Probe();
    const source = counted();
    new Observable<number>((subscriber) => {
      subscriber.next(1);
      probe.unsubscribe();
      subscriber.next(2);
      return source;
    }).subscribe(probe);
    expect([probe.seen, source.left]).toEqual([[1], 1]);
  });

  it('is a Subscriber like any other to an Observable, with its errors', () => {
    const probe = new Probe();
    new Observable<number>(() => {
      throw new RangeError('mine');
    }).subscribe(probe);
    expect(probe.seen).toEqual([new RangeError('mine')]);
  });
});
