import type { ColumnSpec } from './column-spec.js';
import type { ColumnTarget } from './column-target.js';
import { getI32 } from './reader.js';
import { beyondResponse, cellError, type RowBytes } from './row.js';

/** Reads rows into a target a column. */
export type DecodeColumns = (rows: RowBytes, targets: readonly ColumnTarget[]) => void;

/** Reads rows cell by cell: what {@link compileColumns} does at once. */
export function interpretColumns(columns: readonly ColumnSpec[]): DecodeColumns {
  return ({ buffer, start, end, rowCount }, targets) => {
    let position = start;
    let column = 0;
    // One handler for all: it knows by `column` which cell it is that cannot be read.
    try {
      for (let row = 0; row < rowCount; row++) {
        for (column = 0; column < columns.length; column++) {
          const at = position + 4;
          if (at > end) throw beyondResponse();
          const length = getI32(buffer, position);
          position = length > 0 ? at + length : at;
          if (position > end) throw beyondResponse();
          targets[column]!.put(row, length < 0 ? null : columns[column]!.codec.decode(buffer, at, position));
        }
      }
    } catch (cause) {
      throw cellError(columns[column]!, cause);
    }
  };
}
