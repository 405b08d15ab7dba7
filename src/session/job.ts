import type { Observable } from 'rxjs';
import { isSerial } from '../codec/consistency.js';
import type { Dialect } from '../codec/dialect.js';
import type { ResponseContext, RowsResult } from '../codec/responses.js';
import type { ValueSettings } from '../codec/value-options.js';
import type { Slice, Writer } from '../codec/writer.js';
import type { RequestContext } from '../cluster/request-context.js';
import type { Connection } from '../wire/connection.js';
import type { SessionContext } from './context.js';
import type { PreparedStatement } from './prepared.js';
import type { RequestSettings } from './request-options.js';
import type { RequestTracking } from './request-tracking.js';
import type { StatementKind } from './statement-kind.js';

/** How many statements of one request are prepared at a time. */
export const PREPARES_AT_ONCE = 64;

/** What one request asks of a server: a statement, or a batch of them. How it gets there is the same for both. */
export interface Job {
  readonly settings: RequestSettings;
  readonly opcode: number;
  readonly kind: StatementKind;
  /** How many pages in a row had no rows and the place where they themselves begin as that of the next. */
  pagesInVain: number;
  /** The node that gave the last page goes on with the next: what it has read for the one may be of use for the other. */
  coordinator: Connection | undefined;
  /** The tick at which all pages are due, once the first was asked for. */
  deadline: number | undefined;
  /** Undefined where nobody listens. */
  tracking: RequestTracking | undefined;
  /** What it says; the first statement of a batch. */
  readonly cql: string;
  /** How many statements it has. */
  readonly size: number;
  /** Whether anything was given for markers. */
  readonly hasValues: boolean;
  /** The prepared statements that it goes by, as far as they are prepared: each once. */
  readonly statements: readonly PreparedStatement[];

  /**
   * Has what is not known to be prepared prepared. Emits whether that is all that it goes by, and completes; undefined if there is
   * nothing to be done.
   */
  prepare(context: SessionContext): Observable<boolean> | undefined;

  /**
   * Writes the body of the request, for the page that begins at `pagingState`, and for a write with its `timestamp`. Returns what is
   * known of its answer.
   *
   * @throws BindError, ConfigurationError
   */
  write(
    writer: Writer,
    dialect: Dialect,
    pagingState: Uint8Array | undefined,
    timestamp: bigint | number | undefined,
    values: ValueSettings,
  ): ResponseContext;

  /** What decides where the request goes, of which `message` was written. @throws BindError */
  routing(context: SessionContext, message: Slice, dialect: Dialect): RequestContext;

  /** Remembers what the rows look like, for the next response. */
  learn(response: RowsResult): void;

  /** Keeps the values as they are now: whoever gave them may change them while the request still waits. */
  freeze(): void;
}

/** Whether it may be made twice. */
export function isIdempotent({ kind, settings }: Job): boolean {
  return settings.idempotent ?? (kind === 'select' && !isSerial(settings.consistency));
}

/** What names the only node that it may go to, if there is but one: an address as it was given, or the id of a node, whose address may change. */
export function targetOf({ settings: { node } }: Job): string | undefined {
  return typeof node === 'object' ? node.hostId : node;
}
