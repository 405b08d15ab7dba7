import { DecodeError } from '../errors.js';
import type { Reader } from './reader.js';

/** The types without parameters, under their CQL names. */
export type ScalarKind =
  | 'ascii'
  | 'bigint'
  | 'blob'
  | 'boolean'
  | 'counter'
  | 'date'
  | 'decimal'
  | 'double'
  | 'duration'
  | 'float'
  | 'inet'
  | 'int'
  | 'smallint'
  | 'text'
  | 'time'
  | 'timestamp'
  | 'timeuuid'
  | 'tinyint'
  | 'uuid'
  | 'varint';

/** A CQL type as the metadata of a response describes it. Whether a collection is frozen is not on the wire. */
export type CqlType =
  | { readonly kind: ScalarKind }
  | { readonly kind: 'list' | 'set'; readonly element: CqlType }
  | { readonly kind: 'map'; readonly key: CqlType; readonly value: CqlType }
  | { readonly kind: 'tuple'; readonly elements: readonly CqlType[] }
  | { readonly kind: 'udt'; readonly keyspace: string; readonly name: string; readonly fields: readonly UdtField[] }
  | { readonly kind: 'custom'; readonly className: string };

export interface UdtField {
  readonly name: string;
  readonly type: CqlType;
}

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

/** Protocol v4 has no id for a duration. */
const DURATION_CLASS = 'org.apache.cassandra.db.marshal.DurationType';

/** Types nest no deeper than this: a response cannot make the reader overflow its stack. */
const MAX_DEPTH = 64;

/** A type has no more fields than this: a value of a few bytes stands for all of them, as nulls. */
const MAX_FIELDS = 1_024;

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
    case 0x00: {
      const className = reader.string();
      return className === DURATION_CLASS ? { kind: 'duration' } : { kind: 'custom', className };
    }
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

/** A type as CQL writes it: `map<text, int>`. */
export function formatType(type: CqlType): string {
  switch (type.kind) {
    case 'list':
    case 'set':
      return `${type.kind}<${formatType(type.element)}>`;
    case 'map':
      return `map<${formatType(type.key)}, ${formatType(type.value)}>`;
    case 'tuple':
      return `tuple<${type.elements.map(formatType).join(', ')}>`;
    case 'udt':
      return formatIdentifier(type.name);
    case 'custom':
      return `'${type.className}'`;
    default:
      return type.kind;
  }
}

/** An identifier as CQL writes it: in double quotes unless it is plain lower case. */
export function formatIdentifier(name: string): string {
  return /^[a-z][a-z0-9_]*$/.test(name) ? name : quoteIdentifier(name);
}

/** An identifier in double quotes, which keep its case and everything in it. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
