import { concat, from, ignoreElements, mergeMap, type Observable, of, tap } from 'rxjs';
import type { Dialect } from '../codec/dialect.js';
import { Opcode } from '../codec/envelope.js';
import type { BoundValues } from '../codec/parameters.js';
import { type BatchStatement, type BatchType, writeBatch, writeCustomPayload } from '../codec/requests.js';
import type { ResponseContext } from '../codec/responses.js';
import type { ValueSettings } from '../codec/value-options.js';
import type { Slice, Writer } from '../codec/writer.js';
import type { RequestContext } from '../cluster/request-context.js';
import type { Connection } from '../wire/connection.js';
import { atIndex, namingIndex } from './batch-items.js';
import { routingOfBatch } from './batch-routing.js';
import { bindPrepared, bindUnprepared } from './bind.js';
import type { SessionContext } from './context.js';
import { type Job, PREPARES_AT_ONCE } from './job.js';
import type { PreparedStatement } from './prepared.js';
import { checkConsistency } from './request-body.js';
import type { RequestSettings } from './request-options.js';
import type { RequestTracking } from './request-tracking.js';
import type { StatementJob } from './statement-job.js';
import type { StatementKind } from './statement-kind.js';

/** Several statements that a server executes together. */
export class BatchJob implements Job {
  readonly settings: RequestSettings;
  readonly opcode: number = Opcode.BATCH;
  readonly kind: StatementKind = 'other';
  readonly hasValues = true;
  pagesInVain = 0;
  coordinator: Connection | undefined;
  deadline: number | undefined;
  tracking: RequestTracking | undefined;
  private readonly type: BatchType;
  private readonly items: readonly StatementJob[];

  constructor(items: readonly StatementJob[], type: BatchType, settings: RequestSettings) {
    this.settings = settings;
    this.type = type;
    this.items = items;
  }

  get cql(): string {
    return this.items[0]?.cql ?? '';
  }

  get size(): number {
    return this.items.length;
  }

  get statements(): readonly PreparedStatement[] {
    return [...new Set(this.items.flatMap(({ prepared }) => prepared ?? []))];
  }

  prepare(context: SessionContext): Observable<boolean> | undefined {
    const { keyspace } = this.settings;
    let isAllNew = true;
    const missing = new Map<string, StatementJob[]>();
    for (const item of this.items) {
      if (!item.isPrepared) continue;
      item.prepared ??= context.statements.get(keyspace ?? context.keyspace, item.cql);
      if (item.prepared !== undefined) isAllNew = false;
      else if (!missing.get(item.cql)?.push(item)) missing.set(item.cql, [item]);
    }
    if (missing.size === 0) return undefined;
    const preparing = from(missing).pipe(
      mergeMap(
        ([cql, items]) =>
          context.prepare(cql, keyspace).pipe(
            tap((statement) => {
              for (const item of items) item.prepared = statement;
            }),
          ),
        PREPARES_AT_ONCE,
      ),
      ignoreElements(),
    );
    return concat(preparing, of(isAllNew));
  }

  write(
    writer: Writer,
    { version }: Dialect,
    _pagingState: undefined,
    timestamp: bigint | number | undefined,
    values: ValueSettings,
  ): ResponseContext {
    const { settings, kind, type } = this;
    const { consistency, serialConsistency, keyspace, nowInSeconds } = settings;
    checkConsistency(settings, kind);
    if (settings.customPayload !== undefined) writeCustomPayload(writer, settings.customPayload);
    const statements = this.items.map((item, index) => atIndex(index, () => bind(item, index, values)));
    writeBatch(writer, version, type, statements, {
      consistency,
      serialConsistency,
      timestamp,
      keyspace,
      nowInSeconds,
    });
    return { values };
  }

  routing(context: SessionContext, message: Slice): RequestContext {
    return routingOfBatch(context, this.settings, this.items, message);
  }

  learn(): void {
    // The rows of a batch are those of its conditions: others the next time.
  }

  freeze(): void {
    for (const item of this.items) item.freeze();
  }
}

function bind({ prepared, params, cql }: StatementJob, index: number, values: ValueSettings): BatchStatement {
  // What has no values goes by its text, and is not prepared.
  if (prepared === undefined) return { statement: cql, values: bindUnprepared(params) };
  const bound = bindPrepared(prepared, params, prepared.parametersFor(values));
  return { statement: prepared.id, values: new ItemValues(bound, index) };
}

/** Values of which it is said where in the batch they are, if one of them cannot be written. */
class ItemValues implements BoundValues {
  readonly count: number;
  private readonly values: BoundValues;
  private readonly index: number;

  constructor(values: BoundValues, index: number) {
    this.count = values.count;
    this.values = values;
    this.index = index;
  }

  write(writer: Writer, i: number): void {
    try {
      this.values.write(writer, i);
    } catch (error) {
      throw namingIndex(this.index, error);
    }
  }
}
