import type { Rows } from '../codec/rows.js';
import type { Column, RowCursor, RowSource } from '../operators/page.js';
import type { Columnar } from '../operators/columnar.js';

/** Makes rows of a shape of its own: called with the columns once for each page that is read, and what it returns with each row's values. */
export type RowFactory = (columns: readonly Column[]) => (values: readonly unknown[]) => unknown;

/**
 * What rows are: objects by the names of the columns, arrays in their order, or what a function makes of those; or all rows of a page
 * together, by columns.
 */
export type RowShape = 'object' | 'array' | 'columnar' | RowFactory;

/** Rows in a shape. */
export function shaped(rows: Rows, shape: RowShape): RowSource<unknown> {
  if (shape === 'object') return rows;
  if (shape === 'columnar') return new ByColumns(rows);
  return new Listed(rows, shape === 'array' ? undefined : shape);
}

/** One value, of which all rows are made; none where there are none. */
class ByColumns implements RowSource<Columnar> {
  readonly rowCount: number;
  private readonly rows: Rows;

  constructor(rows: Rows) {
    this.rowCount = Math.min(rows.rowCount, 1);
    this.rows = rows;
  }

  cursor(): RowCursor<Columnar> {
    return { next: () => this.rows.columnar() };
  }

  columnar(): Columnar {
    return this.rows.columnar();
  }
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
