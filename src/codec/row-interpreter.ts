import type { ColumnSpec } from './column-spec.js';
import { templateOf } from './own.js';
import { getI32 } from './reader.js';
import { beyondResponse, cellError, type DecodeRow, type RowValues } from './row.js';

/** Reads rows column by column: what {@link compileRow} does at once, where code may not be generated or is not worth it. */
export function interpretRow(columns: readonly ColumnSpec[]): DecodeRow {
  const names = columns.map(({ name }) => name);
  const template = templateOf(names);
  return interpret(columns, () => ({ ...template }), names);
}

/** The same for rows as lists. */
export function interpretValues(columns: readonly ColumnSpec[]): DecodeRow<RowValues> {
  return interpret<unknown[]>(columns, () => [], [...columns.keys()]);
}

/** @param keys Where in a row the value of each column belongs. */
function interpret<T extends object>(
  columns: readonly ColumnSpec[],
  newRow: () => T,
  keys: readonly (keyof T)[],
): DecodeRow<T> {
  return (at) => {
    const { buffer, end } = at;
    const row = newRow();
    let position = at.position;
    let column = 0;
    // One handler for the row: it knows by `column` which cell it is that cannot be read.
    try {
      for (; column < columns.length; column++) {
        const { codec } = columns[column]!;
        const start = position + 4;
        if (start > end) throw beyondResponse();
        const length = getI32(buffer, position);
        position = length > 0 ? start + length : start;
        if (position > end) throw beyondResponse();
        row[keys[column]!] = (length < 0 ? null : codec.decode(buffer, start, position)) as T[keyof T];
      }
    } catch (cause) {
      throw cellError(columns[column]!, cause);
    }
    at.position = position;
    return row;
  };
}
