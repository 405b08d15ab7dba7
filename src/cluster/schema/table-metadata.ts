/** A column of a table or view. */
export interface ColumnMetadata {
  readonly name: string;
  /** In CQL, as the server writes it: `'frozen<map<text, int>>'`. */
  readonly type: string;
  readonly kind: 'partition_key' | 'clustering' | 'static' | 'regular';
  readonly static: boolean;
  /** How the column is masked for roles that may not see it (Cassandra 5.0). */
  readonly mask: ColumnMask | undefined;
}

/** A column by which the rows of a partition are sorted. */
export interface ClusteringColumnMetadata extends ColumnMetadata {
  readonly order: 'ASC' | 'DESC';
}

/** The function whose result is shown in place of a column's value. */
export interface ColumnMask {
  readonly keyspace: string;
  readonly function: string;
  readonly argumentTypes: readonly string[];
  /** The arguments after the column itself, as the server stores them: text; collections in hexadecimal. */
  readonly arguments: readonly (string | null)[];
}

/** A secondary index. */
export interface IndexMetadata {
  readonly name: string;
  readonly table: string;
  /** `'COMPOSITES'` and `'KEYS'` are Cassandra's first indexes, `'CUSTOM'` are all others, SAI among them. */
  readonly kind: string;
  /** What is indexed, in CQL: `'email'`, `'values(tags)'`, `'"Name"'`. */
  readonly target: string;
  /** What implements it: `'StorageAttachedIndex'`; undefined unless the kind is `'CUSTOM'`. */
  readonly className: string | undefined;
  /** Its options, without the target and the class. */
  readonly options: Readonly<Record<string, string>>;
}

/** What is run on the server when a table is written to. */
export interface TriggerMetadata {
  readonly name: string;
  readonly className: string;
}

/** A column that the table no longer has. */
export interface DroppedColumnMetadata {
  readonly name: string;
  readonly type: string;
  readonly static: boolean;
  /** When it was dropped: what was written later belongs to a new column of that name. */
  readonly droppedAt: Date | undefined;
}

/** A table, as it was when the schema was read. */
export interface TableMetadata {
  readonly keyspace: string;
  readonly name: string;
  /** The table's id, which a table that is created again does not share. Virtual tables have none. */
  readonly id: string | undefined;
  readonly partitionKey: readonly ColumnMetadata[];
  readonly clusteringKey: readonly ClusteringColumnMetadata[];
  /** By name: the partition key, the clustering columns, static columns, the others. */
  readonly columns: ReadonlyMap<string, ColumnMetadata>;
  readonly indexes: ReadonlyMap<string, IndexMetadata>;
  readonly triggers: ReadonlyMap<string, TriggerMetadata>;
  readonly droppedColumns: ReadonlyMap<string, DroppedColumnMetadata>;
  /**
   * Under the names of `CREATE TABLE … WITH`, as the server stores them: `options.gc_grace_seconds` is a number,
   * `options.compaction` an object of strings, `options.extensions` one of buffers. Which there are depends on the server; what
   * it leaves to its configuration is not there.
   */
  readonly options: Readonly<Record<string, unknown>>;
  /** Computed by the server when it is read, and not stored. */
  readonly isVirtual: boolean;
  /** Made `WITH COMPACT STORAGE`, or by the API that was there before CQL. */
  readonly isCompactStorage: boolean;
}

/** A materialized view, which is a table whose rows the server takes from another. */
export interface ViewMetadata extends TableMetadata {
  /** The table of the same keyspace whose rows it shows. */
  readonly baseTable: string;
  /** The condition that rows have to meet, in CQL. */
  readonly whereClause: string;
  /** Whether it has all columns of the base table, those included that are added later. */
  readonly includesAllColumns: boolean;
}
