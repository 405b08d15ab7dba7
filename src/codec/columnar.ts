import { ColumnTarget, type NumberArray } from './column-target.js';
import type { ResultColumns } from './result-columns.js';
import type { RowBytes } from './row.js';

/** The rows of a response as columns. */
export interface Columnar {
  readonly rowCount: number;
  readonly columns: readonly ColumnValues[];
}

export interface ColumnValues {
  readonly name: string;
  readonly type: string;
  /** One a row; 0 or null where there is none. */
  readonly values: unknown[] | NumberArray;
  /** A byte a row, 1 where there is a value; absent if all rows have one. */
  readonly valid?: Uint8Array;
}

/** @throws DecodeError at a cell that cannot be read. */
export function readColumnar(described: ResultColumns, rows: RowBytes): Columnar {
  const { collected: columns, columnDecoders } = described;
  const { rowCount } = rows;
  const targets = (): ColumnTarget[] => columns.map(({ codec }) => new ColumnTarget(codec, rowCount));
  let filled = targets();
  try {
    columnDecoders.bestFor(rowCount)(rows, filled);
  } catch {
    filled = targets();
    columnDecoders.interpret(rows, filled);
  }
  return {
    rowCount,
    columns: columns.map(({ name, type }, i) => {
      const { values, valid } = filled[i]!;
      return { name, type, values, ...(valid && { valid }) };
    }),
  };
}
