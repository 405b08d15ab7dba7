import type { Span } from './diagram.js';

/** Where times stand on the page. */
export interface Timeline {
  readonly columns: readonly Column[];
  /** Whether columns are wider than a character, because marble strings could not say what happened. */
  readonly isWide: boolean;
}

export interface Column {
  /** The first millisecond that it stands for. */
  readonly from: number;
  /** How many it stands for: more than one where nothing happened for long. */
  readonly skipped: number;
  /** Where it begins, in characters. */
  readonly at: number;
}

interface Timed extends Span {
  /** What stands at a time. */
  readonly cells: ReadonlyMap<number, string>;
}

/** From how many milliseconds on nothing is drawn as nothing. */
const LONG = 15;

/**
 * The columns in which all lines stand that are drawn together.
 *
 * @param group Whether what comes at one time takes the columns of the next ones too, as in marble strings: `(ab)` is four wide.
 */
export function timeline(lines: readonly Timed[], { group }: { group: boolean }): Timeline {
  const busy = new Set<number>([0]);
  const shadows = new Set<number>();
  const widths = new Map<number, number>();
  let isWide = false;
  for (const { from, to, cells } of lines) {
    busy.add(from);
    if (to !== undefined) busy.add(to);
    let free = 0;
    for (const [time, cell] of cells) {
      busy.add(time);
      if (group && time < free) isWide = true;
      free = time + cell.length;
      for (let shadow = time + 1; shadow < free; shadow++) shadows.add(shadow);
      widths.set(time, Math.max(widths.get(time) ?? 1, cell.length));
    }
  }
  if (group && !isWide) for (const shadow of shadows) busy.add(shadow);
  let last = 0;
  for (const time of busy) last = Math.max(last, time);
  const columns: Column[] = [];
  let at = 0;
  for (let from = 0; from <= last; from += columns.at(-1)!.skipped) {
    let next = from;
    while (next <= last && !busy.has(next)) next++;
    const skipped = next - from > LONG ? next - from : 1;
    columns.push({ from, skipped, at });
    at += skipped > 1 ? ` ${skipped}ms `.length : isWide ? Math.max(widths.get(from) ?? 1, String(from).length + 1) : 1;
  }
  return { columns, isWide };
}
