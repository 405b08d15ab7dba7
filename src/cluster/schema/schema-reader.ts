import { catchError, defer, EMPTY, from, map, mergeMap, type Observable, of, throwError, toArray } from 'rxjs';
import type { SchemaChange } from '../../codec/event.js';
import type { Rows } from '../../codec/rows.js';
import { ResponseError } from '../../errors.js';
import { planRefresh } from './plan-refresh.js';
import { groupRows, type RowGroup, type Warn } from './row-groups.js';
import { Schema } from './schema.js';
import { ELEMENTS, type SchemaPart, type SchemaSelect, selectsOf } from './schema-source.js';
import { SchemaDraft } from './stored-schema.js';

/** How many statements are asked at a time: a migration may have changed a hundred keyspaces. */
const CONCURRENCY = 32;

/**
 * How the schema is asked for, with text for the markers of `cql`. Cold: emits the rows of each page of the result, and
 * completes. All has to be asked of one node: the rows of two may be those of two schemas.
 */
export type SchemaQuery = (cql: string, values: readonly string[]) => Observable<Rows>;

export interface SchemaReaderOptions {
  readonly query: SchemaQuery;
  /** Told of what is in the schema and cannot be used, then and later. */
  readonly warn: Warn;
  /** Whether to read what is in keyspaces, too. Without it there is their replication only. Default: true. */
  readonly withTables?: boolean;
}

/**
 * Reads the schema of a cluster over one control connection; the next connection gets a reader of its own.
 *
 * Both methods are cold, emit one schema and complete. They error if the server cannot be asked, and never because of what is
 * in the schema. One refresh has to end before the next begins, which then starts from its result.
 */
export class SchemaReader {
  private readonly query: SchemaQuery;
  private readonly warn: Warn;
  private readonly withTables: boolean;
  /** What this server does not have: asked once. */
  private readonly missing = new Set<string>();

  constructor({ query, warn, withTables = true }: SchemaReaderOptions) {
    this.query = query;
    this.warn = warn;
    this.withTables = withTables;
  }

  /** Reads the whole schema. */
  read(): Observable<Schema> {
    return this.readParts(Schema.EMPTY, [this.withTables ? {} : { element: 'keyspace' }]);
  }

  /**
   * Reads again what the changes are about, and nothing else. What is there counts, not what the events say has become of it:
   * events may be late, doubled, or out of order. What did not change is the same object in both schemas.
   */
  refresh(schema: Schema, changes: readonly SchemaChange[]): Observable<Schema> {
    return this.readParts(schema, planRefresh(schema.stored, changes, this.withTables));
  }

  private readParts(base: Schema, parts: readonly SchemaPart[]): Observable<Schema> {
    if (parts.length === 0) return of(base);
    return from(parts.flatMap(selectsOf)).pipe(
      mergeMap(
        (select, index) => this.readSelect(select).pipe(map((groups) => ({ index, select, groups }))),
        CONCURRENCY,
      ),
      toArray(),
      map((results) => {
        const draft = new SchemaDraft(base.stored);
        for (const part of parts) draft.clear(part);
        // In the order of the sources, in which those that say what exists come first.
        for (const { select, groups } of results.sort((a, b) => a.index - b.index)) {
          for (const group of groups) draft.add(select.source, select.isVirtual, group);
        }
        return new Schema(draft.finish(), this.warn, base);
      }),
    );
  }

  private readSelect({ source, isVirtual, isRequired, cql, values }: SchemaSelect): Observable<RowGroup[]> {
    const key = isVirtual ? `virtual ${source}` : source;
    const nameColumn = source === 'keyspaces' ? undefined : ELEMENTS[source].nameColumn;
    return defer(() => (this.missing.has(key) ? EMPTY : this.query(cql, values))).pipe(
      map((page) => groupRows(page, nameColumn, this.warn)),
      toArray(),
      catchError((error: unknown) => {
        if (isRequired || !isAbsence(error)) return throwError(() => error);
        this.missing.add(key);
        return of([]);
      }),
      map((pages) => pages.flat()),
    );
  }
}

/** Whether the server has no such table, or none that it shows to us. */
function isAbsence(error: unknown): boolean {
  return error instanceof ResponseError && (error.kind === 'Invalid' || error.kind === 'Unauthorized');
}
