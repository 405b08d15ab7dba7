import { Page, type RowSource } from './page.js';

/**
 * A page of what a function makes of the rows of another, each when its turn has come. To read it, or to skip it, is to have read the
 * other.
 *
 * @param project Called with each row and its index in the page.
 */
export function mapPage<T, R>(page: Page<T>, project: (row: T, index: number) => R): Page<R> {
  const source: RowSource<R> = {
    rowCount: page.rowCount,
    cursor: () => {
      const cursor = page.rows.cursor();
      let index = 0;
      return { next: () => project(cursor.next(), index++) };
    },
  };
  const mapped = new Page<R>(source, page);
  mapped.whenDelivered(() => page.skip());
  return mapped;
}
