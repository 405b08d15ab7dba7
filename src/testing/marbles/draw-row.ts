import { type Lane, type Mark, type Shown, wasLeft } from './diagram.js';
import type { PackedRow } from './pack.js';
import {
  errorName,
  INSET,
  marbleWidth,
  pageWidth,
  type PlacedColumn,
  rowWidth,
  shortened,
  widthOf,
} from './place-columns.js';
import { element, textElement } from './svg.js';
import { FAILURE, PALETTE } from './svg-style.js';

/** The height of a row of a picture. */
export const ROW_HEIGHT = 42;

/** Gives every value a colour, the same wherever it is drawn. */
export class Painter {
  private readonly colours = new Map<string, string>();

  constructor(lanes: readonly Lane[]) {
    for (const lane of lanes) {
      if (lane.kind !== 'observable') continue;
      for (const { marks } of lane.subscriptions) for (const mark of marks) this.meet(mark);
    }
  }

  colourOf(text: string): string {
    return text === '#' ? FAILURE : (this.colours.get(text) ?? PALETTE[0]);
  }

  private meet(mark: Mark): void {
    if (mark.kind !== 'next') return;
    for (const text of mark.value.kind === 'page' ? mark.value.rows : [mark.value.text]) {
      if (text !== '#' && !this.colours.has(text)) this.colours.set(text, PALETTE[this.colours.size % PALETTE.length]!);
    }
  }
}

/** Subscriptions over time, from left to right, around the height `y`. */
export function drawRow(
  { strands, pieces }: PackedRow,
  columns: readonly PlacedColumn[],
  y: number,
  painter: Painter,
): string[] {
  const columnAt = new Map(columns.map((column) => [column.from, column]));
  const used = new Map<number, number>();
  const placed = pieces.map((piece) => {
    const offset = used.get(piece.time) ?? INSET;
    const width = widthOf(piece, used.has(piece.time));
    used.set(piece.time, offset + width);
    return { piece, x: columnAt.get(piece.time)!.x + offset, width };
  });
  const edge = columns.at(-1)!.x + columns.at(-1)!.width;

  return strands.flatMap((strand, index) => {
    const own = placed.filter(({ piece }) => piece.strand === index);
    const start = own[0]!.x + own[0]!.width - INSET + 2;
    const last = own.at(-1)!;
    const end = strand.to === undefined ? edge : last.x + last.width + 2;
    const lineEnd = strand.to === undefined ? edge - 4 : last.x + (wasLeft(strand) ? -2 : 4);
    return [
      element('rect', { class: 'bar', x: start, y: y - 17, width: end - start, height: 34, rx: 8 }),
      ...timeLines(start + 1, lineEnd, columns, y),
      ...(strand.to === undefined ? [arrowHead(edge, y)] : []),
      ...own.flatMap(({ piece, x }) => {
        if (piece.kind === 'left') return [textElement('text', { class: 'left', x: x + 1, y: y + 6 }, '!')];
        return piece.mark === undefined ? [] : drawMark(piece.mark, x, y, painter);
      }),
    ];
  });
}

/** The line of time, broken where much of it is left out. */
function timeLines(start: number, end: number, columns: readonly PlacedColumn[], y: number): string[] {
  const lines: string[] = [];
  let from = start;
  for (const { x, width, skipped } of columns) {
    if (skipped === 1 || x < start || x >= end) continue;
    lines.push(line('time', from, x, y), line('gap', x, x + width, y));
    from = x + width;
  }
  return [...lines, line('time', from, end, y)];
}

function line(style: string, x1: number, x2: number, y: number): string {
  return element('line', { class: style, x1, y1: y, x2, y2: y });
}

function arrowHead(x: number, y: number): string {
  return element('path', { class: 'open', d: `M${x - 8} ${y - 4}l7 4l-7 4z` });
}

function drawMark(mark: Mark, x: number, y: number, painter: Painter): string[] {
  switch (mark.kind) {
    case 'complete':
      return [element('line', { class: 'end', x1: x + 4, y1: y - 13, x2: x + 4, y2: y + 13 })];
    case 'error':
      return [
        element('path', { class: 'error', d: `M${x + 3} ${y - 8}l14 16m0 -16l-14 16` }),
        ...errorName(mark.text).map((name) => textElement('text', { class: 'never', x: x + 24, y: y + 4.5 }, name)),
      ];
    case 'next':
      return mark.value.kind === 'page'
        ? drawPage(mark.value, x, y, painter)
        : drawMarble(mark.value.text, x, y, painter);
  }
}

function drawMarble(value: string, x: number, y: number, painter: Painter): string[] {
  const width = marbleWidth(value);
  return [
    element('rect', { fill: painter.colourOf(value), x, y: y - 13, width, height: 26, rx: 13 }),
    textElement('text', { class: 'row', x: x + width / 2, y: y + 4.5 }, shortened(value)),
  ];
}

/** A page is a capsule of its rows; dots at its end say that others follow. */
function drawPage(page: Extract<Shown, { kind: 'page' }>, x: number, y: number, painter: Painter): string[] {
  const { rows, hasMorePages } = page;
  const width = pageWidth(rows, hasMorePages);
  const drawn = [element('rect', { class: 'page', x, y: y - 14, width, height: 28, rx: 14 })];
  let at = x + 6;
  if (rows.length === 0) drawn.push(textElement('text', { class: 'never', x: at, y: y + 4.5 }, 'empty'));
  for (const row of rows) {
    const size = rowWidth(row);
    drawn.push(
      element('rect', { fill: painter.colourOf(row), x: at, y: y - 10.5, width: size, height: 21, rx: 10.5 }),
      textElement('text', { class: 'row', x: at + size / 2, y: y + 4.5 }, shortened(row)),
    );
    at += size + 2;
  }
  if (hasMorePages) drawn.push(textElement('text', { class: 'more', x: x + width - 16, y: y + 4 }, '…'));
  return drawn;
}
