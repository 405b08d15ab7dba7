import { byTime, type Mark, type ObservableLane, type Strand, wasLeft } from './diagram.js';

/** What stands at one time in one row of a picture. */
export interface Piece {
  readonly time: number;
  readonly kind: 'start' | 'mark' | 'left';
  readonly mark?: Mark;
  /** Of which subscription of the row. */
  readonly strand: number;
}

/** A row of a picture: subscriptions of one lane, one after the other. */
export interface PackedRow {
  readonly strands: readonly Strand[];
  readonly pieces: readonly Piece[];
}

/** The subscriptions of a lane in as few rows as it takes that none covers another: as many as there were at one time. */
export function pack({ subscriptions }: ObservableLane): PackedRow[] {
  const rows: Strand[][] = [];
  for (const strand of subscriptions) {
    const row = rows.find((strands) => (strands.at(-1)!.to ?? Infinity) <= strand.from);
    if (row === undefined) rows.push([strand]);
    else row.push(strand);
  }
  return rows.map((strands) => ({ strands, pieces: strands.flatMap(piecesOf) }));
}

function piecesOf(strand: Strand, index: number): Piece[] {
  const marks = [...byTime(strand.marks).values()].flat();
  const pieces: Piece[] = marks.map((mark) => ({ time: mark.time, kind: 'mark', mark, strand: index }));
  pieces.unshift({ time: strand.from, kind: 'start', strand: index });
  if (wasLeft(strand)) pieces.push({ time: strand.to!, kind: 'left', strand: index });
  return pieces;
}
