import type { ColumnSpec } from './column-spec.js';
import { templateOf } from './own.js';
import { getI32 } from './reader.js';
import { beyondResponse, cellError, type DecodeRow } from './row.js';

/** Reads rows column by column: what {@link compileRow} does at once, where code may not be generated or is not worth it. */
export function interpretRow(columns: readonly ColumnSpec[]): DecodeRow {
  const template = templateOf(columns.map(({ name }) => name));
  return (at) => {
    const { buffer, end } = at;
    const row = { ...template };
    let position = at.position;
    let column = 0;
    // One handler for the row: it knows by `column` which cell it is that cannot be read.
    try {
      for (; column < columns.length; column++) {
        const { codec, name } = columns[column]!;
        const start = position + 4;
        if (start > end) throw beyondResponse();
        const length = getI32(buffer, position);
        position = length > 0 ? start + length : start;
        if (position > end) throw beyondResponse();
        row[name] = length < 0 ? null : codec.decode(buffer, start, position);
      }
    } catch (cause) {
      throw cellError(columns[column]!, cause);
    }
    at.position = position;
    return row;
  };
}
