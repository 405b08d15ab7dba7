import type { Warn } from './row-groups.js';
import { readRows, type SchemaRow } from './schema-row.js';
import type { StoredElement } from './stored-schema.js';
import type { ClusteringColumnMetadata, ColumnMask, ColumnMetadata } from './table-metadata.js';

/** The columns of a table in their three orders. */
export interface TableColumns {
  readonly partitionKey: readonly ColumnMetadata[];
  readonly clusteringKey: readonly ClusteringColumnMetadata[];
  readonly columns: ReadonlyMap<string, ColumnMetadata>;
}

/** What is visible of the columns of a table. */
export type Visibility = 'all' | 'dense' | 'staticCompact';

const KINDS: readonly string[] = [
  'partition_key',
  'clustering',
  'static',
  'regular',
] satisfies ColumnMetadata['kind'][];

/**
 * The columns of a table or view. Tables without the flag `compound` come from the days before CQL: what they have no name for
 * got one that CQL does not show, and the columns of those without clustering are stored as static ones.
 *
 * @param table `keyspace.table`, for warnings.
 */
export function readColumns(element: StoredElement, table: string, visibility: Visibility, warn: Warn): TableColumns {
  const masks = readMasks(element, table, warn);
  const found: { readonly position: number; readonly column: ColumnMetadata; readonly isDescending: boolean }[] = [];
  for (const row of readRows(element.rows.columns, `Columns of ${table}`, warn)) {
    const name = row.text('column_name');
    const type = row.text('type');
    const kind = row.text('kind');
    if (name === undefined || type === undefined || kind === undefined || !KINDS.includes(kind)) {
      warn(`Columns of ${table}: ${name ?? 'one without a name'} is ignored, since its kind or type is not known.`);
      continue;
    }
    const shown = shownAs(kind as ColumnMetadata['kind'], type, visibility);
    if (shown === undefined) continue;
    const column = { name, type, kind: shown, static: shown === 'static', mask: masks.get(name) };
    const isDescending = row.text('clustering_order')?.toUpperCase() === 'DESC';
    found.push({ position: row.number('position') ?? 0, column, isDescending });
  }
  found.sort((a, b) => KINDS.indexOf(a.column.kind) - KINDS.indexOf(b.column.kind) || a.position - b.position);

  const columns = found.map(({ column, isDescending }) =>
    column.kind === 'clustering' ? ({ ...column, order: isDescending ? 'DESC' : 'ASC' } as const) : column,
  );
  return {
    partitionKey: columns.filter(({ kind }) => kind === 'partition_key'),
    clusteringKey: columns.filter((column) => column.kind === 'clustering') as ClusteringColumnMetadata[],
    columns: new Map(columns.map((column) => [column.name, column])),
  };
}

function shownAs(
  kind: ColumnMetadata['kind'],
  type: string,
  visibility: Visibility,
): ColumnMetadata['kind'] | undefined {
  if (visibility === 'dense') return kind === 'regular' && type === 'empty' ? undefined : kind;
  if (visibility === 'all' || kind === 'partition_key') return kind;
  return kind === 'static' ? 'regular' : undefined;
}

function readMasks(element: StoredElement, table: string, warn: Warn): ReadonlyMap<string, ColumnMask> {
  const masks = new Map<string, ColumnMask>();
  for (const row of readRows(element.rows.column_masks, `Masks of ${table}`, warn)) {
    const column = row.text('column_name');
    const name = row.text('function_name');
    if (column === undefined || name === undefined) {
      warn(
        `Masks of ${table}: that of ${column ?? 'a column without a name'} is ignored, since its function is not known.`,
      );
      continue;
    }
    masks.set(column, {
      keyspace: row.text('function_keyspace') ?? 'system',
      function: name,
      argumentTypes: row.texts('function_argument_types') ?? [],
      arguments: maskArguments(row),
    });
  }
  return masks;
}

function maskArguments(row: SchemaRow): (string | null)[] {
  const nulls = row.cells['function_argument_nulls'];
  const isNull = (index: number): boolean => Array.isArray(nulls) && nulls[index] === true;
  return (row.texts('function_argument_values') ?? []).map((value, index) => (isNull(index) ? null : value));
}
