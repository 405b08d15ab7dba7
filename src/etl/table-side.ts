import { type Observable, Subscription } from 'rxjs';
import type { ColumnSpec } from '../codec/column-spec.js';
import { Rows } from '../codec/rows.js';
import { ConfigurationError } from '../errors.js';
import { RowCells } from './row-cells.js';
import type { ScanPage } from './scan-page.js';
import { type RowLayout, type VerifiedRow, VerifiedRows } from './verified-rows.js';

/** The rows of a range of one table, one page at a time: a page is asked for when the one before has been taken. */
export class TableSide {
  /** The columns, as the last page has them. */
  columns: readonly ColumnSpec[] = [];
  private readonly rows: VerifiedRows;
  private readonly subscription = new Subscription();
  private page: ScanPage | undefined;
  private cells: RowCells | undefined;
  /** What has been made of a row, and not been taken. */
  private readonly taken: VerifiedRow[] = [];
  private isOver = false;

  constructor(layout: RowLayout) {
    this.rows = new VerifiedRows(layout);
  }

  /** @param wake Called when there is something to be taken, or nothing any more. */
  start(pages: Observable<ScanPage>, wake: () => void, fail: (error: unknown) => void): void {
    this.subscription.add(
      pages.subscribe({
        next: (page) => {
          if (page.rowCount === 0) return;
          if (!(page.rows instanceof Rows)) {
            fail(new ConfigurationError('verify() compares the rows of servers; these have no bytes.'));
            return;
          }
          this.page = page;
          this.columns = page.rows.columns;
          this.cells = new RowCells(page.rows);
          wake();
        },
        error: fail,
        complete: () => {
          this.isOver = true;
          wake();
        },
      }),
    );
  }

  unsubscribe(): void {
    this.subscription.unsubscribe();
    this.page = undefined;
    this.cells = undefined;
  }

  /** Whether everything has been taken. */
  get isDone(): boolean {
    return this.isOver && this.cells === undefined && this.taken.length === 0;
  }

  /** The rows where it is, if no row has been begun; undefined if there are none at the moment. */
  get current(): RowCells | undefined {
    return this.taken.length === 0 ? this.cells : undefined;
  }

  /** The next row; undefined as long as none has come, or if none will. */
  take(): VerifiedRow | undefined {
    while (this.taken.length === 0 && this.cells !== undefined) {
      this.taken.push(...this.rows.of(this.cells.cells()));
      this.move();
    }
    return this.taken.shift();
  }

  /** Goes on to the next row. */
  move(): void {
    const { cells, page } = this;
    cells!.move();
    if (!cells!.isOver) return;
    this.page = undefined;
    this.cells = undefined;
    // It may be there at once.
    page!.skip();
  }
}
