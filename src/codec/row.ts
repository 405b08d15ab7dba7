import { DecodeError } from '../errors.js';
import type { ColumnSpec } from './column-spec.js';
import { quotedColumn } from './printable.js';

/** A row as an object: one own property a column, in the order of the columns; of equal names the last wins. */
export type RowObject = Record<string, unknown>;

/** A row as a list: a value a column, in the order of the columns, of equal names too. */
export type RowValues = readonly unknown[];

/** Rows that are still bytes. */
export interface RowBytes {
  readonly rowCount: number;
  readonly buffer: Buffer;
  /** The same bytes. */
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
}

/** Where in the bytes of a response the next row begins. */
export interface RowPosition {
  readonly buffer: Buffer;
  /** The same bytes. */
  readonly view: DataView;
  /** Where the response ends. */
  readonly end: number;
  /** A number of its own for each page that is read. */
  readonly page: number;
  position: number;
}

/** Reads the row at a position, which moves behind it; what is thrown leaves it where it was. */
export type DecodeRow<T = RowObject> = (at: RowPosition) => T;

/** The error for a cell that cannot be read: it names the column, and says nothing of what is in it. */
export function cellError(column: ColumnSpec, cause: unknown): DecodeError {
  const reason = cause instanceof DecodeError ? cause.message : 'its codec failed';
  return new DecodeError(`Column ${quotedColumn(column)} cannot be read: ${reason}.`, {
    cause,
  });
}

/** What is wrong with a cell that is longer than what is left. */
export function beyondResponse(): DecodeError {
  return new DecodeError('it ends beyond its response');
}
