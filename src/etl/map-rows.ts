import { map, type OperatorFunction } from 'rxjs';
import { mapPage } from '../operators/map-page.js';
import type { Page } from '../operators/page.js';
import type { FilePage } from './files/file-page.js';
import { ScanPage } from './scan-page.js';

/**
 * Makes other rows of those of pages, each when its turn has come. The pages stay what they are: to read one, or to skip it, is to have read the one before, and
 * those of a `scan()` are still of their ranges, and records of a file still at their lines, so that `toCsv({ folder })`, `checkpoint()`, `writeTo()` and `progress()`
 * work behind it.
 *
 * Emits as many pages as come, and completes with them. Errors as they do; what `project` throws is an error of the page.
 *
 * @param project Called with each row and its index in the page.
 *
 * @example
 * ```ts
 * scan(session, 'shop.orders').pipe(
 *   mapRows(({ id, total }) => ({ id, euros: Number(total) / 100 })),
 *   toCsv('orders.csv', { columns: { id: 'bigint', euros: 'double' } }),
 * );
 * ```
 */
export function mapRows<T, R>(project: (row: T, index: number) => R): OperatorFunction<Page<T>, Page<R>> {
  return map((page) => {
    const mapped = mapPage(page, project);
    if (page instanceof ScanPage) {
      const ofRange = new ScanPage<R>(mapped.rows, page, page as ScanPage<T> & { readonly error: Error });
      ofRange.whenDelivered(() => page.skip());
      return ofRange;
    }
    if (!isOfFile(page)) return mapped;
    return Object.assign(mapped, { file: page.file, positionOf: (row: number) => page.positionOf(row) });
  });
}

/** A page of a file, which is no class. */
function isOfFile<T>(page: Page<T>): page is FilePage<T> {
  return 'positionOf' in page;
}
