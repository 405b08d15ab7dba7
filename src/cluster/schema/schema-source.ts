/** The tables in which a server describes its schema, in the order in which they have to be looked at. */
export const SCHEMA_SOURCES: readonly SchemaSource[] = [
  'keyspaces',
  'tables',
  'views',
  'types',
  'functions',
  'aggregates',
  'columns',
  'dropped_columns',
  'indexes',
  'triggers',
  'column_masks',
  'scylla_tables',
];

export type SchemaSource =
  | 'keyspaces'
  | 'tables'
  | 'views'
  | 'types'
  | 'functions'
  | 'aggregates'
  | 'columns'
  | 'dropped_columns'
  | 'indexes'
  | 'triggers'
  | 'column_masks'
  | 'scylla_tables';

/** The same for virtual keyspaces, whose tables have nothing but columns. */
const VIRTUAL_SOURCES: readonly SchemaSource[] = ['keyspaces', 'tables', 'columns'];

/** What changes as one: a table or view with all that belongs to it, a type, the functions of one name. */
export type ElementKind = 'table' | 'type' | 'function' | 'aggregate';

/** What rows of a source tell of, and the column that says of which. Those of `keyspaces` tell of the keyspace itself. */
export const ELEMENTS: Readonly<
  Record<Exclude<SchemaSource, 'keyspaces'>, { readonly kind: ElementKind; readonly nameColumn: string }>
> = {
  tables: { kind: 'table', nameColumn: 'table_name' },
  views: { kind: 'table', nameColumn: 'view_name' },
  types: { kind: 'type', nameColumn: 'type_name' },
  functions: { kind: 'function', nameColumn: 'function_name' },
  aggregates: { kind: 'aggregate', nameColumn: 'aggregate_name' },
  columns: { kind: 'table', nameColumn: 'table_name' },
  dropped_columns: { kind: 'table', nameColumn: 'table_name' },
  indexes: { kind: 'table', nameColumn: 'table_name' },
  triggers: { kind: 'table', nameColumn: 'table_name' },
  column_masks: { kind: 'table', nameColumn: 'table_name' },
  scylla_tables: { kind: 'table', nameColumn: 'table_name' },
};

/** What every server has. The others came with some version, or are somebody's own. */
const REQUIRED: ReadonlySet<SchemaSource> = new Set(['keyspaces', 'tables', 'columns']);

/** What is to be read: everything, a keyspace, or an element of one. */
export interface SchemaPart {
  readonly keyspace?: string;
  /** `'keyspace'`: what is said of the keyspace itself, without what is in it. */
  readonly element?: { readonly kind: ElementKind; readonly name: string } | 'keyspace';
}

/** A statement that reads a part from a source. */
export interface SchemaSelect {
  readonly source: SchemaSource;
  readonly isVirtual: boolean;
  readonly isRequired: boolean;
  readonly cql: string;
  readonly values: readonly string[];
}

/** The statements that read a part of the schema. All columns are asked for: every version has others. */
export function selectsOf({ keyspace, element }: SchemaPart): SchemaSelect[] {
  const selects: SchemaSelect[] = [];
  for (const source of SCHEMA_SOURCES) {
    const named = source === 'keyspaces' ? undefined : ELEMENTS[source];
    if (element !== undefined && (element === 'keyspace' ? named !== undefined : named?.kind !== element.kind))
      continue;
    let cql = `SELECT * FROM system_schema.${source}`;
    const values: string[] = [];
    if (keyspace !== undefined) {
      cql += ' WHERE keyspace_name = ?';
      values.push(keyspace);
    }
    if (typeof element === 'object') {
      cql += ` AND ${named!.nameColumn} = ?`;
      values.push(element.name);
    }
    selects.push({ source, isVirtual: false, isRequired: REQUIRED.has(source), cql, values });
  }
  if (keyspace !== undefined) return selects;
  for (const source of VIRTUAL_SOURCES) {
    if (element !== undefined && source !== 'keyspaces') continue;
    const cql = `SELECT * FROM system_virtual_schema.${source}`;
    selects.push({ source, isVirtual: true, isRequired: false, cql, values: [] });
  }
  return selects;
}
