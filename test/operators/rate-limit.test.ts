import {
  concatMap,
  EMPTY,
  firstValueFrom,
  from,
  lastValueFrom,
  map,
  of,
  range,
  Subject,
  tap,
  throwError,
  toArray,
} from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { ConfigurationError, pages, rateLimit, type RateLimitOptions } from 'rxcql';
import { describe, expect, it, vi } from 'vitest';
import { failureOf } from '../support/served-session.js';

const virtually = (test: Parameters<TestScheduler['run']>[0]): void => {
  const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
  scheduler.maxFrames = Infinity;
  scheduler.run(test);
};

describe('rateLimit()', () => {
  it('spaces values evenly, and passes what comes later at once', () => {
    virtually(({ hot, expectObservable }) => {
      const source = hot('-(abc)- 40ms d 20ms |');
      expectObservable(source.pipe(rateLimit({ perSecond: 100 }))).toBe('-a 9ms b 9ms c 25ms d 20ms |');
    });
  });

  it('lets a burst pass after a pause, and no more than that', () => {
    virtually(({ hot, expectObservable }) => {
      const source = hot('(abcde|)');
      const result = source.pipe(rateLimit({ perSecond: 100, burst: 3 }));
      expectObservable(result).toBe('(abc)- 4ms d 9ms (e|)');
    });
    virtually(({ hot, expectObservable }) => {
      const source = hot('1s (abcde|)');
      expectObservable(source.pipe(rateLimit({ perSecond: 100, burst: 2 }))).toBe('1s (ab)- 5ms c 9ms d 9ms (e|)');
    });
  });

  it('counts what a value costs; one beyond the burst passes, and is paid for', () => {
    virtually(({ hot, expectObservable }) => {
      const source = hot('(abcd|)', { a: 1, b: 5, c: 0, d: 1 });
      const result = source.pipe(rateLimit({ perSecond: 100, burst: 2, cost: (value) => value }));
      // 1 of 2 is left after a; b needs 2, after 10 ms, and leaves -3; c costs nothing but waits its turn, d comes at 1.
      expectObservable(result).toBe('a 9ms b 29ms c 9ms (d|)', { a: 1, b: 5, c: 0, d: 1 });
    });
  });

  it('follows a rate that changes, and stands still at 0', () => {
    virtually(({ cold, hot, expectObservable }) => {
      const perSecond = cold('-a 24ms z 24ms b', { a: 100, z: 0, b: 1_000 });
      const source = hot('(abcdefg|)');
      expectObservable(source.pipe(rateLimit({ perSecond }))).toBe('-a 9ms b 9ms c 30ms def(g|)');
    });
  });

  it('keeps its rate on average though timers are late', async () => {
    vi.useFakeTimers({ now: 0 });
    try {
      let passed = 0;
      from(Array(100_000).keys())
        .pipe(rateLimit({ perSecond: 10_000 }))
        .subscribe(() => passed++);
      // A thousand timers of at least 3 ms.
      for (let i = 0; i < 1_000; i++) {
        vi.setSystemTime(Date.now() + 2);
        await vi.advanceTimersByTimeAsync(1);
      }
      expect(passed).toBeGreaterThan(29_000);
      expect(passed).toBeLessThanOrEqual(30_001);
      // After a second without any, not a second's worth.
      vi.setSystemTime(Date.now() + 1_000);
      const before = passed;
      await vi.advanceTimersByTimeAsync(1);
      expect(passed - before).toBeLessThanOrEqual(512);
    } finally {
      vi.useRealTimers();
    }
  });

  it('slows a query down to the rate: a page is fetched when the one before has passed', () => {
    virtually(({ expectObservable }) => {
      const fetched: number[] = [];
      const query = pages<number, number>((at = 0) => {
        fetched.push(at);
        return of({ rows: [at, at], pagingState: at < 2 ? at + 1 : undefined });
      });
      const limited = query.pipe(
        rateLimit({ perSecond: 100, cost: (page) => page.rowCount }),
        tap(({ rowCount }) => expect(fetched.length * rowCount).toBeLessThanOrEqual(6)),
        concatMap((page) => page),
        map((row) => String(row)),
      );
      // Two rows cost 20 ms.
      expectObservable(limited).toBe('(00)- 15ms (11)- 15ms (22|)');
    });
  });

  it('errors at once with the error of the source, and of the rate', async () => {
    const mine = new Error('mine');
    virtually(({ hot, expectObservable }) => {
      expectObservable(hot('(ab#)').pipe(rateLimit({ perSecond: 100 }))).toBe('(a#)');
    });
    const failing = of(1).pipe(rateLimit({ perSecond: throwError(() => mine) }));
    expect(await failureOf(failing)).toBe(mine);
    const cost = (): number => {
      throw mine;
    };
    expect(await failureOf(of(1).pipe(rateLimit({ perSecond: 1, cost })))).toBe(mine);
  });

  it('waits longer than a timer can', () => {
    virtually(({ hot, expectObservable }) => {
      const days = 40 * 24 * 3600 * 1000;
      expectObservable(hot('(ab|)').pipe(rateLimit({ perSecond: 1_000 / days }))).toBe(`a ${days - 1}ms (b|)`);
    });
  });

  it('leaves the source, the rate and its timer', () => {
    const source = new Subject<number>();
    const rate = new Subject<number>();
    const limited = source.pipe(rateLimit({ perSecond: rate })).subscribe();
    rate.next(1);
    source.next(1);
    source.next(2);
    limited.unsubscribe();
    expect([source.observed, rate.observed]).toEqual([false, false]);
  });

  it('takes all values that may pass at once on a flat stack, and stops when it is left', async () => {
    const all = range(0, 100_000).pipe(rateLimit({ perSecond: 1, burst: 100_000 }), toArray());
    expect((await lastValueFrom(all)).length).toBe(100_000);
    function* endless(): Generator<number> {
      for (let i = 0; ; i++) yield i;
    }
    expect(await firstValueFrom(from(endless()).pipe(rateLimit({ perSecond: 1, burst: 5 })))).toBe(0);
  });

  it.each<[RateLimitOptions<number>, string]>([
    [{ perSecond: 0 }, '"perSecond" of rateLimit is a number above 0'],
    [{ perSecond: NaN }, '"perSecond" of rateLimit is a number above 0'],
    [{ perSecond: Infinity }, '"perSecond" of rateLimit is a number above 0'],
    [{ perSecond: 1, burst: 0 }, '"burst" of rateLimit is a number above 0'],
    [{ perSecond: 1, cost: 5 as never }, '"cost" of rateLimit is a function'],
    [{ perSecond: 1, bursts: 5 } as never, 'rateLimit has no option "bursts"; there are perSecond, burst, cost.'],
    [undefined as never, 'The options of rateLimit are an object.'],
    [{ perSecond: of(-1) }, 'perSecond emitted what is no number'],
    [{ perSecond: EMPTY }, 'perSecond completed without a number'],
    [{ perSecond: 1, cost: () => NaN }, 'cost returned what is no number'],
  ])('errors for %j', async (options, message) => {
    const failure = await failureOf(of(1).pipe(rateLimit(options)));
    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(failure.message).toContain(message);
  });
});
