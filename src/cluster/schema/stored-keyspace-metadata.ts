import type { AggregateMetadata, FunctionMetadata, KeyspaceMetadata, TypeMetadata } from './keyspace-metadata.js';
import { type Inspect, inspectCustom } from './inspect.js';
import { LazyMap } from './lazy-map.js';
import { plain } from './plain.js';
import { readAggregates, readFunctions } from './read-functions.js';
import { readTable, readView } from './read-table.js';
import { readType } from './read-type.js';
import type { Warn } from './row-groups.js';
import { readRows, SchemaRow } from './schema-row.js';
import type { StoredElement, StoredKeyspace } from './stored-schema.js';
import type { TableMetadata, ViewMetadata } from './table-metadata.js';

/** A keyspace whose parts are made of the server's rows when somebody asks for them. */
export class StoredKeyspaceMetadata implements KeyspaceMetadata {
  readonly name: string;
  readonly isVirtual: boolean;
  readonly tables: ReadonlyMap<string, TableMetadata>;
  readonly views: ReadonlyMap<string, ViewMetadata>;
  private readonly stored: StoredKeyspace;
  private readonly warn: Warn;
  private row: SchemaRow | undefined;
  private typesMade: ReadonlyMap<string, TypeMetadata> | undefined;
  private functionsMade: ReadonlyMap<string, FunctionMetadata> | undefined;
  private aggregatesMade: ReadonlyMap<string, AggregateMetadata> | undefined;

  constructor(stored: StoredKeyspace, warn: Warn) {
    this.name = stored.name;
    this.isVirtual = stored.isVirtual;
    this.stored = stored;
    this.warn = warn;
    this.tables = new LazyMap(stored.tables, (element, name) =>
      element.as(() => readTable(stored, name, element, warn)),
    );
    this.views = new LazyMap(stored.views, (element, name) => element.as(() => readView(stored, name, element, warn)));
  }

  get replication(): Readonly<Record<string, string>> {
    return this.own.record('replication') ?? {};
  }

  get durableWrites(): boolean {
    return this.own.boolean('durable_writes') ?? true;
  }

  get types(): ReadonlyMap<string, TypeMetadata> {
    return (this.typesMade ??= this.collect(
      this.stored.types,
      (name, element) => [readType(this.name, name, element, this.warn)].filter((type) => type !== undefined),
      (type) => type.name,
    ));
  }

  get functions(): ReadonlyMap<string, FunctionMetadata> {
    return (this.functionsMade ??= this.collect(
      this.stored.functions,
      (name, element) => readFunctions(this.name, name, element, this.warn),
      ({ signature }) => signature,
    ));
  }

  get aggregates(): ReadonlyMap<string, AggregateMetadata> {
    return (this.aggregatesMade ??= this.collect(
      this.stored.aggregates,
      (name, element) => readAggregates(this.name, name, element, this.warn),
      ({ signature }) => signature,
    ));
  }

  /** @internal For JSON.stringify(). */
  toJSON(): object {
    const { name, replication, durableWrites, isVirtual, tables, views, types, functions, aggregates } = this;
    return plain({ name, replication, durableWrites, isVirtual, tables, views, types, functions, aggregates });
  }

  /** @internal Without the bytes that it is made of. */
  [inspectCustom](_depth: number, options: object, inspect: Inspect): string {
    const { name, replication, durableWrites, isVirtual, tables, views, types, functions, aggregates } = this;
    const shown = { name, replication, durableWrites, isVirtual, tables, views, types, functions, aggregates };
    return `Keyspace ${inspect(shown, options)}`;
  }

  /** What the server says of the keyspace itself. */
  private get own(): SchemaRow {
    return (this.row ??= readRows(this.stored.rows, `Keyspace ${this.name}`, this.warn)[0] ?? new SchemaRow({}));
  }

  private collect<T>(
    elements: ReadonlyMap<string, StoredElement>,
    read: (name: string, element: StoredElement) => readonly T[],
    keyOf: (value: T) => string,
  ): ReadonlyMap<string, T> {
    const collected = new Map<string, T>();
    for (const [name, element] of elements) {
      for (const value of element.as(() => read(name, element))) collected.set(keyOf(value), value);
    }
    return collected;
  }
}
