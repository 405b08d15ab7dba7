import type { Mark } from './diagram.js';
import type { PackedRow, Piece } from './pack.js';
import { CHARACTER } from './svg.js';
import { timeline } from './timeline.js';

/** A column of a picture: one millisecond, or many in which nothing happened. Pixels. */
export interface PlacedColumn {
  readonly from: number;
  readonly skipped: number;
  readonly x: number;
  readonly width: number;
}

const MIN_WIDTH = 38;
const GAP_WIDTH = 86;

/** Where the marks of a column begin. */
export const INSET = 6;

/** Every millisecond is as wide as the widest of what happens in it. */
export function placeColumns(rows: readonly PackedRow[], left: number): PlacedColumn[] {
  const widths = new Map<number, number>();
  for (const { pieces } of rows) {
    const used = new Map<number, number>();
    for (const piece of pieces) {
      const width = (used.get(piece.time) ?? INSET) + widthOf(piece, used.has(piece.time));
      used.set(piece.time, width);
      widths.set(piece.time, Math.max(widths.get(piece.time) ?? 0, width));
    }
  }
  const lines = rows.flatMap(({ strands }) =>
    strands.map(({ marks, ...span }) => ({ ...span, cells: new Map(marks.map(({ time }) => [time, ''])) })),
  );
  let x = left;
  return timeline(lines, { group: false }).columns.map(({ from, skipped }) => {
    const width = skipped > 1 ? GAP_WIDTH : Math.max(MIN_WIDTH, (widths.get(from) ?? 0) + INSET);
    x += width;
    return { from, skipped, x: x - width, width };
  });
}

/** How much room a piece takes. A subscription that begins where another has just ended keeps away from it. */
export function widthOf({ kind, mark }: Piece, hasNeighbour: boolean): number {
  if (kind === 'start') return hasNeighbour ? 10 : 0;
  if (kind === 'left') return 14;
  return markWidth(mark!);
}

function markWidth(mark: Mark): number {
  if (mark.kind === 'complete') return 11;
  if (mark.kind === 'error') return errorName(mark.text).reduce((sum, name) => sum + name.length * CHARACTER, 22);
  const { value } = mark;
  if (value.kind === 'value') return marbleWidth(value.text) + 3;
  return pageWidth(value.rows, value.hasMorePages) + 3;
}

/** The class of an error, where it has one of its own: beside its cross, it says what went wrong. */
export function errorName(text: string): string[] {
  const name = /^(\w+Error)\b/.exec(text)?.[1];
  return name === undefined ? [] : [name];
}

/** A text that is drawn in a marble. */
export function shortened(text: string): string {
  return text.length > 14 ? `${text.slice(0, 13)}…` : text;
}

export function marbleWidth(text: string): number {
  return Math.max(26, shortened(text).length * CHARACTER + 12);
}

export function rowWidth(text: string): number {
  return Math.max(21, shortened(text).length * CHARACTER + 8);
}

export function pageWidth(rows: readonly string[], hasMorePages: boolean): number {
  const inside = rows.length === 0 ? 5 * CHARACTER : rows.reduce((sum, row) => sum + rowWidth(row) + 2, 0);
  return inside + 10 + (hasMorePages ? 12 : 0);
}
