import { withJson } from './plain.js';
import { readColumns, type Visibility } from './read-columns.js';
import type { Warn } from './row-groups.js';
import { readRows, recordOf, SchemaRow } from './schema-row.js';
import type { StoredElement, StoredKeyspace } from './stored-schema.js';
import type {
  DroppedColumnMetadata,
  IndexMetadata,
  TableMetadata,
  TriggerMetadata,
  ViewMetadata,
} from './table-metadata.js';

/** Columns of `tables`, `views` and `scylla_tables` that are no options. */
const NO_OPTIONS: ReadonlySet<string> = new Set([
  'keyspace_name',
  'table_name',
  'view_name',
  'id',
  'flags',
  'version',
  'base_table_id',
  'base_table_name',
  'include_all_columns',
  'where_clause',
]);

/** A table, of the rows that describe it. What cannot be used of them is left out, with a warning. */
export function readTable(keyspace: StoredKeyspace, name: string, element: StoredElement, warn: Warn): TableMetadata {
  return withJson(read(keyspace, name, element, element.rows.tables, warn).table);
}

/** A materialized view, of the rows that describe it. */
export function readView(keyspace: StoredKeyspace, name: string, element: StoredElement, warn: Warn): ViewMetadata {
  const { table, row } = read(keyspace, name, element, element.rows.views, warn);
  const baseTable = row.text('base_table_name');
  if (baseTable === undefined) warn(`View ${keyspace.name}.${name}: its base table is not known.`);
  return withJson({
    ...table,
    baseTable: baseTable ?? '',
    whereClause: row.text('where_clause') ?? '',
    includesAllColumns: row.boolean('include_all_columns') ?? false,
  });
}

function read(
  { name: keyspace, isVirtual }: StoredKeyspace,
  name: string,
  element: StoredElement,
  rows: StoredElement['rows']['tables'],
  warn: Warn,
): { readonly table: TableMetadata; readonly row: SchemaRow } {
  const label = `${keyspace}.${name}`;
  const [row = new SchemaRow({})] = readRows(rows, `Table ${label}`, warn);
  const [own] = readRows(element.rows.scylla_tables, `Table ${label}`, warn);
  const flags = row.texts('flags');
  const visibility = visibilityOf(flags);
  return {
    row,
    table: {
      keyspace,
      name,
      id: row.text('id'),
      ...readColumns(element, label, visibility, warn),
      indexes: readIndexes(element, name, label, warn),
      triggers: readTriggers(element, label, warn),
      droppedColumns: readDroppedColumns(element, label, warn),
      options: { ...optionsOf(own), ...optionsOf(row) },
      isVirtual,
      isCompactStorage: visibility !== 'all' || flags?.includes('super') === true,
    },
  };
}

/** Views and virtual tables have no flags; they are as CQL sees them. */
function visibilityOf(flags: readonly string[] | undefined): Visibility {
  if (flags === undefined) return 'all';
  if (flags.includes('dense') || flags.includes('super')) return 'dense';
  return flags.includes('compound') ? 'all' : 'staticCompact';
}

/** All that is left, those options included that are newer than this driver. */
function optionsOf(row: SchemaRow | undefined): Record<string, unknown> {
  const options = recordOf(new Map());
  for (const [name, cell] of Object.entries(row?.cells ?? {})) {
    if (cell !== null && !NO_OPTIONS.has(name)) options[name] = cell instanceof Map ? recordOf(cell) : cell;
  }
  return options;
}

function readIndexes(element: StoredElement, table: string, label: string, warn: Warn): Map<string, IndexMetadata> {
  const indexes = new Map<string, IndexMetadata>();
  for (const row of readRows(element.rows.indexes, `Indexes of ${label}`, warn)) {
    const name = row.text('index_name');
    const kind = row.text('kind');
    const { target, class_name: className, ...options } = row.record('options') ?? {};
    if (name === undefined || kind === undefined || target === undefined) {
      warn(`Indexes of ${label}: ${name ?? 'one without a name'} is ignored, since its kind or target is not known.`);
      continue;
    }
    indexes.set(name, { name, table, kind, target, className, options });
  }
  return indexes;
}

function readTriggers(element: StoredElement, label: string, warn: Warn): Map<string, TriggerMetadata> {
  const triggers = new Map<string, TriggerMetadata>();
  for (const row of readRows(element.rows.triggers, `Triggers of ${label}`, warn)) {
    const name = row.text('trigger_name');
    const className = row.record('options')?.['class'];
    if (name === undefined || className === undefined) {
      warn(`Triggers of ${label}: ${name ?? 'one without a name'} is ignored, since its class is not known.`);
      continue;
    }
    triggers.set(name, { name, className });
  }
  return triggers;
}

function readDroppedColumns(element: StoredElement, label: string, warn: Warn): Map<string, DroppedColumnMetadata> {
  const dropped = new Map<string, DroppedColumnMetadata>();
  for (const row of readRows(element.rows.dropped_columns, `Dropped columns of ${label}`, warn)) {
    const name = row.text('column_name');
    if (name === undefined) continue;
    const isStatic = row.text('kind') === 'static';
    dropped.set(name, { name, type: row.text('type') ?? '', static: isStatic, droppedAt: row.date('dropped_time') });
  }
  return dropped;
}
