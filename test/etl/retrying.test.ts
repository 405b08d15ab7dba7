import { identity, NEVER, Observable, of, throwError, type Unsubscribable } from 'rxjs';
import { type Page, ResponseError } from 'rxcql';
import { marbles, page } from 'rxcql/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RetryBudget } from '../../src/cluster/retry-budget.js';
import { type Retrying, retrying } from '../../src/etl/retrying.js';
import { DirectSource, type Receiver } from '../../src/operators/direct-source.js';

const overloaded = new ResponseError('Overloaded', 'There is too much to do.');
const done = page([]) as unknown as Page;

const how = (observe: Retrying['observe'] = () => undefined): Retrying => ({
  budget: new RetryBudget({ percent: 20, burst: 100 }),
  isIdempotent: true,
  consistency: 'LOCAL_QUORUM',
  policy: undefined,
  observe,
});

/** Has its answer before it has been begun, as a request that cannot be written does. */
class AtOnce extends DirectSource<Page<unknown>> {
  private readonly tell: (receiver: Receiver<Page<unknown>>) => void;

  constructor(tell: (receiver: Receiver<Page<unknown>>) => void) {
    super(tell);
    this.tell = tell;
  }

  start(receiver: Receiver<Page<unknown>>): Unsubscribable {
    this.tell(receiver);
    return { unsubscribe: () => undefined };
  }
}

beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const failing = (): Observable<Page<unknown>> => throwError(() => overloaded);
const failingAtOnce = (): Observable<Page<unknown>> => new AtOnce((receiver) => receiver.error(overloaded));

describe.each([
  ['an Observable', failing],
  ['a direct source', failingAtOnce],
])('a request that is %s', (_, fail) => {
  it('is made again after a pause', () => {
    marbles(({ expectObservable }) => {
      let failures = 0;
      const ended = retrying(
        () => (failures++ < 2 ? fail() : of(done)),
        how(),
        ({ page: found }) => found === done,
      );
      // 50 + 100 ms
      expectObservable(ended).toBe('150ms (a|)', { a: true });
    });
  });

  it('is not made again by who has left in the pause', () => {
    marbles(({ expectObservable }) => {
      let made = 0;
      const request = (): Observable<Page<unknown>> => {
        made++;
        return fail();
      };
      expectObservable(retrying(request, how(), identity), '20ms !').toBe('');
      expectObservable(new Observable<void>((subscriber) => subscriber.add(() => expect(made).toBe(1))), '500ms !').toBe(''); // prettier-ignore
    });
  });

  it('is not made again when who observes has had it left', () => {
    let made = 0;
    const options = how(() => left.unsubscribe());
    const request = (): Observable<Page<unknown>> => {
      made++;
      return made === 1 ? later : fail();
    };
    let lose!: () => void;
    const later = new Observable<Page<unknown>>((subscriber) => {
      lose = () => subscriber.error(overloaded);
    });
    const seen: unknown[] = [];
    const left = retrying(request, options, identity).subscribe((ended) => seen.push(ended));
    lose();
    expect([made, seen]).toEqual([1, []]);
  });
});

it('errors with what is thrown of what became of it, and leaves the request', () => {
  const mine = new Error('mine');
  let isLeft = false;
  const request = (): Observable<Page<unknown>> =>
    new Observable((subscriber) => {
      subscriber.next(done);
      return () => (isLeft = true);
    });
  const seen: unknown[] = [];
  retrying(request, how(), () => {
    throw mine;
  }).subscribe({ error: (error) => seen.push(error) });
  expect([seen, isLeft]).toEqual([[mine], true]);
});

it('takes what making a request throws for its failure', () => {
  const wrong = new RangeError('mine');
  const seen: unknown[] = [];
  retrying(() => { throw wrong; }, how(), ({ error, attempts }) => [error, attempts]).subscribe((ended) => seen.push(ended)); // prettier-ignore
  expect(seen).toEqual([[wrong, 0]]);
});

it('leaves a request that has no answer yet', () => {
  let isLeft = false;
  const request = (): Observable<Page<unknown>> =>
    new Observable((subscriber) => {
      subscriber.add(NEVER.subscribe());
      return () => (isLeft = true);
    });
  retrying(request, how(), identity).subscribe().unsubscribe();
  expect(isLeft).toBe(true);
});
