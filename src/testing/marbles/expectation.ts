import { AssertionError } from 'node:assert';
import { isDeepStrictEqual } from 'node:util';
import { TestScheduler } from 'rxjs/testing';
import { comparable, comparableErrors } from './comparable.js';
import type { Lane, ObservableLane, Span } from './diagram.js';
import { type Compared, differenceInside, firstDifference } from './difference.js';
import { type Message, resultStrand, type Subscribed } from './lanes.js';
import { renderAscii } from './render-ascii.js';
import { Symbols } from './symbols.js';

/** The function that a test has called: what is above it on the stack is ours. */
type Caller = (...given: never[]) => unknown;

/** How many milliseconds are shown after the last thing that was expected. */
const REST = 40;

/** What a test expects of an Observable, or of the subscriptions to one, and what came. */
export class Expectation {
  isReady = false;
  isSettled = false;
  readonly kind: 'observable' | 'subscriptions';
  /** From when until when it is subscribed to. */
  private readonly subscribed: Subscribed;
  private values: unknown;
  private readonly place: { stack?: string } = {};
  private actual: readonly unknown[] = [];
  private expected: readonly unknown[] = [];

  /** @param subscription When it is subscribed to, as a marble string. */
  constructor(kind: 'observable' | 'subscriptions', caller: Caller, subscription?: string | null) {
    this.kind = kind;
    // Here and not later: what a character stands for is known to RxJS only while it runs the test.
    this.subscribed = TestScheduler.parseMarblesAsSubscriptions(subscription ?? '^', true);
    Error.captureStackTrace(this.place, caller);
  }

  /** The test has said what it expects. */
  expect(caller: Caller, values?: unknown): void {
    this.isReady = true;
    this.values = values;
    Error.captureStackTrace(this.place, caller);
  }

  /** Time is over. */
  settle(actual: readonly unknown[], expected: readonly unknown[]): void {
    this.isSettled = true;
    this.actual = actual;
    this.expected = expected;
  }

  /** Where the test says what it expects, for whoever looks for the line. */
  get frames(): string {
    return this.place.stack?.replace(/^.*\n/, '') ?? '';
  }

  /** What differs, told as marbles; undefined if nothing does. */
  failure(assert: (actual: unknown, expected: unknown) => void): { text: string; cause: unknown } | undefined {
    if (!this.isReady) {
      return { text: 'It was left without toBe() or toEqual(), and so expects nothing.', cause: undefined };
    }
    try {
      assert(...this.comparables());
      return undefined;
    } catch (cause) {
      const lanes = this.kind === 'observable' ? this.observableLanes() : this.subscriptionLanes();
      return { text: renderAscii({ lanes }), cause };
    }
  }

  /** What came, for a diagram. */
  lane(name: string): ObservableLane {
    const symbols = new Symbols(this.values, { names: true });
    const strand = resultStrand(this.actual as readonly Message[], this.subscribed, symbols);
    return { kind: 'observable', name, subscriptions: [strand] };
  }

  private comparables(): [actual: readonly unknown[], expected: readonly unknown[]] {
    if (this.kind === 'subscriptions') return [this.actual.map(spanOf), this.expected.map(spanOf)];
    const [actual, expected] = [this.actual as readonly Message[], this.expected as readonly Message[]];
    const errors = actual.map(({ notification }, index) => {
      const other = expected[index]?.notification;
      const isPair = notification.kind === 'E' && other?.kind === 'E';
      return isPair ? comparableErrors(notification.error, other.error) : undefined;
    });
    return [
      actual.map((message, index) => event(message, errors[index]?.[0])),
      expected.map((message, index) => event(message, errors[index]?.[1])),
    ];
  }

  private observableLanes(): Lane[] {
    const symbols = new Symbols(this.values, { names: true, quotes: true });
    const [actual, expected] = [this.actual as readonly Message[], this.expected as readonly Message[]];
    const [came, wanted] = this.comparables() as [Compared[], Compared[]];
    const index = firstDifference(came, wanted);
    const pair = index === undefined ? [] : [came[index], wanted[index]];
    // At 0 if only the test's own comparison sees it. What a looser one takes for the same may count as different here.
    const time = Math.min(...pair.map((event) => event?.frame ?? Infinity), pair.length === 0 ? 0 : Infinity);
    const inside = differenceInside(pair[0], pair[1]);
    // What never ends may have brought tens of thousands of values by now.
    const end = Math.max(time, expected.at(-1)?.frame ?? 0) + REST;
    const shown = actual.filter(({ frame }) => frame <= end);
    const rest = actual.length - shown.length;
    return [
      { kind: 'observable', name: 'expected', subscriptions: [resultStrand(expected, this.subscribed, symbols)] },
      { kind: 'observable', name: 'actual', subscriptions: [resultStrand(shown, this.subscribed, symbols)] },
      { kind: 'note', text: `They differ first at ${time} ms.${rest > 0 ? ` Not shown: ${rest} later events.` : ''}` },
      ...(inside === undefined ? [] : [{ kind: 'note', text: inside } as const]),
    ];
  }

  private subscriptionLanes(): Lane[] {
    const [actual, expected] = this.comparables() as [Span[], Span[]];
    return [
      { kind: 'subscriptions', name: 'expected', subscriptions: expected },
      { kind: 'subscriptions', name: 'actual', subscriptions: actual },
    ];
  }
}

/** Throws if two lists differ: what is compared by unless a test has a comparison of its own. */
export function assertSame(actual: unknown, expected: unknown): void {
  // `deepStrictEqual` compares the same, but looks for the smallest difference then: of 60,000 events, in gigabytes (from Node.js 22).
  if (!isDeepStrictEqual(actual, expected)) throw new AssertionError({ message: 'They differ.' });
}

/** One error for all expectations that failed, undefined if none did. `stoppedAt`: where time was stopped, if it was. */
export function failureOf(
  expectations: readonly Expectation[],
  assert: (actual: unknown, expected: unknown) => void,
  stoppedAt: number | undefined,
): AssertionError | undefined {
  const failures = expectations.flatMap((expectation, index) => {
    const failure = expectation.failure(assert);
    const what = expectation.kind === 'observable' ? 'expectObservable' : 'expectSubscriptions';
    return failure === undefined ? [] : [{ ...failure, expectation, title: `${what}, expectation ${index + 1}` }];
  });
  const [first] = failures;
  if (first === undefined) return undefined;
  const stopped = stoppedAt === undefined ? [] : [`Virtual time was stopped at ${stoppedAt} ms (the option maxTime).`];
  const message = [
    `${failures.length} of ${expectations.length} expectations failed.`,
    ...failures.map(({ title, text }) => `${title}:\n${text.replace(/^(?=.)/gm, '  ').trimEnd()}`),
    ...stopped,
  ].join('\n\n');
  const error = new AssertionError({ message: `${message}\n` });
  // The stack has the line of the test; the cause, what a comparison of the caller's own says.
  if (first.cause !== undefined && assert !== assertSame) error.cause = first.cause;
  error.stack = `${error.name}: ${message}\n\n${first.expectation.frames}`;
  return error;
}

function spanOf(subscribed: unknown): Span {
  const { subscribedFrame: from, unsubscribedFrame: to } = subscribed as Subscribed;
  return to === Infinity ? { from } : { from, to };
}

/** A message as it is compared; `error` is in the form that fits the other's. */
function event({ frame, notification }: Message, error: unknown): Compared {
  if (notification.kind === 'C') return { frame, kind: 'complete' };
  if (notification.kind === 'N') return { frame, kind: 'next', value: comparable(notification.value) };
  return { frame, kind: 'error', error: error ?? comparable(notification.error) };
}
