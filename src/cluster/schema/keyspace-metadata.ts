import type { TableMetadata, ViewMetadata } from './table-metadata.js';

/** A user-defined type. */
export interface TypeMetadata {
  readonly keyspace: string;
  readonly name: string;
  /** In the order of their declaration, which is that of their bytes. */
  readonly fields: readonly { readonly name: string; readonly type: string }[];
}

/** A user-defined function. */
export interface FunctionMetadata {
  readonly keyspace: string;
  readonly name: string;
  /** The name with the argument types, which tell functions of one name apart: `'f(int, text)'`. */
  readonly signature: string;
  readonly argumentNames: readonly string[];
  readonly argumentTypes: readonly string[];
  readonly returnType: string;
  readonly language: string;
  readonly body: string;
  /** Whether it is called when an argument is null; otherwise the result is null then. */
  readonly calledOnNullInput: boolean;
  /** Whether the same arguments always have the same result; only some servers (DSE) say so. */
  readonly isDeterministic: boolean;
  /** Whether the result grows with its arguments; only some servers (DSE) say so. */
  readonly isMonotonic: boolean;
  /** The arguments that the result grows with; empty if that is all or none. */
  readonly monotonicOn: readonly string[];
}

/** A user-defined aggregate. */
export interface AggregateMetadata {
  readonly keyspace: string;
  readonly name: string;
  /** The name with the argument types: `'average(int)'`. */
  readonly signature: string;
  readonly argumentTypes: readonly string[];
  /** The function that is called for each row, with the state and the arguments. */
  readonly stateFunction: string;
  readonly stateType: string;
  /** The function that makes the result of the last state; without it the state is the result. */
  readonly finalFunction: string | undefined;
  /** The first state, in CQL; null if there is none. */
  readonly initialCondition: string | undefined;
  readonly returnType: string;
}

/**
 * A keyspace, as it was when the schema was read. What is in it is made when it is asked for: a schema of thousands of tables
 * costs no more than its bytes until somebody looks.
 */
export interface KeyspaceMetadata {
  readonly name: string;
  /** The `class`, as the server names it, and its options: a number of replicas by data center, or `replication_factor`. */
  readonly replication: Readonly<Record<string, string>>;
  /** Whether writes go to the commit log. */
  readonly durableWrites: boolean;
  /** Its tables are computed by the server when they are read, and not stored. */
  readonly isVirtual: boolean;
  readonly tables: ReadonlyMap<string, TableMetadata>;
  /** Materialized views. */
  readonly views: ReadonlyMap<string, ViewMetadata>;
  readonly types: ReadonlyMap<string, TypeMetadata>;
  /** By signature: `'f(int, text)'`. */
  readonly functions: ReadonlyMap<string, FunctionMetadata>;
  /** By signature. */
  readonly aggregates: ReadonlyMap<string, AggregateMetadata>;
}
