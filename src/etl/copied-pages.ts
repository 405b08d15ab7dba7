import { CheckpointNotes } from './checkpoint-notes.js';
import type { CheckpointStore } from './checkpoint-store.js';
import type { ScanPage } from './scan-page.js';

/** Counts what is left of pages whose rows are written in any order, and notes those that have been written whole. */
export class CopiedPages {
  private readonly notes: CheckpointNotes;
  /** How many rows of a page have not ended. */
  private readonly left = new Map<ScanPage, number>();
  /** Of which nothing more is noted: something before it has not been written. */
  private readonly failed = new Set<string>();

  constructor(store: CheckpointStore, every: number) {
    this.notes = new CheckpointNotes(store, every);
  }

  begun(page: ScanPage): void {
    if (page.rowCount === 0) this.done(page);
    else this.left.set(page, page.rowCount);
  }

  /** A row of a page is through. */
  ended(page: ScanPage, isWritten: boolean): void {
    if (!isWritten) this.failed.add(page.range.id);
    const left = this.left.get(page)! - 1;
    this.left.set(page, left);
    if (left > 0) return;
    this.left.delete(page);
    this.done(page);
  }

  close(): void {
    this.notes.close();
  }

  private done({ range, seq, upto, lastOfRange }: ScanPage): void {
    // Not the page itself: it may wait for one before it, and would keep its rows.
    if (!this.failed.has(range.id)) this.notes.done({ range, seq, upto, lastOfRange });
  }
}
