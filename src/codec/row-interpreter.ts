import type { ColumnSpec } from './column-spec.js';
import { getI32 } from './reader.js';
import { beyondResponse, cellError, type DecodeRow, type RowObject } from './row.js';

/** Reads rows column by column: what {@link compileRow} does at once, where code may not be generated or is not worth it. */
export function interpretRow(columns: readonly ColumnSpec[]): DecodeRow {
  const template = rowTemplate(columns);
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

/**
 * An object with every column in its place. Copies of it are quick to make, have one shape, and have `__proto__` as a
 * property of their own if a column is called so: assigning to that sets a value, where assigning to `{}` would not.
 */
function rowTemplate(columns: readonly ColumnSpec[]): RowObject {
  const json = columns.map(({ name }) => `${JSON.stringify(name)}:null`).join(',');
  return JSON.parse(`{${json}}`) as RowObject;
}
