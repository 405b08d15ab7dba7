import { type Column, Page, type RowSource } from '../../operators/page.js';

/** Where a row of a file is, as the `position` of an outcome. */
export interface ParquetPosition {
  readonly file: string;
  /** Which row of the file it is, from 1. */
  readonly line: number;
}

/** Some rows of a Parquet file, one after another. */
export class ParquetPage<R> extends Page<R> {
  private readonly file: string;
  private readonly firstRow: number;

  constructor(rows: RowSource<R>, columns: readonly Column[], file: string, firstRow: number) {
    super(rows, { columns });
    this.file = file;
    this.firstRow = firstRow;
  }

  /** @internal */
  positionOf(row: number): ParquetPosition {
    return { file: this.file, line: this.firstRow + row + 1 };
  }
}
