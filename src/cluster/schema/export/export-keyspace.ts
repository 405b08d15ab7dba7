import { formatIdentifier } from '../../../codec/type.js';
import type { KeyspaceMetadata } from '../keyspace-metadata.js';
import type { TableMetadata, ViewMetadata } from '../table-metadata.js';
import { createAggregate, createFunction } from './create-function.js';
import { createIndex, createTrigger } from './create-index.js';
import { createKeyspace } from './create-keyspace.js';
import { createTable, tableElements } from './create-table.js';
import { createType } from './create-type.js';
import { createView } from './create-view.js';
import { qualifiedName } from './qualified-name.js';
import { typeOrder } from './type-order.js';

/** The statements that create a keyspace, each after those it needs: a mask may call a function, a function takes types. */
export function exportKeyspace(keyspace: KeyspaceMetadata): string[] {
  const { tables, functions, aggregates, types } = keyspace;
  if (keyspace.isVirtual) return [describeVirtual(keyspace)];
  return [
    createKeyspace(keyspace),
    ...typeOrder(types).map(createType),
    ...byKey(functions).map(createFunction),
    ...byKey(aggregates).map(createAggregate),
    ...byKey(tables).flatMap(createWithIndexes),
    ...viewsOf(keyspace, undefined).map(createView),
  ];
}

/** The statements that create a table with its indexes, triggers and views; or one view. */
export function exportTable(keyspace: KeyspaceMetadata, name: string): string[] {
  const table = keyspace.tables.get(name);
  if (table === undefined) return [createView(keyspace.views.get(name)!)];
  if (keyspace.isVirtual) return [describeVirtualTable(table)];
  return [...createWithIndexes(table), ...viewsOf(keyspace, name).map(createView)];
}

function createWithIndexes(table: TableMetadata): string[] {
  return [
    createTable(table),
    ...byKey(table.indexes).map((index) => createIndex(table, index)),
    ...byKey(table.triggers).map((trigger) => createTrigger(table, trigger)),
  ];
}

/** Without those by which ScyllaDB implements its indexes: they come with them. */
function viewsOf({ tables, views }: KeyspaceMetadata, baseTable: string | undefined): ViewMetadata[] {
  return byKey(views).filter(
    (view) =>
      (baseTable === undefined || view.baseTable === baseTable) &&
      !(view.name.endsWith('_index') && tables.get(view.baseTable)?.indexes.has(view.name.slice(0, -'_index'.length))),
  );
}

/** By name: two exports of the same schema are the same text. */
function byKey<T>(map: ReadonlyMap<string, T>): T[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}

function describeVirtual(keyspace: KeyspaceMetadata): string {
  const head = comment(`${formatIdentifier(keyspace.name)} is a virtual keyspace, which cannot be created.`);
  return [head, ...byKey(keyspace.tables).map(describeVirtualTable)].join('\n');
}

function describeVirtualTable(table: TableMetadata): string {
  const name = qualifiedName(table);
  return comment(`${name} is a virtual table, which cannot be created:\n\n${name} (\n${tableElements(table)}\n)`);
}

/** What would end a comment has no business in it. */
function comment(text: string): string {
  return `/*\n${text.replaceAll('*/', '* /')}\n*/`;
}
