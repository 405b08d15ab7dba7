import type { ColumnSpec } from '../codec/column-spec.js';
import { getOwn } from '../codec/own.js';
import { quotedColumn } from '../codec/printable.js';
import { parseTypeText } from '../codec/type-text.js';
import type { CqlType } from '../codec/type.js';
import { BindError } from '../errors.js';
import type { Column } from '../operators/page.js';

/**
 * Makes of what a record has for a marker a value that can be bound to it; `undefined` leaves the column as it is. Given `undefined` if the
 * record has nothing of that name.
 */
export type Convert = (value: unknown, column: Pick<Column, 'name' | 'type'>) => unknown;

/** The type of a column. What the driver describes has it; of a text, what is no user-defined type can be told. */
export function cqlTypeOf(column: Pick<Column, 'type'>): CqlType {
  return (column as Partial<ColumnSpec>).cqlType ?? parseTypeText(column.type);
}

/** The value that a record has for the marker at an index: by position, or by its name. */
export function valueFor(record: unknown, index: number, { name }: Pick<Column, 'name'>): unknown {
  if (Array.isArray(record)) return (record as unknown[])[index];
  return typeof record === 'object' && record !== null ? getOwn(record, name) : undefined;
}

/** What a record is bound as: a value for each marker. @throws BindError */
export function converted(record: unknown, parameters: readonly Column[], convert: Convert): unknown[] {
  return parameters.map((parameter, index) => {
    try {
      return convert(valueFor(record, index, parameter), parameter);
    } catch (cause) {
      // What another error says may have the value in it: it is told as the cause only.
      const reason = cause instanceof BindError ? ` ${cause.message}` : '';
      throw new BindError(`The parameter ${quotedColumn(parameter)} cannot be made of the record.${reason}`, {
        cause,
        column: parameter.name,
      });
    }
  });
}
