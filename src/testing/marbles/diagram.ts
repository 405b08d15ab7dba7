import { anything, checkOptions, list } from '../../check.js';
import { ConfigurationError } from '../../errors.js';

/**
 * What a marble diagram shows, as plain data: what happened in virtual time, from top to bottom. {@link marbles} returns one
 * of what it has seen; {@link renderAscii} and {@link renderSvg} draw it.
 */
export interface Diagram {
  readonly title?: string;
  readonly lanes: readonly Lane[];
}

export type Lane = ObservableLane | SubscriptionsLane | CodeLane | NoteLane;

/** An Observable over time. */
export interface ObservableLane {
  readonly kind: 'observable';
  readonly name: string;
  /** Each time that it was subscribed to, oldest first; empty if it never was. */
  readonly subscriptions: readonly Strand[];
}

/** A span of virtual time, in milliseconds since the start of the test. */
export interface Span {
  readonly from: number;
  /** When it ended; absent if it had not when the test was over. */
  readonly to?: number;
}

/**
 * One subscription to an Observable, which ended by itself or by being left, and what it brought. What a source of a test had for
 * the very millisecond in which it was left counts as brought.
 */
export interface Strand extends Span {
  /** In the order in which they came; all of one time came in the same turn. */
  readonly marks: readonly Mark[];
}

export type Mark =
  | { readonly time: number; readonly kind: 'next'; readonly value: Shown }
  | { readonly time: number; readonly kind: 'error'; readonly text: string }
  | { readonly time: number; readonly kind: 'complete' };

/** A value as it is drawn: a marble with a text, or a page with its rows. */
export type Shown =
  | { readonly kind: 'value'; readonly symbol: string; readonly text: string }
  | {
      readonly kind: 'page';
      /** What stands for it where there is room for one character only. The same symbol in a lane is the same value. */
      readonly symbol: string;
      readonly rows: readonly string[];
      readonly hasMorePages: boolean;
    };

/** Subscriptions without what they brought. */
export interface SubscriptionsLane {
  readonly kind: 'subscriptions';
  readonly name: string;
  readonly subscriptions: readonly Span[];
}

/** The operators between the lanes above and those below, as code. */
export interface CodeLane {
  readonly kind: 'code';
  readonly code: string;
}

/** What a reader should notice. */
export interface NoteLane {
  readonly kind: 'note';
  readonly text: string;
}

/** Refuses what is no diagram. @throws ConfigurationError */
export function checkDiagram(diagram: Diagram, name: string): void {
  checkOptions<Diagram>(diagram, { title: anything, lanes: list }, `parts of a diagram for ${name}()`);
  if ((diagram.lanes as unknown) === undefined) {
    throw new ConfigurationError(`${name}() takes a diagram: what marbles() returns, or an object with lanes.`);
  }
}

/** Whether a subscription was given up: it ended, but the Observable neither completed nor failed. */
export function wasLeft(strand: Strand): boolean {
  return strand.to !== undefined && (strand.marks.at(-1)?.kind ?? 'next') === 'next';
}

/** What comes at each time, in the order of time. */
export function byTime(marks: readonly Mark[]): Map<number, Mark[]> {
  const times = new Map<number, Mark[]>();
  for (const mark of marks) times.set(mark.time, [...(times.get(mark.time) ?? []), mark]);
  return times;
}
