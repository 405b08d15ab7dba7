import { map, type Observable } from 'rxjs';
import type { Dialect } from '../codec/dialect.js';
import { Opcode } from '../codec/envelope.js';
import type { ResultColumns } from '../codec/result-columns.js';
import type { ResponseContext, RowsResult } from '../codec/responses.js';
import type { ValueSettings } from '../codec/value-options.js';
import { isPlainObject } from '../codec/values/is-plain-object.js';
import type { Slice, Writer } from '../codec/writer.js';
import type { RequestContext } from '../cluster/request-context.js';
import { ConfigurationError } from '../errors.js';
import type { Connection } from '../wire/connection.js';
import type { BoundStatement } from './cql.js';
import type { Params } from './bind.js';
import type { SessionContext } from './context.js';
import type { Job } from './job.js';
import { checkParams, copyOfParams } from './params.js';
import { type Prepared, PreparedStatement } from './prepared.js';
import { writeRequestBody } from './request-body.js';
import type { RequestSettings } from './request-options.js';
import type { RequestTracking } from './request-tracking.js';
import { routingOf } from './routing.js';
import { type StatementKind, statementKind } from './statement-kind.js';

/** CQL, a prepared statement, or one with its values: what the tag `cql` makes. */
export type Statement = string | Prepared | BoundStatement;

const NO_PARAMS: readonly unknown[] = [];
const NO_STATEMENTS: readonly PreparedStatement[] = [];

/** One statement with its values, to be executed once or page by page. */
export class StatementJob implements Job {
  readonly cql: string;
  readonly settings: RequestSettings;
  /** Whether it goes by the id of a prepared statement. */
  readonly isPrepared: boolean;
  params: Params;
  /** Undefined until it has been prepared. */
  prepared: PreparedStatement | undefined;
  /** Of a statement that is not prepared: the columns of its last page. */
  lastSeen: ResultColumns | undefined;
  pagesInVain = 0;
  coordinator: Connection | undefined;
  deadline: number | undefined;
  tracking: RequestTracking | undefined;
  readonly size = 1;

  private ownKind: StatementKind | undefined;

  /** @throws ConfigurationError if the statement or its parameters are none. */
  constructor(statement: Statement, params: Params | null | undefined, settings: RequestSettings) {
    this.settings = settings;
    this.prepared = undefined;
    this.lastSeen = undefined;
    this.coordinator = undefined;
    this.deadline = undefined;
    this.tracking = undefined;
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

  get opcode(): number {
    return this.isPrepared ? Opcode.EXECUTE : Opcode.QUERY;
  }

  get statements(): readonly PreparedStatement[] {
    return this.prepared === undefined ? NO_STATEMENTS : [this.prepared];
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

  prepare(context: SessionContext): Observable<boolean> | undefined {
    if (!this.isPrepared || this.prepared !== undefined) return undefined;
    const { keyspace } = this.settings;
    this.prepared = context.statements.get(keyspace ?? context.keyspace, this.cql);
    if (this.prepared !== undefined) return undefined;
    return context.prepare(this.cql, keyspace).pipe(
      map((statement) => {
        this.prepared = statement;
        return true;
      }),
    );
  }

  write(
    writer: Writer,
    dialect: Dialect,
    pagingState: Uint8Array | undefined,
    timestamp: bigint | number | undefined,
    values: ValueSettings,
  ): ResponseContext {
    return writeRequestBody(writer, dialect, this, pagingState, timestamp, values);
  }

  routing({ cluster, keyspace }: SessionContext, message: Slice, dialect: Dialect): RequestContext {
    return routingOf(cluster, this, message, dialect, keyspace);
  }

  /** Remembers what the rows look like, for the next response. */
  learn({ rows: { described }, newMetadataId }: RowsResult): void {
    if (this.prepared === undefined) this.lastSeen = described;
    else this.prepared.learn(described, newMetadataId);
  }

  /** Keeps the values as they are now: whoever gave them may change them while the request still waits. */
  freeze(): void {
    this.params = copyOfParams(this.params);
  }
}

/** What the tag `cql` makes, or an object of the same shape. */
function isBound(statement: unknown): statement is BoundStatement {
  return typeof statement === 'object' && statement !== null && 'cql' in statement && 'params' in statement;
}
