import { getI32 } from '../codec/reader.js';
import { routingKey } from '../codec/routing-key.js';
import { murmur3Token } from '../codec/murmur3.js';
import { Rows } from '../codec/rows.js';
import type { Page } from '../operators/page.js';

/**
 * The token of the last row of a page, of its partition key as it lies in the response: rows are
 *
 * ```
 * rows_count x columns_count x <bytes>
 * ```
 *
 * so that all lengths before it are looked at, and nothing is decoded. The server's own `token()` would be a column more in each row.
 * Undefined if there are no rows, or not all columns of the key are there.
 */
export function lastToken({ rows }: Page<unknown>, partitionKey: readonly string[]): bigint | undefined {
  if (!(rows instanceof Rows) || rows.rowCount === 0) return undefined;
  const indices = partitionKey.map((name) => rows.columns.findIndex((column) => column.name === name));
  if (indices.length === 0 || indices.includes(-1)) return undefined;
  try {
    const cells = lastRow(rows);
    return murmur3Token(routingKey(indices.map((index) => cells[index]!)));
  } catch {
    // Whoever reads the page is told what is wrong with its bytes.
    return undefined;
  }
}

function lastRow({ columns, buffer, start, rowCount }: Rows): Buffer[] {
  let at = start;
  for (let before = (rowCount - 1) * columns.length; before > 0; before--) at += 4 + Math.max(0, getI32(buffer, at));
  return columns.map(() => {
    const from = at + 4;
    at = from + Math.max(0, getI32(buffer, at));
    return buffer.subarray(from, at);
  });
}
