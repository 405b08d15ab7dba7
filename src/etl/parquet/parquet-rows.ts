import { templateOf } from '../../codec/own.js';
import type { Row, RowSource } from '../../operators/page.js';
import type { ColumnReader } from './column-reader.js';

/** What a row group has of a column. */
export interface ColumnSlots {
  readonly name: string;
  readonly reader: ColumnReader;
  /** Whether a slot of its only leaf is the value itself. */
  readonly isFlat: boolean;
  /** For each leaf a slot a row. */
  readonly leaves: readonly ArrayLike<unknown>[];
}

/** The rows of a row group: columns in memory, of which values are made when a row is read. */
export class ParquetRows {
  readonly count: number;
  /** Which row of the file its first one is, from 0. */
  readonly first: number;
  private readonly columns: readonly ColumnSlots[];
  private readonly template: Row;

  constructor(columns: readonly ColumnSlots[], count: number, first: number) {
    this.columns = columns;
    this.count = count;
    this.first = first;
    this.template = templateOf(columns.map(({ name }) => name));
  }

  /** The rows from `start` to `end`, without it. */
  part(start: number, end: number, failed: (row: number, column: string, error: unknown) => unknown): RowSource<Row> {
    return {
      rowCount: end - start,
      cursor: () => {
        let row = start;
        return { next: () => this.rowAt(row++, failed) };
      },
    };
  }

  private rowAt(index: number, failed: (row: number, column: string, error: unknown) => unknown): Row {
    const row: Row = { ...this.template };
    for (const { name, reader, isFlat, leaves } of this.columns) {
      try {
        row[name] = isFlat
          ? reader.read(leaves[0]!, index)
          : reader.read(
              leaves.map((leaf) => leaf[index]),
              0,
            );
      } catch (error) {
        throw failed(this.first + index, name, error);
      }
    }
    return row;
  }
}
