import { isObservable } from 'rxjs';
import type { ResultColumns } from '../codec/result-columns.js';
import type { RowsResult } from '../codec/responses.js';
import { isPlainObject } from '../codec/values/is-plain-object.js';
import { ConfigurationError } from '../errors.js';
import type { BoundStatement } from './cql.js';
import type { Params } from './bind.js';
import { type Prepared, PreparedStatement } from './prepared.js';
import type { RequestSettings } from './request-options.js';
import { type StatementKind, statementKind } from './statement-kind.js';

/** CQL, a prepared statement, or one with its values: what the tag `cql` makes. */
export type Statement = string | Prepared | BoundStatement;

const NO_PARAMS: readonly unknown[] = [];

/** What is to be executed, once or page by page. */
export class Job {
  readonly cql: string;
  readonly settings: RequestSettings;
  /** Whether it goes by the id of a prepared statement. */
  readonly isPrepared: boolean;
  params: Params;
  /** Undefined until it has been prepared. */
  prepared: PreparedStatement | undefined;
  /** Of a statement that is not prepared: the columns of its last page. */
  lastSeen: ResultColumns | undefined;
  /** How many pages in a row had no rows and the place where they themselves begin as that of the next. */
  pagesInVain = 0;

  private ownKind: StatementKind | undefined;

  /** @throws ConfigurationError if the statement or its parameters are none. */
  constructor(statement: Statement, params: Params | null | undefined, settings: RequestSettings) {
    this.settings = settings;
    this.prepared = undefined;
    this.lastSeen = undefined;
    if (statement instanceof PreparedStatement) {
      this.prepared = statement;
      this.cql = statement.cql;
      this.params = params ?? NO_PARAMS;
      checkParams(this.params);
      this.isPrepared = true;
      if (settings.keyspace !== undefined && settings.keyspace !== statement.keyspace) {
        throw new ConfigurationError('A prepared statement keeps its keyspace: prepare it again for another one.');
      }
    } else {
      const bound = isBound(statement) ? statement : undefined;
      const text: unknown = bound?.cql ?? statement;
      if (typeof text !== 'string')
        throw new ConfigurationError('A statement is a string, what prepare() emits, or cql`…`.');
      if (bound !== undefined && params !== undefined && params !== null) {
        throw new ConfigurationError('A statement made by cql`…` has its values: it takes no parameters.');
      }
      this.cql = text;
      this.params = bound?.params ?? params ?? NO_PARAMS;
      checkParams(this.params);
      this.isPrepared = settings.prepare ?? this.hasValues;
    }
  }

  /** What it does; the same for all executions of a prepared statement, which therefore know it. */
  get kind(): StatementKind {
    return this.prepared?.kind ?? (this.ownKind ??= statementKind(this.cql));
  }

  /** Whether anything was given for markers. */
  get hasValues(): boolean {
    const { params } = this;
    if (Array.isArray(params)) return params.length > 0;
    // The values of an object with a class may be its accessors, which are not among its keys.
    return !isPlainObject(params) || Object.keys(params).length > 0;
  }

  /** Remembers what the rows look like, for the next response. */
  learn({ rows: { described }, newMetadataId }: RowsResult): void {
    if (this.prepared === undefined) this.lastSeen = described;
    else this.prepared.learn(described, newMetadataId);
  }

  /** Keeps the values as they are now: whoever gave them may change them while the request still waits. */
  freeze(): void {
    if (Array.isArray(this.params)) this.params = [...(this.params as readonly unknown[])];
    // Of an object with a class, what its accessors give cannot be copied.
    else if (isPlainObject(this.params)) this.params = { ...this.params };
  }
}

/** What the tag `cql` makes, or an object of the same shape. */
function isBound(statement: unknown): statement is BoundStatement {
  return typeof statement === 'object' && statement !== null && 'cql' in statement && 'params' in statement;
}

/** Objects that stand for one value, by what they say of themselves: nobody means the properties that they may have. */
const SINGLE_VALUES =
  /^\[object (Date|Error|RegExp|Promise|Boolean|Number|BigInt|Symbol|(Shared)?ArrayBuffer|DataView)\]$/;

/** A Map, a Buffer or a Date would be read as an object without any of its values. */
function checkParams(params: unknown): void {
  if (Array.isArray(params)) return;
  if (typeof params === 'object' && params !== null && !(Symbol.iterator in params)) {
    // An instance of a class may be a row or an entity, whose values are its accessors.
    if (isPlainObject(params) || !isSingleValue(params)) return;
  }
  throw new ConfigurationError('Parameters are an array, or an object by name.');
}

function isSingleValue(object: object): boolean {
  return (
    SINGLE_VALUES.test(Object.prototype.toString.call(object)) ||
    typeof (object as Partial<PromiseLike<unknown>>).then === 'function' ||
    isObservable(object)
  );
}
