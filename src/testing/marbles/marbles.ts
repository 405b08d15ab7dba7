import { AssertionError } from 'node:assert';
import { map, type Observable } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import { callable, type Checks, checkOptions, milliseconds } from '../../check.js';
import { ConfigurationError } from '../../errors.js';
import { Page } from '../../operators/page.js';
import { seenPage } from './comparable.js';
import type { Diagram } from './diagram.js';
import { assertSame, Expectation, failureOf } from './expectation.js';
import { observableLane, type Source } from './lanes.js';
import { VirtualTime } from './virtual-time.js';

export interface MarblesOptions {
  /**
   * Compares what came with what was expected, and throws if they differ; vitest's `expect(actual).toEqual(expected)` for
   * example, to have its matchers among the values. It is given lists of `{ frame, kind, value | error }`, or of subscriptions.
   * Default: by value, as `deepStrictEqual` of `node:assert` does.
   */
  assert?: (actual: unknown, expected: unknown) => void;
  /** When virtual time stops, in its milliseconds, so that what never ends ends the test. Default 60,000. */
  maxTime?: number;
}

/** The helpers of RxJS's `TestScheduler.run()`. */
export type MarbleHelpers = RunHelpers;

/**
 * Runs a test in virtual time: RxJS's `TestScheduler.run()`, in which a character of a marble string is a millisecond. It needs
 * no test framework and works in any.
 *
 * It differs in what it compares and in how it says that something differs. Errors are compared by name and message, and by
 * `code` where the expected one has a code; of an error that is expected as a plain object, only the properties that it names.
 * Pages are compared by their rows, and by whether others follow; to expect a page does not read it. Everything else is
 * compared by value. All expectations are checked, and those that failed are told as marble strings.
 *
 * Returns what happened as a {@link Diagram}, for {@link renderAscii} and {@link renderSvg}: the Observables made by `cold()`
 * and `hot()`, then what was expected, under names like `cold 1`, `hot 2` and `result 1`.
 *
 * @throws AssertionError if an expectation failed or was left without `toBe()`, or if the test neither expects nor does
 * anything; ConfigurationError for options that there are not, and for an `async` test, for which virtual time is over before
 * it goes on; whatever `test` throws.
 *
 * @example
 * ```ts
 * marbles(({ cold, expectObservable, expectSubscriptions }) => {
 *   const fetch1 = cold('--(r|)', { r: page('ab', { more: true }) });
 *   const fetch2 = cold('  -----(r|)', { r: page('c') });
 *   const rows = queryOf(fetch1, fetch2).pipe(concatMap((page) => page));
 *
 *   expectObservable(rows).toBe('--(ab)-(c|)');
 *   expectSubscriptions(fetch2.subscriptions).toBe('--^----!');
 * });
 * ```
 */
export function marbles(test: (helpers: MarbleHelpers) => void, options: MarblesOptions = {}): Diagram {
  checkOptions(options, CHECKS, 'options of marbles()');
  if (typeof test !== 'function') throw new ConfigurationError('marbles() takes a function: the test.');
  const { assert = assertSame, maxTime = 60_000 } = options;
  const sources: Source[] = [];
  const expectations: Expectation[] = [];
  const done = { flush: false, anything: false };
  // RxJS hands over what was made ready in the order in which it was expected.
  const scheduler = new VirtualTime((actual: readonly unknown[], expected: readonly unknown[]) => {
    expectations.find((expectation) => expectation.isReady && !expectation.isSettled)?.settle(actual, expected);
  });

  scheduler.run((helpers) => {
    scheduler.maxFrames = maxTime;
    const remember = <S extends Source['observable']>(kind: Source['kind'], observable: S, values: unknown): S => {
      sources.push({ kind, observable, values });
      return observable;
    };
    const expectObservable: MarbleHelpers['expectObservable'] = (observable, subscription) => {
      const expectation = new Expectation('observable', expectObservable, subscription);
      expectations.push(expectation);
      const expected = helpers.expectObservable(observable.pipe(map(asSeen)), subscription ?? undefined);
      const toBe: typeof expected.toBe = (marbles, values, error) => {
        expectation.expect(toBe, values);
        expected.toBe(marbles, values && mapValues(values as Record<string, unknown>, asSeen), error);
      };
      const toEqual = (other: Observable<unknown>): void => {
        expectation.expect(toEqual);
        expected.toEqual(other.pipe(map(asSeen)));
      };
      return { toBe, toEqual };
    };
    const expectSubscriptions: MarbleHelpers['expectSubscriptions'] = (logs) => {
      const expectation = new Expectation('subscriptions', expectSubscriptions);
      expectations.push(expectation);
      const expected = helpers.expectSubscriptions(logs);
      const toBe: typeof expected.toBe = (marbles) => {
        expectation.expect(toBe);
        expected.toBe(marbles);
      };
      return { toBe };
    };
    const begin: (helpers: MarbleHelpers) => unknown = test;
    const returned = begin({
      ...helpers,
      flush: () => {
        done.flush = true;
        helpers.flush();
      },
      cold: (marbles, values, error) => remember('cold', helpers.cold(marbles, values, error), values),
      hot: (marbles, values, error) => remember('hot', helpers.hot(marbles, values, error), values),
      expectObservable,
      expectSubscriptions,
    });
    refusePromise(returned);
    const isSubscribed = sources.some(({ observable }) => observable.subscriptions.length > 0);
    done.anything = expectations.length > 0 || done.flush || isSubscribed || scheduler.actions.length > 0;
  });
  if (!done.anything) throw new AssertionError({ message: NOTHING });

  const isStopped = scheduler.actions.length > 0;
  const failure = failureOf(expectations, assert, isStopped ? maxTime : undefined);
  if (failure !== undefined) throw failure;
  const results = expectations.filter(({ kind }) => kind === 'observable');
  return {
    lanes: [
      ...sources.map((source, index) => observableLane(`${source.kind} ${index + 1}`, source)),
      ...results.map((result, index) => result.lane(`result ${index + 1}`)),
    ],
  };
}

const CHECKS: Checks<MarblesOptions> = { assert: callable, maxTime: milliseconds };

/** A test may look at what happened by itself, after flush() or after marbles(), but then something has to happen. */
const NOTHING =
  'The marble test does nothing: it has no expectation, and subscribes to nothing. ' +
  'Say what is expected: expectObservable(…).toBe(…), or expectSubscriptions(…).toBe(…).';

function refusePromise(returned: unknown): void {
  const { then } = (returned ?? {}) as { readonly then?: unknown };
  if (typeof then !== 'function') return;
  // Whatever becomes of it is not told of a second time, as an unhandled rejection.
  (returned as PromiseLike<unknown>).then(undefined, () => undefined);
  throw new ConfigurationError(
    'The test of marbles() has returned a promise. Virtual time is over when it returns, so that nothing behind an await ' +
      'would be checked: write it without async and await.',
  );
}

/** RxJS subscribes to values that are Observables, as a page is, and that would deliver it. */
function asSeen(value: unknown): unknown {
  return value instanceof Page ? seenPage(value) : value;
}

function mapValues<T>(values: Readonly<Record<string, T>>, change: (value: T) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}
