import { Observable, type Subscriber, Subscription, type TeardownLogic, type Unsubscribable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { DirectSource, type Receiver } from '../../src/operators/direct-source.js';
import { InnerReceiver } from '../../src/operators/inner-receiver.js';

class Probe extends InnerReceiver<number> {
  readonly seen: unknown[] = [];
  protected onNext(value: number): void {
    this.seen.push(value);
  }
  protected onError(error: unknown): void {
    this.seen.push(error);
  }
  protected onComplete(): void {
    this.seen.push('done');
  }
}

const counted = (): Unsubscribable & { left: number } => ({
  left: 0,
  unsubscribe() {
    this.left++;
  },
});

/** Does the same whichever way it is begun. */
type Work = (receiver: Receiver<number>) => Unsubscribable;

class Direct extends DirectSource<number> {
  private readonly work: Work;

  constructor(work: Work) {
    super(() => {
      throw new RangeError('It is begun directly.');
    });
    this.work = work;
  }

  start(receiver: Receiver<number>): Unsubscribable {
    return this.work(receiver);
  }
}

describe.each([
  ['an Observable', (work: Work) => new Observable(work)],
  ['a direct source', (work: Work) => new Direct(work)],
])('a receiver of %s', (_, sourceOf) => {
  it.each([
    ['completes', (source: Receiver<number>) => source.complete(), ['done']],
    ['errors', (source: Receiver<number>) => source.error('no'), ['no']],
    ['is left', (_: unknown, probe: Probe) => probe.unsubscribe(), []],
  ] as const)('leaves it once when it %s, and hears no more of it', (_, end, seen) => {
    const probe = new Probe();
    const ending = counted();
    let source!: Receiver<number>;
    probe.begin(
      sourceOf((receiver) => {
        source = receiver;
        return ending;
      }),
    );
    end(source, probe);
    source.next(1);
    source.error('late');
    source.complete();
    probe.unsubscribe();
    expect(ending.left).toBe(1);
    expect([probe.seen, probe.closed]).toEqual([seen, true]);
  });

  it.each([
    ['emits and completes', (source: Receiver<number>) => source.complete(), [1, 'done']],
    ['emits and fails', (source: Receiver<number>) => source.error('no'), [1, 'no']],
  ] as const)('that %s while it is begun', (_, end, seen) => {
    const probe = new Probe();
    const ending = counted();
    probe.begin(
      sourceOf((receiver) => {
        receiver.next(1);
        end(receiver);
        return ending;
      }),
    );
    expect([probe.seen, ending.left]).toEqual([seen, 1]);
  });

  it('leaves it when it is left while that is being begun', () => {
    const probe = new Probe();
    const ending = counted();
    let wasTold = false;
    probe.begin(
      sourceOf((receiver) => {
        receiver.next(1);
        probe.unsubscribe();
        wasTold = receiver.closed;
        receiver.next(2);
        return ending;
      }),
    );
    expect([probe.seen, ending.left, wasTold]).toEqual([[1], 1, true]);
  });
});

describe('a receiver of an Observable', () => {
  it('is told what subscribing throws', () => {
    const probe = new Probe();
    probe.begin(
      new Observable<number>(() => {
        throw new RangeError('mine');
      }),
    );
    expect(probe.seen).toEqual([new RangeError('mine')]);
  });

  it('ends everything that its Subscriber was given, each once, and what comes too late at once', () => {
    const probe = new Probe();
    const [first, second, late] = [counted(), counted(), counted()];
    const subscription = new Subscription();
    let called = 0;
    const count = (): void => {
      called++;
    };
    let subscriber!: Subscriber<number>;
    probe.begin(
      new Observable<number>((given) => {
        subscriber = given;
        const teardowns: TeardownLogic[] = [first, subscription, second, count, undefined];
        for (const teardown of teardowns) given.add(teardown);
      }),
    );
    subscriber.complete();
    subscriber.add(late);
    probe.unsubscribe();
    expect([first.left, second.left, subscription.closed, called, late.left]).toEqual([1, 1, true, 1, 1]);
  });
});
