import { DecodeError } from '../errors.js';
import type { ColumnSpec, ResultColumns } from './metadata.js';
import { setOwn } from './own.js';
import { getI32 } from './reader.js';

/** A row as an object: one own property a column, in the order of the columns; of equal names the last wins. */
export type RowObject = Record<string, unknown>;

/**
 * The rows of one response, still bytes. Each {@link RowReader} decodes them anew, one at a time and no further than it is
 * asked to.
 */
export class Rows {
  readonly columns: readonly ColumnSpec[];
  readonly rowCount: number;
  /** @internal */ readonly buffer: Buffer;
  /** @internal */ readonly start: number;
  /** @internal */ readonly end: number;

  constructor(described: ResultColumns, rowCount: number, buffer: Buffer, start: number, end: number) {
    this.columns = described.columns;
    this.rowCount = rowCount;
    this.buffer = buffer;
    this.start = start;
    this.end = end;
  }

  cursor(): RowReader {
    return new RowReader(this);
  }
}

/** Reads rows in order. */
export class RowReader {
  private readonly columns: readonly ColumnSpec[];
  private readonly buffer: Buffer;
  private readonly end: number;
  private position: number;

  constructor(rows: Rows) {
    this.columns = rows.columns;
    this.buffer = rows.buffer;
    this.position = rows.start;
    this.end = rows.end;
  }

  /** The next row: `columns_count` times `<bytes>`. To be called at most `rowCount` times. */
  next(): RowObject {
    const { columns, buffer, end } = this;
    const row: RowObject = {};
    let at = this.position;
    let column = 0;
    // One handler for the row: it knows by `column` which cell it is that cannot be read.
    try {
      for (; column < columns.length; column++) {
        const { codec, name } = columns[column]!;
        const start = at + 4;
        if (start > end) throw new DecodeError('it ends beyond its response');
        const length = getI32(buffer, at);
        at = length > 0 ? start + length : start;
        if (at > end) throw new DecodeError('it ends beyond its response');
        setOwn(row, name, length < 0 ? null : codec.decode(buffer, start, at));
      }
    } catch (cause) {
      throw cellError(columns[column]!, cause);
    }
    this.position = at;
    return row;
  }
}

function cellError(column: ColumnSpec, cause: unknown): DecodeError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DecodeError(`Column ${JSON.stringify(column.name)} (${column.type}) cannot be read: ${reason}.`, {
    cause,
  });
}
