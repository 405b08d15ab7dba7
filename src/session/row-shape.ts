import type { Rows } from '../codec/rows.js';
import type { Column, RowCursor, RowSource } from '../operators/page.js';
import type { Columnar } from '../operators/columnar.js';

/** Makes rows of a shape of its own: called with the columns once for each page that is read, and what it returns with each row's values. */
export type RowFactory = (columns: readonly Column[]) => (values: readonly unknown[]) => unknown;

/** What rows are: objects by the names of the columns, arrays in their order, or what a function makes of those. */
export type RowShape = 'object' | 'array' | RowFactory;

/** Rows in a shape. */
export function shaped(rows: Rows, shape: RowShape): RowSource<unknown> {
  return shape === 'object' ? rows : new Listed(rows, shape === 'array' ? undefined : shape);
}

class Listed implements RowSource<unknown> {
  private readonly rows: Rows;
  private readonly factory: RowFactory | undefined;

  constructor(rows: Rows, factory: RowFactory | undefined) {
    this.rows = rows;
    this.factory = factory;
  }

  get rowCount(): number {
    return this.rows.rowCount;
  }

  cursor(): RowCursor<unknown> {
    const values = this.rows.values();
    const make = this.factory?.(this.rows.columns);
    return make === undefined ? values : { next: () => make(values.next()) };
  }

  columnar(): Columnar {
    return this.rows.columnar();
  }
}
