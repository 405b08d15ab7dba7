import { formatIdentifier } from '../codec/type.js';
import type { Prepared } from '../session/prepared.js';
import { formatTable, type ShapeColumn, type TableShape } from './table-shape.js';

/** A statement with its values, as a batch takes it. */
export type Write = readonly [statement: Prepared, values: readonly unknown[]];

/** What is written for a row: nothing, or statements of one partition. */
export interface RowWrites {
  /** @param row With the values of the columns, by name. */
  of(row: Readonly<Record<string, unknown>>): readonly Write[];
}

/** What a statement says behind USING. */
export type Using = 'TIMESTAMP' | 'TTL';

/** `INSERT INTO t (a, b) VALUES (?, ?) USING TIMESTAMP ? AND TTL ?` */
export function insertCql(shape: TableShape, columns: readonly ShapeColumn[], using: readonly Using[] = []): string {
  const names = columns.map(({ name }) => formatIdentifier(name));
  const values = names.map(() => '?');
  return `INSERT INTO ${formatTable(shape)} (${names.join(', ')}) VALUES (${values.join(', ')})${usingCql(using)}`;
}

/** `UPDATE t USING TIMESTAMP ? AND TTL ? SET m = m + ? WHERE k = ?` */
export function updateCql(
  shape: TableShape,
  assignments: readonly string[],
  keys: readonly ShapeColumn[],
  using: readonly Using[],
): string {
  const conditions = keys.map(({ name }) => `${formatIdentifier(name)} = ?`);
  const where = conditions.join(' AND ');
  return `UPDATE ${formatTable(shape)}${usingCql(using)} SET ${assignments.join(', ')} WHERE ${where}`;
}

function usingCql(using: readonly Using[]): string {
  return using.length === 0 ? '' : ` USING ${using.map((what) => `${what} ?`).join(' AND ')}`;
}
