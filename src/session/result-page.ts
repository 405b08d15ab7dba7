import type { Result, RowsResult } from '../codec/responses.js';
import { Page, type RowSource } from '../operators/page.js';

/** The column by which a conditional statement says whether it was applied. */
const APPLIED = '[applied]';

/** The page that a result is. */
export function pageOf<R>(result: Result, coordinator: string, attempts: number): Page<R> {
  const { tracingId, warnings, customPayload } = result.header;
  const details = { tracingId, warnings, customPayload, coordinator, attempts };
  if (result.kind !== 'rows') return new Page<R>(NO_ROWS, details);
  return new Page<R>(result.rows as unknown as RowSource<R>, {
    ...details,
    columns: result.rows.columns,
    pagingState: result.pagingState,
    wasApplied: wasApplied(result),
  });
}

const NO_ROWS: RowSource<never> = {
  rowCount: 0,
  cursor: () => ({
    next: () => {
      throw new RangeError('There are no rows.');
    },
  }),
};

/** What the first row says under `[applied]`; undefined if there is no such column first. */
function wasApplied({ rows }: RowsResult): boolean | undefined {
  if (rows.columns[0]?.name !== APPLIED || rows.rowCount === 0) return undefined;
  return rows.cursor().next()[APPLIED] === true;
}
