import type { Rows } from '../../codec/rows.js';
import type { RowGroup } from './row-groups.js';
import { type ElementKind, ELEMENTS, type SchemaPart, type SchemaSource } from './schema-source.js';

/** An element of a keyspace as the server describes it: rows, still bytes, and what was made of them when somebody asked. */
export class StoredElement {
  readonly rows: Partial<Record<SchemaSource, readonly Rows[]>> = {};
  private made: unknown;

  /** What `make` makes of it, the same for all who ask: elements do not change, they are replaced. */
  as<T>(make: () => T): T {
    return (this.made ??= make()) as T;
  }
}

type Elements = ReadonlyMap<string, StoredElement>;

/** A keyspace, as far as the server has described it. Never changed once it is part of a schema. */
export interface StoredKeyspace {
  readonly name: string;
  readonly isVirtual: boolean;
  /** Of `keyspaces`. */
  readonly rows: readonly Rows[];
  readonly tables: Elements;
  readonly views: Elements;
  readonly types: Elements;
  /** By name: those of one name differ in their arguments. */
  readonly functions: Elements;
  readonly aggregates: Elements;
}

export type StoredSchema = ReadonlyMap<string, StoredKeyspace>;

type Draft = {
  -readonly [K in keyof StoredKeyspace]: StoredKeyspace[K] extends Elements
    ? Map<string, StoredElement>
    : StoredKeyspace[K];
};

/** The sources that say that an element exists, and where such elements are kept. What others say belongs to one of them. */
const COLLECTIONS = {
  tables: 'tables',
  views: 'views',
  types: 'types',
  functions: 'functions',
  aggregates: 'aggregates',
} as const satisfies Partial<Record<SchemaSource, keyof StoredKeyspace>>;

const COLLECTIONS_OF: Readonly<Record<ElementKind, readonly (keyof typeof COLLECTIONS)[]>> = {
  table: ['tables', 'views'],
  type: ['types'],
  function: ['functions'],
  aggregate: ['aggregates'],
};

/** The next schema in the making. The one that it begins with stays as it is: keyspaces are copied before they change. */
export class SchemaDraft {
  private readonly keyspaces: Map<string, StoredKeyspace>;
  private readonly drafts = new Map<string, Draft>();

  constructor(base: StoredSchema) {
    this.keyspaces = new Map(base);
  }

  /** Forgets what is about to be read anew. */
  clear({ keyspace, element }: SchemaPart): void {
    if (keyspace === undefined) {
      this.keyspaces.clear();
      this.drafts.clear();
    } else if (element === undefined) {
      this.keyspaces.delete(keyspace);
      this.drafts.delete(keyspace);
    } else if (element === 'keyspace') {
      const draft = this.draft(keyspace);
      if (draft !== undefined) draft.rows = [];
    } else {
      const draft = this.draft(keyspace);
      for (const collection of COLLECTIONS_OF[element.kind]) draft?.[collection].delete(element.name);
    }
  }

  /** Takes what a source says. Sources that say what exists come before those that say more about it. */
  add(source: SchemaSource, isVirtual: boolean, { keyspace, name, rows }: RowGroup): void {
    if (source === 'keyspaces') {
      const draft = this.draft(keyspace) ?? this.create(keyspace, isVirtual);
      draft.rows = [...draft.rows, rows];
      return;
    }
    const draft = this.draft(keyspace);
    // It was created or dropped while we were reading; an event is on its way.
    if (draft?.isVirtual !== isVirtual) return;
    const element = this.elementFor(draft, source, name);
    if (element !== undefined) element.rows[source] = [...(element.rows[source] ?? []), rows];
  }

  /** The schema, without keyspaces of which nothing says that they exist. */
  finish(): StoredSchema {
    for (const { name, rows } of this.drafts.values()) {
      if (rows.length === 0) this.keyspaces.delete(name);
    }
    this.drafts.clear();
    return this.keyspaces;
  }

  private draft(name: string): Draft | undefined {
    let draft = this.drafts.get(name);
    const base = this.keyspaces.get(name);
    if (draft !== undefined || base === undefined) return draft;
    draft = {
      ...base,
      tables: new Map(base.tables),
      views: new Map(base.views),
      types: new Map(base.types),
      functions: new Map(base.functions),
      aggregates: new Map(base.aggregates),
    };
    this.keep(draft);
    return draft;
  }

  private create(name: string, isVirtual: boolean): Draft {
    const draft: Draft = {
      name,
      isVirtual,
      rows: [],
      tables: new Map(),
      views: new Map(),
      types: new Map(),
      functions: new Map(),
      aggregates: new Map(),
    };
    this.keep(draft);
    return draft;
  }

  private keep(draft: Draft): void {
    this.drafts.set(draft.name, draft);
    this.keyspaces.set(draft.name, draft);
  }

  private elementFor(
    draft: Draft,
    source: Exclude<SchemaSource, 'keyspaces'>,
    name: string,
  ): StoredElement | undefined {
    if (source in COLLECTIONS) {
      const elements = draft[COLLECTIONS[source as keyof typeof COLLECTIONS]];
      let element = elements.get(name);
      if (element === undefined) elements.set(name, (element = new StoredElement()));
      return element;
    }
    return COLLECTIONS_OF[ELEMENTS[source].kind].map((collection) => draft[collection].get(name)).find(Boolean);
  }
}
