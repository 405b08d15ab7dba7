import { formatIdentifier } from '../../../codec/type.js';
import type { ColumnMask, ColumnMetadata } from '../table-metadata.js';
import { textLiteral } from './cql-literal.js';
import { qualifiedDefinedName } from './defined-name.js';
import { formatTypeText } from './type-names.js';

/** A column in `CREATE TABLE`. */
export function columnDefinition({ name, type, static: isStatic, mask }: ColumnMetadata): string {
  const masked = mask === undefined ? '' : ` MASKED WITH ${maskCall(mask)}`;
  return `${formatIdentifier(name)} ${formatTypeText(type)}${isStatic ? ' static' : ''}${masked}`;
}

/** The types whose values CQL writes in quotes. */
const QUOTED: ReadonlySet<string> = new Set(['ascii', 'date', 'inet', 'text', 'time', 'timestamp', 'varchar']);

/** The types whose values the server stores as CQL writes them. */
const BARE: ReadonlySet<string> = new Set([
  'bigint',
  'boolean',
  'decimal',
  'double',
  'duration',
  'float',
  'int',
  'smallint',
  'timeuuid',
  'tinyint',
  'uuid',
  'varint',
]);

function maskCall(mask: ColumnMask): string {
  const values = mask.arguments.map((value, index) => maskArgument(value, mask.argumentTypes[index] ?? ''));
  return `${qualifiedDefinedName({ keyspace: mask.keyspace, name: mask.function })}(${values.join(', ')})`;
}

/**
 * Of a collection the server stores the bytes. They are written as such, which the server refuses: better than a column that is
 * created without its mask.
 */
function maskArgument(value: string | null, type: string): string {
  if (value === null) return 'null';
  if (QUOTED.has(type)) return textLiteral(value);
  return BARE.has(type) ? value : `0x${value}`;
}
