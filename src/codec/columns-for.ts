import type { ColumnSpec } from './column-spec.js';
import { columnCodec } from './value-codec.js';
import type { ValueSettings } from './value-options.js';

const made = new WeakMap<readonly ColumnSpec[], WeakMap<ValueSettings, readonly ColumnSpec[]>>();

/** The same columns with the codecs of other settings: made once for both, however often they are asked for. */
export function columnsFor(columns: readonly ColumnSpec[], values: ValueSettings): readonly ColumnSpec[] {
  let bySettings = made.get(columns);
  if (bySettings === undefined) made.set(columns, (bySettings = new WeakMap()));
  let others = bySettings.get(values);
  if (others === undefined) {
    others = columns.map((column) => {
      const { keyspace, table, name, cqlType } = column;
      return { ...column, codec: columnCodec(`${keyspace}.${table}.${name}`, cqlType, values) };
    });
    bySettings.set(values, others);
  }
  return others;
}
