import type { ColumnSpec } from '../codec/column-spec.js';
import { getOwn } from '../codec/own.js';
import { quotedColumn } from '../codec/printable.js';
import { parseTypeText } from '../codec/type-text.js';
import type { CqlType } from '../codec/type.js';
import { BindError } from '../errors.js';
import type { Column } from '../operators/page.js';
import type { Prepared } from '../session/prepared.js';

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

/** What makes values of one column. */
type ConvertValue = (value: unknown) => unknown;

/** Of those that make something for each column first, what that is. */
const makers = new WeakMap<Convert, (column: Pick<Column, 'name' | 'type'>) => ConvertValue>();

/** A conversion that makes something for each column first, which is then called for each value. */
export function perColumn(make: (column: Pick<Column, 'name' | 'type'>) => ConvertValue): Convert {
  const made = new WeakMap<object, ConvertValue>();
  const convert: Convert = (value, column) => {
    let own = made.get(column);
    if (own === undefined) made.set(column, (own = make(column)));
    return own(value);
  };
  makers.set(convert, make);
  return convert;
}

/** Makes of records what they are bound as: a value for each marker of the statement as it is at the time. What is returned throws a `BindError`. */
export function binder(statement: Pick<Prepared, 'parameters'>, convert: Convert): (record: unknown) => unknown[] {
  const make = makers.get(convert) ?? ((column) => (value) => convert(value, column));
  let known: readonly Column[] | undefined;
  let converts: ConvertValue[] = [];
  return (record) => {
    const { parameters } = statement;
    // They are others when the table was changed meanwhile.
    if (parameters !== known) converts = [];
    known = parameters;
    const values: unknown[] = [];
    try {
      for (let i = 0; i < parameters.length; i++) {
        const parameter = parameters[i]!;
        values.push((converts[i] ??= make(parameter))(valueFor(record, i, parameter)));
      }
    } catch (cause) {
      const parameter = parameters[values.length]!;
      // What another error says may have the value in it: it is told as the cause only.
      const reason = cause instanceof BindError ? ` ${cause.message}` : '';
      throw new BindError(`The parameter ${quotedColumn(parameter)} cannot be made of the record.${reason}`, {
        cause,
        column: parameter.name,
      });
    }
    return values;
  };
}
