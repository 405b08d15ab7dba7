import type { CqlType } from '../../codec/type.js';

const PLAIN: ReadonlySet<CqlType['kind']> = new Set<CqlType['kind']>([
  'bigint',
  'blob',
  'boolean',
  'counter',
  'date',
  'decimal',
  'double',
  'duration',
  'float',
  'inet',
  'int',
  'smallint',
  'time',
  'timestamp',
  'timeuuid',
  'tinyint',
  'uuid',
  'varint',
]);

/** Whether the texts of a type are never anything but letters, digits, and some of `.:+-`: nothing has to be quoted or escaped in them. */
export function isPlain(type: CqlType): boolean {
  return PLAIN.has(type.kind);
}
