import { EMPTY, NEVER, of, Subject, throwError } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { onceMore } from '../../src/cluster/once-more.js';

const scheduler = (): TestScheduler => new TestScheduler((actual, expected) => expect(actual).toEqual(expected));

describe('onceMore', () => {
  it('does one thing at a time, and the last that was asked for meanwhile afterwards', () => {
    scheduler().run(({ hot, cold, expectObservable }) => {
      const source = hot('   -abc---------e-|');
      const work = (value: string) => cold('---(v|)', { v: value });
      expectObservable(source.pipe(onceMore(work))).toBe('       ----a--c--------(e|)');
    });
  });

  it.each([
    ['never', NEVER, '-'],
    ['empty', EMPTY, '|'],
    ['one', of('a'), '(a|)'],
    ['an error', throwError(() => 'no'), '#'],
  ])('of %s', (_, source, expected) => {
    scheduler().run(({ expectObservable }) => {
      expectObservable(source.pipe(onceMore((value) => of(value)))).toBe(expected, undefined, 'no');
    });
  });

  it('ends with the error of the work, and lets the source go', () => {
    scheduler().run(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const source = hot('-a---');
      expectObservable(source.pipe(onceMore(() => cold('-#')))).toBe('--#');
      expectSubscriptions(source.subscriptions).toBe('^-!');
    });
  });

  it('ends with what project throws', () => {
    const errors: unknown[] = [];
    of(1)
      .pipe(
        onceMore(() => {
          throw new Error('no');
        }),
      )
      .subscribe({ error: (error: unknown) => errors.push(error) });
    expect(errors).toEqual([new Error('no')]);
  });

  it('leaves the work with its subscriber', () => {
    scheduler().run(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const source = hot('       -a-----');
      const work = cold('         -----x');
      expectObservable(source.pipe(onceMore(() => work)), '^--!').toBe('----');
      expectSubscriptions(work.subscriptions).toBe('-^-!');
    });
  });

  it('takes work that ends at once, again and again, on a flat stack', () => {
    const source = new Subject<number>();
    let done = 0;
    source
      .pipe(
        onceMore((left) => {
          if (left > 0) source.next(left - 1);
          return EMPTY;
        }),
      )
      .subscribe({ complete: () => done++ });
    source.next(100_000);
    source.complete();
    expect(done).toBe(1);
  });
});
