import type { Result } from '../codec/responses.js';
import { type Column, Page, type PageDetails, type RowSource } from '../operators/page.js';

/** The column by which a conditional statement says whether it was applied. */
const APPLIED = '[applied]';

/** The page that a result is. */
export function pageOf<R>(result: Result, coordinator: string, attempts: number): Page<R> {
  const rows = result.kind === 'rows' ? (result.rows as unknown as RowSource<R>) : NO_ROWS;
  return new Page<R>(rows, new ResultDetails(result, coordinator, attempts));
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
  readonly coordinator: string;
  readonly attempts: number;
  private readonly result: Result;

  constructor(result: Result, coordinator: string, attempts: number) {
    this.result = result;
    this.coordinator = coordinator;
    this.attempts = attempts;
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

  get customPayload(): ReadonlyMap<string, Uint8Array> | undefined {
    return this.result.header.customPayload;
  }
}
