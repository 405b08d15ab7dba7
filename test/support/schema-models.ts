import type { KeyspaceMetadata } from '../../src/cluster/schema/keyspace-metadata.js';
import type { ColumnMetadata, TableMetadata, ViewMetadata } from '../../src/cluster/schema/table-metadata.js';

/** A column: `('c', 'int', 'clustering')`. */
export function column(name: string, type: string, kind: ColumnMetadata['kind'] = 'regular'): ColumnMetadata {
  return { name, type, kind, static: kind === 'static', mask: undefined };
}

/** A table of the keyspace `ks`; clustering columns are in descending order. */
export function tableOf(
  name: string,
  columns: readonly ColumnMetadata[],
  more: Partial<TableMetadata> = {},
): TableMetadata {
  return {
    keyspace: 'ks',
    name,
    id: undefined,
    partitionKey: columns.filter(({ kind }) => kind === 'partition_key'),
    clusteringKey: columns.filter(({ kind }) => kind === 'clustering').map((each) => ({ ...each, order: 'DESC' })),
    columns: new Map(columns.map((each) => [each.name, each])),
    indexes: new Map(),
    triggers: new Map(),
    droppedColumns: new Map(),
    options: {},
    isVirtual: false,
    isCompactStorage: false,
    ...more,
  };
}

/** A view of the keyspace `ks`. */
export function viewOf(
  name: string,
  columns: readonly ColumnMetadata[],
  more: Partial<ViewMetadata> = {},
): ViewMetadata {
  const table = tableOf(name, columns);
  return { ...table, baseTable: 't', whereClause: 'k IS NOT NULL', includesAllColumns: false, ...more };
}

const byName = <T extends { readonly name: string }>(list: readonly T[]): Map<string, T> =>
  new Map(list.map((each) => [each.name, each]));

/** The keyspace `ks`. */
export function keyspaceOf({
  tables = [],
  views = [],
  ...more
}: { tables?: TableMetadata[]; views?: ViewMetadata[] } & Partial<
  Omit<KeyspaceMetadata, 'tables' | 'views'>
> = {}): KeyspaceMetadata {
  return {
    name: 'ks',
    replication: { class: 'SimpleStrategy', replication_factor: '1' },
    durableWrites: true,
    isVirtual: false,
    types: new Map(),
    functions: new Map(),
    aggregates: new Map(),
    ...more,
    tables: byName(tables),
    views: byName(views),
  };
}
