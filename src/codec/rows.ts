import { type Columnar, readColumnar } from './columnar.js';
import type { ColumnSpec } from './column-spec.js';
import type { ResultColumns } from './result-columns.js';
import type { DecodeRow, RowBytes, RowObject, RowPosition, RowValues } from './row.js';
import type { Decoders } from './decoders.js';
import { responseView } from './response-view.js';

/**
 * The rows of one response, still bytes. Each {@link RowReader} decodes them anew, one at a time and no further than it is
 * asked to.
 */
export class Rows implements RowBytes {
  readonly described: ResultColumns;
  readonly rowCount: number;
  readonly buffer: Buffer;
  readonly start: number;
  readonly end: number;

  constructor(described: ResultColumns, rowCount: number, buffer: Buffer, start: number, end: number) {
    this.described = described;
    this.rowCount = rowCount;
    this.buffer = buffer;
    this.start = start;
    this.end = end;
  }

  get view(): DataView {
    return responseView(this.buffer);
  }

  get columns(): readonly ColumnSpec[] {
    return this.described.columns;
  }

  cursor(): RowReader<RowObject> {
    return new RowReader(this, this.described.rowDecoders);
  }

  /** The rows as lists. */
  values(): RowReader<RowValues> {
    return new RowReader(this, this.described.valuesDecoders);
  }

  /** All rows as columns, without making objects of them. @throws DecodeError at a cell that cannot be read. */
  columnar(): Columnar {
    return readColumnar(this.described, this);
  }
}

let pagesRead = 0;

/** Reads rows in order. */
export class RowReader<T> implements RowPosition {
  readonly buffer: Buffer;
  readonly view: DataView;
  readonly end: number;
  readonly page: number = ++pagesRead;
  position: number;
  private readonly decode: DecodeRow<T>;
  private readonly interpret: DecodeRow<T>;

  constructor(rows: RowBytes, decoders: Decoders<DecodeRow<T>>) {
    this.buffer = rows.buffer;
    this.view = rows.view;
    this.end = rows.end;
    this.position = rows.start;
    this.interpret = decoders.interpret;
    this.decode = decoders.bestFor(rows.rowCount);
  }

  /** The next row: `columns_count` times `<bytes>`. To be called at most `rowCount` times. */
  next(): T {
    if (this.decode !== this.interpret) {
      try {
        return this.decode(this);
      } catch {
        // The other says which cell it is that cannot be read.
      }
    }
    return this.interpret(this);
  }
}
