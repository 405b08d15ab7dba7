import type { Observable } from 'rxjs';
import type { Result } from '../codec/responses.js';
import { type Column, Page, type PageDetails, type RowSource } from '../operators/page.js';
import type { Trace } from '../operators/trace.js';
import type { SessionContext } from './context.js';
import { type RowShape, shaped } from './row-shape.js';
import { traceOf } from './trace.js';

/** The column by which a conditional statement says whether it was applied. */
const APPLIED = '[applied]';

/** The page that a result is. */
export function pageOf<R>(
  result: Result,
  shape: RowShape,
  context: SessionContext,
  coordinator: string,
  attempts: number,
  schemaInAgreement: boolean | undefined,
): Page<R> {
  const rows = result.kind === 'rows' ? (shaped(result.rows, shape) as RowSource<R>) : NO_ROWS;
  return new Page<R>(rows, new ResultDetails(result, context, coordinator, attempts, schemaInAgreement));
}

const NO_ROWS: RowSource<never> = {
  rowCount: 0,
  cursor: () => ({
    next: () => {
      throw new RangeError('There are no rows.');
    },
  }),
};

/** Most of what a page could tell is never asked for: it stays where it is until it is. */
class ResultDetails implements PageDetails {
  private readonly result: Result;
  private readonly context: SessionContext;
  readonly coordinator: string;
  readonly attempts: number;
  readonly schemaInAgreement: boolean | undefined;

  constructor(
    result: Result,
    context: SessionContext,
    coordinator: string,
    attempts: number,
    schemaInAgreement: boolean | undefined,
  ) {
    this.result = result;
    this.context = context;
    this.coordinator = coordinator;
    this.attempts = attempts;
    this.schemaInAgreement = schemaInAgreement;
  }

  get columns(): readonly Column[] | undefined {
    return this.result.kind === 'rows' ? this.result.rows.columns : undefined;
  }

  get pagingState(): Buffer | undefined {
    return this.result.kind === 'rows' ? this.result.pagingState : undefined;
  }

  /** What the first row says under `[applied]`; undefined if there is no such column first. */
  get wasApplied(): boolean | undefined {
    if (this.result.kind !== 'rows') return undefined;
    const { rows } = this.result;
    if (rows.columns[0]?.name !== APPLIED || rows.rowCount === 0) return undefined;
    return rows.cursor().next()[APPLIED] === true;
  }

  get warnings(): readonly string[] {
    return this.result.header.warnings;
  }

  get tracingId(): string | undefined {
    return this.result.header.tracingId;
  }

  trace(): Observable<Trace> | undefined {
    const { tracingId } = this;
    return tracingId === undefined ? undefined : traceOf(this.context, tracingId);
  }

  get customPayload(): ReadonlyMap<string, Uint8Array> | undefined {
    return this.result.header.customPayload;
  }
}
