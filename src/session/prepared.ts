import type { ColumnSpec } from '../codec/column-spec.js';
import { columnsFor } from '../codec/columns-for.js';
import type { PreparedResult } from '../codec/responses.js';
import { executeIds } from '../codec/requests.js';
import type { ResultColumns } from '../codec/result-columns.js';
import type { Stamp } from '../codec/stamp.js';
import type { ValueSettings } from '../codec/value-options.js';
import { type Inspect, inspectCustom } from '../operators/inspect.js';
import type { Column } from '../operators/page.js';
import { isConditional, type StatementKind, statementKind } from './statement-kind.js';

/**
 * A statement that the servers know by an id. Made by `session.prepare()`; can be executed any number of times, by any
 * session that is connected to the same cluster.
 */
export interface Prepared {
  readonly cql: string;
  readonly id: Uint8Array;
  /** Where its names without a keyspace are looked up, if that was said when it was prepared. */
  readonly keyspace: string | undefined;
  /** What its markers stand for. */
  readonly parameters: readonly Column[];
  /** The columns of its rows; undefined for a statement without rows, or whose rows depend on what it finds. */
  readonly columns: readonly Column[] | undefined;
}

/** What a description of rows is known by. Both change together. */
export interface ResultDescription {
  /** Undefined where there are none. */
  readonly metadataId: Buffer | undefined;
  readonly described: ResultColumns | undefined;
}

/** {@link Prepared}, and what the driver keeps about it. */
export class PreparedStatement implements Prepared {
  readonly cql: string;
  readonly keyspace: string | undefined;
  readonly id: Buffer;
  readonly kind: StatementKind;
  /** Whether it changes data under a condition. */
  isConditional: boolean;
  parameters: readonly ColumnSpec[];
  /** Which parameters make up the partition key. */
  partitionKey: readonly number[];
  /** The settings of the session that prepared it. */
  private values: ValueSettings;
  private description: ResultDescription;
  private ids: { readonly hasMetadataId: boolean; readonly stamp: Stamp } | undefined;
  /** What its last rows looked like: on v4, or if they depend on what is found, each response describes its own. */
  lastSeen: ResultColumns | undefined;

  constructor(cql: string, keyspace: string | undefined, response: PreparedResult) {
    this.cql = cql;
    this.keyspace = keyspace;
    this.kind = statementKind(cql);
    // A server knows better, but most say nothing.
    this.isConditional = isConditional(cql) || response.isMarkedConditional;
    this.id = response.id;
    this.parameters = response.parameters;
    this.partitionKey = response.partitionKey;
    this.values = response.values;
    this.description = { metadataId: response.metadataId, described: response.described };
    this.lastSeen = response.described;
  }

  /** What its rows look like, as of the last server that said so. */
  get result(): ResultDescription {
    return this.description;
  }

  private set result(description: ResultDescription) {
    this.description = description;
    this.ids = undefined;
  }

  /** What each of its requests begins with, where there are metadata ids, or where there are none. */
  idsFor(hasMetadataIds: boolean): Stamp {
    if (this.ids?.hasMetadataId !== hasMetadataIds) {
      const stamp = executeIds(this.id, this.description.metadataId, hasMetadataIds);
      this.ids = { hasMetadataId: hasMetadataIds, stamp };
    }
    return this.ids.stamp;
  }

  /** Where the table is whose partition it is about. */
  get tableKeyspace(): string | undefined {
    return this.keyColumn?.keyspace;
  }

  /** The table whose partition it is about. */
  get table(): string | undefined {
    return this.keyColumn?.table;
  }

  private get keyColumn(): ColumnSpec | undefined {
    const [index] = this.partitionKey;
    return index === undefined ? undefined : this.parameters[index];
  }

  get columns(): readonly Column[] | undefined {
    return this.result.described?.columns;
  }

  /** What its markers stand for, to the session that executes it. */
  parametersFor(values: ValueSettings): readonly ColumnSpec[] {
    return values === this.values ? this.parameters : columnsFor(this.parameters, values);
  }

  /** What its parameters are made of, in one text. The name of a user-defined type would not tell. */
  get signature(): string {
    return JSON.stringify(this.parameters.map(({ cqlType }) => cqlType));
  }

  /** What is shown of it: neither its id nor what the driver knows of its codecs helps anybody. */
  toJSON(): object {
    const { cql, keyspace } = this;
    const parameters = this.parameters.map(({ name, type }) => `${name} ${type}`);
    return { cql, ...(keyspace === undefined ? {} : { keyspace }), parameters };
  }

  /** @internal */
  [inspectCustom](_depth: number, options: object, inspect: Inspect): string {
    return `Prepared ${inspect(this.toJSON(), options)}`;
  }

  /** Remembers what the last rows looked like; with an id they are what it means from now on. */
  learn(described: ResultColumns, newMetadataId: Buffer | undefined): void {
    this.lastSeen = described;
    // The rows of a conditional statement depend on whether it was applied: the next ones may be others, under the same id.
    const isConditional = described.columns[0]?.name === '[applied]';
    if (newMetadataId !== undefined && !isConditional) this.result = { metadataId: newMetadataId, described };
  }

  /** Takes over what a server says that prepares it again, under the same id. */
  update(response: PreparedResult): void {
    this.parameters = response.parameters;
    this.partitionKey = response.partitionKey;
    this.isConditional ||= response.isMarkedConditional;
    this.values = response.values;
    // A server that leaves the columns out does not mean that there are none.
    if (response.described !== undefined) {
      this.result = { metadataId: response.metadataId, described: response.described };
    }
  }
}
