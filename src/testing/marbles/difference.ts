import { inspect, isDeepStrictEqual } from 'node:util';
import { comparable, SeenPage } from './comparable.js';
import { MAX_TEXT } from './symbols.js';

/** Something that came, or that was expected, in the form in which it is compared. */
export interface Compared {
  readonly frame: number;
  readonly kind: string;
  readonly value?: unknown;
  readonly error?: unknown;
}

/** How much is shown before what differs, and from there on. */
const BEFORE = 30;
const FROM_THERE = 120;

/** Which event is the first that differs from its counterpart; undefined if only a comparison of the test's own sees one. */
export function firstDifference(actual: readonly Compared[], expected: readonly Compared[]): number | undefined {
  const index = actual.findIndex((event, at) => !isDeepStrictEqual(event, expected[at]));
  if (index >= 0) return index;
  return actual.length < expected.length ? actual.length : undefined;
}

/**
 * The place in which two values or errors differ, as lines. Undefined where the legends of the strings have shown them whole,
 * and where they look the same.
 */
export function differenceInside(actual: Compared | undefined, expected: Compared | undefined): string | undefined {
  if (actual === undefined || actual.kind !== expected?.kind) return undefined;
  const [one, other] = [wholeText(actual), wholeText(expected)];
  if (one === other || Math.max(one.length, other.length) <= MAX_TEXT) return undefined;
  let at = 0;
  while (one[at] === other[at]) at++;
  const what = actual.kind === 'error' ? 'errors' : 'values';
  return `The ${what} differ from their character ${at + 1} on:\n  expected  ${around(other, at)}\n  actual    ${around(one, at)}`;
}

function around(text: string, at: number): string {
  const [from, to] = [Math.max(0, at - BEFORE), at + FROM_THERE];
  return `${from > 0 ? '…' : ''}${text.slice(from, to)}${to < text.length ? '…' : ''}`;
}

/** On one line, with nothing left out. */
function wholeText({ kind, value, error }: Compared): string {
  const content = comparable(kind === 'error' ? error : value);
  const shown = content instanceof SeenPage ? content.rows : content;
  const text = typeof shown === 'string' ? shown : inspect(shown, WHOLE);
  return text.replace(/\r?\n/g, '\\n');
}

const WHOLE = {
  breakLength: Infinity,
  compact: true,
  depth: Infinity,
  maxArrayLength: Infinity,
  maxStringLength: Infinity,
} as const;
