import type { FieldRepetitionType, SchemaElement } from 'hyparquet';
import type { CqlType, ScalarKind } from '../../codec/type.js';

/** A column of a file, and the CQL type of its values. */
export interface TypedColumn {
  readonly name: string;
  readonly type: CqlType;
}

type Leaf = Omit<SchemaElement, 'name' | 'repetition_type'>;

const TEXT: Leaf = { type: 'BYTE_ARRAY', converted_type: 'UTF8' };
const BYTES: Leaf = { type: 'BYTE_ARRAY' };
const UUID: Leaf = { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, logical_type: { type: 'UUID' } };

/**
 * What has no exact equal in Parquet is a text that has every digit: a DECIMAL has one scale for a whole column and at most as many digits as
 * its readers take, an INTERVAL has no nanoseconds and no sign.
 */
const LEAVES: Readonly<Record<Exclude<ScalarKind, 'duration'>, Leaf>> = {
  ascii: TEXT,
  bigint: { type: 'INT64' },
  blob: BYTES,
  boolean: { type: 'BOOLEAN' },
  counter: { type: 'INT64' },
  date: { type: 'INT32', converted_type: 'DATE' },
  decimal: TEXT,
  double: { type: 'DOUBLE' },
  float: { type: 'FLOAT' },
  inet: TEXT,
  int: { type: 'INT32' },
  smallint: { type: 'INT32', converted_type: 'INT_16' },
  text: TEXT,
  time: { type: 'INT64', logical_type: { type: 'TIME', isAdjustedToUTC: false, unit: 'NANOS' } },
  timestamp: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
  timeuuid: UUID,
  tinyint: { type: 'INT32', converted_type: 'INT_8' },
  uuid: UUID,
  varint: TEXT,
};

/** The fields of a tuple have no names of their own; those of others do not begin so. */
export const tupleField = (index: number): string => `_${index + 1}`;

/** The schema of a file with these columns, each of which may be null. */
export function schemaOf(columns: readonly TypedColumn[]): SchemaElement[] {
  const elements = columns.flatMap(({ name, type }) => elementsOf(name, type, 'OPTIONAL'));
  return [{ name: 'schema', num_children: columns.length }, ...elements];
}

/**
 * ```
 * list, set, vector:  optional group <name> (LIST) { repeated group list { optional <type> element } }
 * map:                optional group <name> (MAP) { repeated group key_value { required <type> key; optional <type> value } }
 * tuple:              optional group <name> { optional <type> _1; optional <type> _2; ... }
 * user-defined type:  optional group <name> { optional <type> <field>; ... }
 * duration:           optional group <name> { required int32 months; required int32 days; required int64 nanoseconds }
 * ```
 */
function elementsOf(name: string, type: CqlType, repetition: FieldRepetitionType): SchemaElement[] {
  const group = (children: readonly SchemaElement[][], converted?: 'LIST' | 'MAP'): SchemaElement[] => {
    const annotation = converted === undefined ? {} : { converted_type: converted };
    return [{ name, repetition_type: repetition, num_children: children.length, ...annotation }, ...children.flat()];
  };
  const repeated = (inner: string, children: readonly SchemaElement[][]): SchemaElement[] => [
    { name: inner, repetition_type: 'REPEATED', num_children: children.length },
    ...children.flat(),
  ];
  switch (type.kind) {
    case 'list':
    case 'set':
    case 'vector':
      return group([repeated('list', [elementsOf('element', type.element, 'OPTIONAL')])], 'LIST');
    case 'map': {
      const entry = [elementsOf('key', type.key, 'REQUIRED'), elementsOf('value', type.value, 'OPTIONAL')];
      return group([repeated('key_value', entry)], 'MAP');
    }
    case 'tuple':
      return group(type.elements.map((element, i) => elementsOf(tupleField(i), element, 'OPTIONAL')));
    case 'udt':
      return group(type.fields.map((field) => elementsOf(field.name, field.type, 'OPTIONAL')));
    case 'duration':
      return group([
        [{ name: 'months', repetition_type: 'REQUIRED', type: 'INT32' }],
        [{ name: 'days', repetition_type: 'REQUIRED', type: 'INT32' }],
        [{ name: 'nanoseconds', repetition_type: 'REQUIRED', type: 'INT64' }],
      ]);
    case 'custom':
      return [{ name, repetition_type: repetition, ...BYTES }];
    default:
      return [{ name, repetition_type: repetition, ...LEAVES[type.kind] }];
  }
}
