import { CqlError } from '../../errors.js';
import { exportKeyspace, exportTable } from './export/export-keyspace.js';
import type { KeyspaceMetadata } from './keyspace-metadata.js';
import type { Warn } from './row-groups.js';
import { StoredKeyspaceMetadata } from './stored-keyspace-metadata.js';
import type { StoredKeyspace, StoredSchema } from './stored-schema.js';

/** The schema of a cluster at one moment. It never changes: after a change there is another. */
export class Schema {
  /** What there is before a schema was read. */
  static readonly EMPTY: Schema = new Schema(new Map(), () => undefined);

  readonly keyspaces: ReadonlyMap<string, KeyspaceMetadata>;
  /** @internal */
  readonly stored: StoredSchema;

  /**
   * @param warn Told of what cannot be used, when somebody asks for it.
   * @param previous The schema before: what has not changed since is the same object.
   */
  constructor(stored: StoredSchema, warn: Warn, previous?: Schema) {
    this.stored = stored;
    const keyspaceOf = (keyspace: StoredKeyspace): KeyspaceMetadata =>
      (previous?.stored.get(keyspace.name) === keyspace ? previous.keyspaces.get(keyspace.name) : undefined) ??
      new StoredKeyspaceMetadata(keyspace, warn);
    this.keyspaces = new Map([...stored].map(([name, keyspace]) => [name, keyspaceOf(keyspace)]));
  }

  /**
   * The statements that create a keyspace and everything in it, or one table (or view) with its indexes and views, each ended
   * by `;` and a newline. Virtual keyspaces cannot be created: they are described in a comment.
   *
   * @throws CqlError `ERR_RXCQL_NOT_IN_SCHEMA` if the schema has no such keyspace or table.
   */
  exportCql(keyspace: string, table?: string): string {
    return this.exportStatements(keyspace, table)
      .map((statement) => `${statement}\n`)
      .join('');
  }

  /** The same, one by one: a `;` may also stand in a comment or in the body of a function. */
  exportStatements(keyspace: string, table?: string): readonly string[] {
    const found = this.keyspaces.get(keyspace);
    if (found === undefined) throw notInSchema(`The keyspace ${JSON.stringify(keyspace)}`);
    if (table === undefined) return exportKeyspace(found);
    if (!found.tables.has(table) && !found.views.has(table)) {
      throw notInSchema(`The table ${JSON.stringify(table)} of the keyspace ${JSON.stringify(keyspace)}`);
    }
    return exportTable(found, table);
  }
}

function notInSchema(what: string): CqlError {
  return new CqlError(
    'ERR_RXCQL_NOT_IN_SCHEMA',
    `${what} is not in the schema as it was last read. Names are case-sensitive and written without quotes.`,
  );
}
