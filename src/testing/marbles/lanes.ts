import type { ObservableNotification } from 'rxjs';
import type { Mark, ObservableLane, Strand } from './diagram.js';
import { errorText, Symbols } from './symbols.js';

/** What RxJS's TestScheduler notes: a notification and when it came. */
export interface Message {
  readonly frame: number;
  readonly notification: ObservableNotification<unknown>;
}

/** From when until when something was subscribed to; `Infinity` where it never was, or never was left. */
export interface Subscribed {
  readonly subscribedFrame: number;
  readonly unsubscribedFrame: number;
}

/** An Observable that a test has made of a marble string. */
export interface Source {
  readonly kind: 'cold' | 'hot';
  readonly observable: { readonly messages: readonly Message[]; readonly subscriptions: readonly Subscribed[] };
  /** What the test has called its values. */
  readonly values: unknown;
}

/** The lane of a source: of a cold one what each subscription brought, of a hot one everything. */
export function observableLane(name: string, { kind, observable, values }: Source): ObservableLane {
  const { messages, subscriptions } = observable;
  const symbols = new Symbols(values);
  const spans = kind === 'hot' ? [HOT] : subscriptions;
  return { kind: 'observable', name, subscriptions: spans.map((span) => strand(messages, span, symbols)) };
}

const HOT: Subscribed = { subscribedFrame: 0, unsubscribedFrame: Infinity };

/** What came of one subscription. What a source has for the very moment in which it is left counts as come. */
function strand(messages: readonly Message[], span: Subscribed, symbols: Symbols): Strand {
  const { subscribedFrame: from, unsubscribedFrame: to } = span;
  const seen = messages
    .map((message) => ({ ...message, frame: message.frame + from }))
    .filter(({ frame }) => frame <= to);
  return strandOf(marksOf(seen, symbols), from, to);
}

/** What came of an expected Observable. */
export function resultStrand(messages: readonly Message[], subscribed: Subscribed, symbols: Symbols): Strand {
  const from = subscribed.subscribedFrame === Infinity ? 0 : subscribed.subscribedFrame;
  return strandOf(marksOf(messages, symbols), from, subscribed.unsubscribedFrame);
}

function strandOf(marks: readonly Mark[], from: number, left: number): Strand {
  const last = marks.at(-1);
  const ended = last === undefined || last.kind === 'next' ? Infinity : last.time;
  const to = Math.min(left, ended);
  return to === Infinity ? { from, marks } : { from, to, marks };
}

function marksOf(messages: readonly Message[], symbols: Symbols): Mark[] {
  return messages.map(({ frame: time, notification }) => {
    if (notification.kind === 'N') return { time, kind: 'next', value: symbols.show(notification.value) };
    if (notification.kind === 'E') return { time, kind: 'error', text: errorText(notification.error) };
    return { time, kind: 'complete' };
  });
}
