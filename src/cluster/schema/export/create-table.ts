import { formatIdentifier } from '../../../codec/type.js';
import type { TableMetadata } from '../table-metadata.js';
import { columnDefinition } from './column-definition.js';
import { qualifiedName } from './qualified-name.js';
import { tableOptions } from './table-options.js';

/** `CREATE TABLE`. */
export function createTable(table: TableMetadata): string {
  return `CREATE TABLE ${qualifiedName(table)} (\n${tableElements(table)}\n)${tableOptions(table)}`;
}

/** What stands in parentheses: the columns and the primary key. */
export function tableElements(table: TableMetadata): string {
  const columns = [...table.columns.values()].map(columnDefinition);
  return [...columns, primaryKey(table)].map((line) => `    ${line}`).join(',\n');
}

/** `PRIMARY KEY ((a, b), c)` */
export function primaryKey({ partitionKey, clusteringKey }: TableMetadata): string {
  const names = partitionKey.map(({ name }) => formatIdentifier(name)).join(', ');
  const partition = partitionKey.length === 1 ? names : `(${names})`;
  return `PRIMARY KEY (${[partition, ...clusteringKey.map(({ name }) => formatIdentifier(name))].join(', ')})`;
}
