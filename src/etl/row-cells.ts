import type { ColumnSpec } from '../codec/column-spec.js';
import { getI32 } from '../codec/reader.js';
import { beyondResponse } from '../codec/row.js';
import type { Rows } from '../codec/rows.js';

/** The bytes of the cells of a row; null for those that have none. */
export type Cells = readonly (Buffer | null)[];

/**
 * Goes through rows as they lie in a response, without decoding what is in them:
 *
 * ```
 * rows_count x columns_count x <bytes>
 * ```
 */
export class RowCells {
  readonly columns: readonly ColumnSpec[];
  private readonly buffer: Buffer;
  private readonly limit: number;
  private left: number;
  private start: number;
  private end: number;

  constructor({ columns, buffer, start, end, rowCount }: Rows) {
    this.columns = columns;
    this.buffer = buffer;
    this.limit = end;
    this.left = rowCount;
    this.start = start;
    this.end = start;
    this.move();
  }

  /** Whether there is no row any more. */
  get isOver(): boolean {
    return this.left < 0;
  }

  /** Goes on to the next row. @throws DecodeError */
  move(): void {
    this.left--;
    this.start = this.end;
    if (this.left < 0) return;
    let at = this.start;
    for (let column = this.columns.length; column > 0; column--) {
      if (at + 4 > this.limit) throw beyondResponse();
      at += 4 + Math.max(0, getI32(this.buffer, at));
    }
    if (at > this.limit) throw beyondResponse();
    this.end = at;
  }

  /** Whether the row that another one is at is the same, byte by byte. */
  isSame(other: RowCells): boolean {
    return this.buffer.compare(other.buffer, other.start, other.end, this.start, this.end) === 0;
  }

  /** Those of the row that it is at. */
  cells(): Cells {
    let at = this.start;
    return this.columns.map(() => {
      const length = getI32(this.buffer, at);
      const from = at + 4;
      at = from + Math.max(0, length);
      return length < 0 ? null : this.buffer.subarray(from, at);
    });
  }
}
