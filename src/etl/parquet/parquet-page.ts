import { type Column, Page, type RowSource } from '../../operators/page.js';
import { type FilePage, type FilePlace, placeInFile } from '../files/file-page.js';

/** Some rows of a Parquet file, one after another. */
export class ParquetPage<R> extends Page<R> implements FilePage<R> {
  readonly file: string;
  private readonly firstRow: number;
  private readonly read: Pick<FilePlace, 'offset' | 'size'>;

  constructor(
    rows: RowSource<R>,
    columns: readonly Column[],
    file: string,
    firstRow: number,
    read: Pick<FilePlace, 'offset' | 'size'>,
  ) {
    super(rows, { columns });
    this.file = file;
    this.firstRow = firstRow;
    this.read = read;
  }

  /** @internal Its line is which row of the file it is, from 1. */
  positionOf(row: number): FilePlace {
    return placeInFile(this.file, this.firstRow + row + 1, this.read);
  }
}
