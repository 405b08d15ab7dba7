import { DecodeError } from '../errors.js';
import type { Reader } from './reader.js';
import { type CqlType, MAX_DEPTH, MAX_FIELDS, type ScalarKind, type UdtField } from './type.js';
import { parseTypeClass } from './type-class.js';

// The ids of [option] (v5, section 4.2.5.2).
const SCALARS: ReadonlyMap<number, { readonly kind: ScalarKind }> = new Map(
  (
    [
      [0x01, 'ascii'],
      [0x02, 'bigint'],
      [0x03, 'blob'],
      [0x04, 'boolean'],
      [0x05, 'counter'],
      [0x06, 'decimal'],
      [0x07, 'double'],
      [0x08, 'float'],
      [0x09, 'int'],
      [0x0b, 'timestamp'],
      [0x0c, 'uuid'],
      [0x0d, 'text'],
      [0x0e, 'varint'],
      [0x0f, 'timeuuid'],
      [0x10, 'inet'],
      [0x11, 'date'],
      [0x12, 'time'],
      [0x13, 'smallint'],
      [0x14, 'tinyint'],
      [0x15, 'duration'],
    ] as const
  ).map(([id, kind]) => [id, { kind }]),
);

/** The fewest bytes an option can have: its id. */
const LEAST_OPTION = 2;

/**
 * Reads the type of a column.
 *
 * ```
 * <option>: <id u16>, then by id
 *   0x0000 custom  <class string>
 *   0x0020 list    <element option>
 *   0x0021 map     <key option> <value option>
 *   0x0022 set     <element option>
 *   0x0030 UDT     <keyspace string> <name string> <n u16> n x (<field string> <option>)
 *   0x0031 tuple   <n u16> n x <option>
 * ```
 */
export function readType(reader: Reader, depth = 0): CqlType {
  if (depth > MAX_DEPTH) throw new DecodeError(`A column type nests deeper than ${MAX_DEPTH} levels.`);
  const id = reader.u16();
  const scalar = SCALARS.get(id);
  if (scalar !== undefined) return scalar;
  switch (id) {
    case 0x00:
      return parseTypeClass(reader.string(), depth);
    case 0x20:
      return { kind: 'list', element: readType(reader, depth + 1) };
    case 0x21:
      return { kind: 'map', key: readType(reader, depth + 1), value: readType(reader, depth + 1) };
    case 0x22:
      return { kind: 'set', element: readType(reader, depth + 1) };
    case 0x30: {
      const keyspace = reader.string();
      const name = reader.string();
      const count = fieldCount(reader, 2 + LEAST_OPTION);
      const fields: UdtField[] = [];
      for (let i = 0; i < count; i++) fields.push({ name: reader.string(), type: readType(reader, depth + 1) });
      return { kind: 'udt', keyspace, name, fields };
    }
    case 0x31: {
      const count = fieldCount(reader, LEAST_OPTION);
      const elements: CqlType[] = [];
      for (let i = 0; i < count; i++) elements.push(readType(reader, depth + 1));
      return { kind: 'tuple', elements };
    }
    default:
      throw new DecodeError(`A column has the type 0x${id.toString(16).padStart(4, '0')}, which is not known.`);
  }
}

function fieldCount(reader: Reader, least: number): number {
  const count = reader.count(reader.u16(), least);
  if (count > MAX_FIELDS)
    throw new DecodeError(`A type has ${count} fields; ${MAX_FIELDS} is the most that is accepted.`);
  return count;
}
