import type { ColumnSpec } from '../../codec/column-spec.js';
import type { CqlType } from '../../codec/type.js';
import { parseTypeText } from '../../codec/type-text.js';
import type { Column } from '../../operators/page.js';

/**
 * The type of a column as a structure. The columns of a session's pages and of Parquet files have it, with the fields of user-defined types; the
 * text of any other is read.
 *
 * @throws ConfigurationError if the text is no type, or names a user-defined one.
 */
export function columnType(column: Column): CqlType {
  const { cqlType } = column as Partial<ColumnSpec>;
  return cqlType ?? parseTypeText(column.type);
}
