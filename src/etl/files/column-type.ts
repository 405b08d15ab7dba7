import type { ColumnSpec } from '../../codec/column-spec.js';
import type { CqlType } from '../../codec/type.js';
import { parseTypeText } from '../../codec/type-text.js';
import type { Column } from '../../operators/page.js';

/**
 * The type of a column as a structure. Columns of results have it, user-defined types included; of others there is only the text.
 *
 * @throws ConfigurationError for a text that is none of a type.
 */
export function columnType(column: Pick<Column, 'name' | 'type'>): CqlType {
  return (column as Partial<ColumnSpec>).cqlType ?? parseTypeText(column.type);
}
