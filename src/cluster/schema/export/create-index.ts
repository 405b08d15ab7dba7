import { formatIdentifier } from '../../../codec/type.js';
import type { IndexMetadata, TableMetadata, TriggerMetadata } from '../table-metadata.js';
import { mapLiteral, textLiteral } from './cql-literal.js';
import { qualifiedName } from './qualified-name.js';

/** `CREATE INDEX`, or `CREATE CUSTOM INDEX` for one that a class of its own implements. */
export function createIndex(table: TableMetadata, index: IndexMetadata): string {
  const { name, target, className, options } = index;
  const on = `INDEX ${formatIdentifier(name)} ON ${qualifiedName(table)} (${target})`;
  if (className === undefined) return `CREATE ${on};`;
  const withOptions = Object.keys(options).length === 0 ? '' : ` WITH OPTIONS = ${mapLiteral(options)}`;
  return `CREATE CUSTOM ${on} USING ${textLiteral(className)}${withOptions};`;
}

/** `CREATE TRIGGER`. The class has to be on every node already. */
export function createTrigger(table: TableMetadata, { name, className }: TriggerMetadata): string {
  return `CREATE TRIGGER ${formatIdentifier(name)} ON ${qualifiedName(table)} USING ${textLiteral(className)};`;
}
